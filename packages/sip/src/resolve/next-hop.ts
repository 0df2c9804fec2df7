import { addresses } from '../message/access.js';
import { withoutTopValue } from '../message/edit.js';
import type { NameAddr } from '../message/fields.js';
import { header } from '../message/header.js';
import { append, withHeaders } from '../message/headers.js';
import type { SipRequest } from '../message/message.js';
import type { Uri } from '../message/uri.js';
import { parseUri } from '../message/uri-parse.js';

/**
 * The URI that RFC 3263 is asked about for a request as a user agent or a proxy made it: the topmost Route, else the
 * Request-URI (RFC 3261 8.1.2, 16.6 step 7). So the request must not have been turned for a strict router yet:
 * `forStrictRouter` does that after its next hop is known. Undefined where the URI does not parse.
 */
export function nextHopUri(request: SipRequest): Uri | undefined {
  const route = topRoute(request);
  return route === undefined ? parseUri(request.uri) : route.uri;
}

function topRoute(request: SipRequest): NameAddr | undefined {
  return addresses(request, 'route')[0];
}

/** Whether a Route entry is a loose router's (RFC 3261 19.1.1: it has `lr`). */
export function isLoose(route: NameAddr): boolean {
  return route.uri.kind === 'sip' && route.uri.params.has('lr');
}

/**
 * RFC 3261 16.6 step 6 and 12.2.1.1: where the top Route is a strict router's, its URI becomes the Request-URI, and the
 * Request-URI the last Route; any other request is given back as it is.
 */
export function forStrictRouter(request: SipRequest): SipRequest {
  const route = topRoute(request);
  if (route === undefined || isLoose(route)) {
    return request;
  }
  const headers = append(withoutTopValue(request.headers, 'route'), header('Route', `<${request.uri}>`));
  return withHeaders(request, headers, route.uriText);
}
