import type { NameAddr } from './fields.js';
import { header, type Header } from './header.js';
import { inserted } from './headers.js';
import type { Headers } from './message.js';

/** A server as a SIP URI: Cx, user profiles and the network file name servers by URI or by host name. */
export function serverUri(name: string): string {
  return /^sips?:/i.test(name) ? name : `sip:${name}`;
}

/**
 * The same, with `lr` (RFC 3261 19.1.1): what an IMS element routes to is a loose router, whether or not its name
 * says so.
 */
export function looseServerUri(name: string): string {
  const uri = serverUri(name);
  return /;lr(?:[;=?]|$)/i.test(uri) ? uri : `${uri};lr`;
}

/**
 * Servers of which the Route is kept: an element's next hops are few, and strangers' domains are no reason to grow. A function of the
 * name, and nobody changes a header, so stacks share it.
 */
const MAX_KEPT = 1000;
const kept = new Map<string, Header>();

/** The Route to one server, named as in `serverUri`. */
export function routeTo(name: string): Header {
  let route = kept.get(name);
  if (route === undefined) {
    route = header('Route', `<${looseServerUri(name)}>`);
    if (kept.size < MAX_KEPT) {
      kept.set(name, route);
    }
  }
  return route;
}

/** The Route along entries of a Path, a Service-Route or a route set, in their order; undefined where there are none. */
export function routeAlong(entries: readonly NameAddr[]): Header | undefined {
  return entries.length === 0 ? undefined : header('Route', entries.map(({ text }) => text).join(', '));
}

/** Puts a Route on top of those that are there; where there is none, before Record-Route or From. */
export function withTopRoute(headers: Headers, route: Header): Headers {
  let at = -1;
  for (let i = 0; i < headers.length; i++) {
    const key = headers[i]?.key;
    if (key === 'route') {
      at = i;
      break;
    }
    if (at < 0 && (key === 'record-route' || key === 'from')) {
      at = i;
    }
  }
  return inserted(headers, Math.max(0, at), route);
}
