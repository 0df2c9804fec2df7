import { maxForwards } from '../message/access.js';
import { header, type Header } from '../message/header.js';
import type { Headers, SipRequest } from '../message/message.js';
import type { Uri } from '../message/uri.js';
import { formatUri, parseUri } from '../message/uri-parse.js';
import { forStrictRouter } from '../resolve/next-hop.js';
import type { Transport } from '../transport/types.js';

/** Made once for each value: every request has one. */
const MAX_FORWARDS: readonly Header[] = Array.from({ length: 256 }, (_, n) =>
  header('Max-Forwards', String(n)),
);

/**
 * RFC 3261 16.6 steps 3, 4 and 6: the request as it goes to the next hop, but for its Via (step 8). Its headers are gone
 * over once; those that it has to itself, and its body, are the same objects as before.
 */
export function outgoing(request: SipRequest, recordRoutes: readonly Header[]): SipRequest {
  const left = (maxForwards(request) ?? 71) - 1; // step 3: 70 where there was none
  const headers = edited(request.headers, recordRoutes, MAX_FORWARDS[Math.max(0, left)] as Header);
  return forStrictRouter({
    kind: 'request',
    method: request.method,
    uri: request.uri,
    headers,
    body: request.body,
  });
}

function edited(headers: Headers, recordRoutes: readonly Header[], hops: Header): Headers {
  const result: Header[] = [];
  let hopsToDo = true;
  let recordsToDo = recordRoutes.length > 0;
  for (const h of headers) {
    const { key } = h;
    if (key === 'max-forwards') {
      if (hopsToDo) {
        result.push(hops);
        hopsToDo = false;
      }
      continue;
    }
    // Above the Record-Routes of others; where none has come yet, any stand further down.
    if (recordsToDo && (key === 'record-route' || key === 'from')) {
      result.push(...recordRoutes);
      recordsToDo = false;
    }
    result.push(h);
  }
  if (recordsToDo) {
    result.unshift(...recordRoutes);
  }
  if (hopsToDo) {
    result.push(hops);
  }
  return result;
}

/** URIs recorded by one element, at most, whose header is kept: S-CSCFs record one, few elements more than two. */
const MAX_KEPT = 100;

const NONE: readonly Header[] = [];

/** Builds an element's Record-Route headers, and keeps them. */
export class RecordRoutes {
  readonly #kept = new Map<string, readonly Header[]>();

  /**
   * RFC 3261 16.6 step 4: one Record-Route; where the request changes its transport here, one for each side (RFC 5658 5), on
   * top the one by which those behind the next hop find this element.
   */
  of(uri: string | undefined, from: Transport, to: Transport): readonly Header[] {
    if (uri === undefined) {
      return NONE;
    }
    const key = from === to ? uri : `${uri} ${from} ${to}`;
    let headers = this.#kept.get(key);
    if (headers === undefined) {
      headers = from === to ? [header('Record-Route', `<${uri}>`)] : doubled(uri, from, to);
      if (this.#kept.size < MAX_KEPT) {
        this.#kept.set(key, headers);
      }
    }
    return headers;
  }
}

function doubled(uri: string, from: Transport, to: Transport): readonly Header[] {
  const parsed = parseUri(uri);
  if (parsed?.kind !== 'sip') {
    throw new Error(`A Record-Route needs a sip URI, not ${uri}`);
  }
  return [to, from].map((side) => header('Record-Route', `<${formatUri(over(parsed, side))}>`));
}

function over(uri: Uri & { kind: 'sip' }, transport: Transport): Uri {
  // `lr` stays last, where readers look for it.
  const params = new Map(uri.params);
  params.delete('transport');
  params.delete('lr');
  return { ...uri, params: params.set('transport', transport.toLowerCase()).set('lr', true) };
}
