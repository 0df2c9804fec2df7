import { header, type Header, type Headers } from '@ims-sim/sip';
import { serverUri } from './s-cscf-selection.js';

/** Server names of which the Route is kept: an operator has few S-CSCFs, and an HSS that names thousands is no reason to grow. */
const MAX_KEPT = 1000;
const kept = new Map<string, Header>();

/** The Route to a server as Cx names it: its SIP URI, with `lr`. */
export function routeTo(serverName: string): Header {
  let route = kept.get(serverName);
  if (route === undefined) {
    const uri = serverUri(serverName);
    route = header('Route', /;lr(?:[;=?]|$)/i.test(uri) ? `<${uri}>` : `<${uri};lr>`);
    if (kept.size < MAX_KEPT) {
      kept.set(serverName, route);
    }
  }
  return route;
}

/** Puts a Route on top of the others; where there is none, before Record-Route or From. */
export function withRoute(headers: Headers, route: Header): Headers {
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
  const result = headers.slice();
  result.splice(at < 0 ? 0 : at, 0, route);
  return result;
}

/** What a request from outside of the trust domain may not claim (TS 24.229 5.3.2.1 and 4.4). */
const NOT_FROM_STRANGERS: ReadonlySet<string> = new Set([
  'p-access-network-info',
  'p-asserted-identity',
  'p-called-party-id',
  'p-charging-function-addresses',
  'p-charging-vector',
  'p-profile-key',
  'p-served-user',
  'p-user-database',
]);

export function withoutClaims(headers: Headers): Headers {
  return headers.filter((h) => !NOT_FROM_STRANGERS.has(h.key));
}
