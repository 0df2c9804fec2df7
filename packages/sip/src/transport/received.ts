import type { Via } from '../message/fields.js';
import { replaceTopVia } from '../message/edit.js';
import { withHeaders } from '../message/headers.js';
import type { SipRequest } from '../message/message.js';
import { formatParams } from '../message/params.js';
import type { Source } from './types.js';

/**
 * The request with `received` in its top Via, where that names anything else than the address the request came from
 * (RFC 3261 18.2.1), and always where `rport` asks for both (RFC 3581 4). `via` is the top Via.
 */
export function withReceived(request: SipRequest, via: Via, source: Source): SipRequest {
  const { address, port } = source.remote;
  const { params } = via;
  const rport = params.size === 0 ? undefined : params.get('rport');
  const claimed = params.size > 0 && params.has('received');
  if (rport === undefined && !claimed && isHost(via.host, address)) {
    return request;
  }
  const text =
    rport === true && !claimed
      ? filled(via.text, address, port)
      : rebuilt(via, address, rport === undefined ? undefined : port);
  return withHeaders(request, replaceTopVia(request.headers, text));
}

/** Whether the sent-by host is just the address. */
function isHost(host: string, address: string): boolean {
  if (host.charCodeAt(0) === 91 /* [ */) {
    return host.slice(1, -1).toLowerCase() === address;
  }
  return host === address;
}

function filled(text: string, address: string, port: number): string {
  const at = flagEnd(text);
  return at < 0 ? text : `${text.slice(0, at)}=${port}${text.slice(at)};received=${withoutZone(address)}`;
}

/** Where the flag `rport` ends; it is known to be there. */
function flagEnd(text: string): number {
  for (let at = text.indexOf(';'); at >= 0; at = text.indexOf(';', at + 1)) {
    let nameAt = at + 1;
    while (text.charCodeAt(nameAt) === 32 || text.charCodeAt(nameAt) === 9) {
      nameAt++;
    }
    if (
      (text.charCodeAt(nameAt) | 32) === 114 /* r */ &&
      text.slice(nameAt, nameAt + 5).toLowerCase() === 'rport'
    ) {
      const next = text.charCodeAt(nameAt + 5);
      if (next !== next || next === 59 || next === 32 || next === 9) {
        return nameAt + 5;
      }
    }
  }
  return -1;
}

/** What a peer claims about its own address is not believed. */
function rebuilt(via: Via, address: string, port: number | undefined): string {
  const params = new Map(via.params);
  params.set('received', withoutZone(address));
  if (port !== undefined) {
    params.set('rport', String(port));
  }
  const at = via.text.indexOf(';');
  return (at < 0 ? via.text : via.text.slice(0, at)) + formatParams(params);
}

function withoutZone(address: string): string {
  const at = address.indexOf('%');
  return at < 0 ? address : address.slice(0, at);
}
