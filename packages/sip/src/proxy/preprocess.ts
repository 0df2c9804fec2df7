import { addresses } from '../message/access.js';
import { withoutTopValue } from '../message/edit.js';
import type { NameAddr } from '../message/fields.js';
import { withHeaders } from '../message/headers.js';
import type { Headers, SipRequest } from '../message/message.js';
import { parseNameAddrList } from '../message/name-addr.js';
import { routeAlong } from '../message/route.js';
import type { Uri } from '../message/uri.js';
import { formatUri, parseUri } from '../message/uri-parse.js';
import type { Source } from '../transport/types.js';
import { isOwn, type Own } from './own.js';

/** A request after RFC 3261 16.4. */
export interface Preprocessed {
  readonly request: SipRequest;
  /** The element's own Routes, taken off: none, one, or both of a double Record-Route. */
  readonly ownRoutes: readonly NameAddr[];
}

const NO_ROUTES: readonly NameAddr[] = [];

/**
 * RFC 3261 16.4: undoes what a strict router did to the Request-URI, takes off an maddr that means this element, and the
 * Routes on top that mean it.
 */
export function preprocess(received: SipRequest, own: Own, source: Source): Preprocessed {
  const request = withoutOwnMaddr(recoverRequestUri(received, own, source), own, source);
  const routes = addresses(request, 'route');
  const top = routes[0];
  if (top === undefined || !isOwn(top.uri, own, source)) {
    return { request, ownRoutes: NO_ROUTES };
  }
  let headers = withoutTopValue(request.headers, 'route');
  const second = routes[1];
  if (second === undefined || !isOtherSide(top.uri, second.uri) || !isOwn(second.uri, own, source)) {
    return { request: withHeaders(request, headers), ownRoutes: [top] };
  }
  headers = withoutTopValue(headers, 'route');
  return { request: withHeaders(request, headers), ownRoutes: [top, second] };
}

/** A strict router put this element's Route entry into the Request-URI, and the Request-URI behind the Routes. */
function recoverRequestUri(request: SipRequest, own: Own, source: Source): SipRequest {
  if (!mentions(request.uri, ';lr')) {
    return request; // what this element records always has lr
  }
  const uri = parseUri(request.uri);
  if (uri === undefined || !isOwn(uri, own, source) || !uri.params.has('lr')) {
    return request;
  }
  const routes = addresses(request, 'route');
  const last = routes[routes.length - 1];
  if (last === undefined) {
    return request;
  }
  return withHeaders(request, withoutLastRoute(request.headers), last.uriText);
}

function withoutLastRoute(headers: Headers): Headers {
  const at = headers.findLastIndex(({ key }) => key === 'route');
  const line = headers[at];
  const left = line === undefined ? [] : (parseNameAddrList(line.value) ?? []).slice(0, -1);
  const route = routeAlong(left);
  const result = headers.slice();
  result.splice(at, 1, ...(route === undefined ? [] : [route]));
  return result;
}

/** RFC 3261 16.4: an maddr that means this element is taken off, with a port and a transport that came with it. */
function withoutOwnMaddr(request: SipRequest, own: Own, source: Source): SipRequest {
  if (!mentions(request.uri, ';maddr=')) {
    return request;
  }
  const uri = parseUri(request.uri);
  if (uri?.kind !== 'sip') {
    return request;
  }
  const maddr = uri.params.get('maddr');
  const transport = uri.params.get('transport') ?? 'udp';
  if (typeof maddr !== 'string' || String(transport).toUpperCase() !== source.transport) {
    return request;
  }
  const host = maddr.includes(':') && !maddr.startsWith('[') ? `[${maddr}]` : maddr.toLowerCase();
  const meant: Uri = { ...uri, host, port: uri.port ?? 5060, params: new Map() };
  if (!isOwn(meant, own, source)) {
    return request;
  }
  const params = new Map(uri.params);
  params.delete('maddr');
  params.delete('transport');
  return withHeaders(request, request.headers, formatUri({ ...uri, port: undefined, params }));
}

/**
 * RFC 5658: both entries of a double Record-Route name their side's transport, and not the same one. Two entries
 * alike are two visits to one element (an S-CSCF that serves both users), of which one is over.
 */
function isOtherSide(top: Uri, second: Uri): boolean {
  if (top.kind !== 'sip' || second.kind !== 'sip') {
    return false;
  }
  const one = top.params.get('transport');
  const other = second.params.get('transport');
  return one !== undefined && other !== undefined && one !== other && top.user === second.user;
}

/** Whether a URI has a parameter of this name, looked at as text: most have not, and need no parse. */
function mentions(uri: string, parameter: string): boolean {
  return uri.includes(';') && uri.toLowerCase().includes(parameter);
}
