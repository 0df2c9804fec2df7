import { isIP } from 'node:net';
import type { Endpoint } from '@ims-sim/host';
import type { Via } from '../message/fields.js';
import type { SipUri } from '../message/uri.js';
import type { Flow } from './flow.js';
import type { Source } from './types.js';

/** Where the responses to one request go (RFC 3261 18.2.2). */
export interface ResponseRoute {
  /** UDP: where to. TCP: where a new connection goes if that of the request has ended. */
  readonly to: Endpoint;
  /** TCP: the connection that the request came on. */
  readonly flow: Flow | undefined;
  /** The socket that the request came to: its responses leave from there. */
  readonly from: Endpoint;
  /** Where to look for the sender when nothing else has worked (RFC 3263 5). */
  readonly sentBy: SipUri | undefined;
}

/** `via` is the request's top Via as it came. */
export function responseRoute(via: Via, source: Source, flow: Flow | undefined): ResponseRoute {
  const from = source.local;
  if (flow !== undefined) {
    return {
      to: { address: source.remote.address, port: via.port ?? 5060 },
      flow,
      from,
      sentBy: sentByUri(via),
    };
  }
  return { to: datagramTo(via, source.remote), flow: undefined, from, sentBy: undefined };
}

function datagramTo(via: Via, remote: Endpoint): Endpoint {
  const { params } = via;
  if (params.size > 0) {
    const maddr = params.get('maddr');
    if (typeof maddr === 'string') {
      const address = maddr.startsWith('[') ? maddr.slice(1, -1) : maddr;
      // Deviation: a maddr that is a name is not looked up, the datagram goes where the request came from.
      if (isIP(address) !== 0) {
        return { address, port: via.port ?? 5060 };
      }
    }
    if (params.has('rport')) {
      return remote; // RFC 3581 4
    }
  }
  // `received` is there, or sent-by is the same address: either way it is the address that the request came from.
  const port = via.port ?? 5060;
  return port === remote.port ? remote : { address: remote.address, port };
}

function sentByUri(via: Via): SipUri {
  const params = new Map<string, string | true>([['transport', 'tcp']]);
  return { kind: 'sip', scheme: 'sip', host: via.host.toLowerCase(), port: via.port, params };
}
