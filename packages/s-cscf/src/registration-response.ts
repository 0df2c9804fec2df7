import {
  formatParams,
  header,
  valueOf,
  type Because,
  type Header,
  type Params,
  type Reply,
  type SipRequest,
} from '@ims-sim/sip';
import { chargingFunctionAddresses } from './charging-function-addresses.js';
import { answeredVector } from './charging-vector.js';
import { alongPath, pathOf, type RegistrationRequest } from './registration-request.js';
import type { SCscf } from './s-cscf.js';
import type { Binding, ServedUser } from './served-user.js';
import { isOfOperator } from './trust-domain.js';

/**
 * TS 24.229 5.4.1.2.2F: the 200 to a REGISTER: the Path as it came, the Service-Route, the identities that are
 * registered and not barred, the default one first, the charging functions where the P-CSCF is of this network, and every binding with the time that it has
 * left.
 */
export function registered(
  { request }: Pick<RegistrationRequest, 'request'>,
  user: ServedUser | undefined,
  scscf: SCscf,
  because: Because,
): Reply {
  const nowMs = scscf.clock.now();
  const isFinalText = scscf.profile === 'ts-24.141';
  const bindings = user?.set.bindings.filter(({ expiresAtMs }) => expiresAtMs > nowMs) ?? [];
  const headers: Header[] = request.headers.filter(({ key }) => key === 'path');
  if (user !== undefined && bindings.length > 0) {
    headers.push(header('Service-Route', serviceRoute(scscf)));
    const identities = user.set.users.filter(({ barred }) => !barred).map(({ identity }) => `<${identity}>`);
    if (identities.length > 0) {
      headers.push(header('P-Associated-URI', identities.join(', ')));
    }
    const { charging } = user.set;
    const addresses =
      isFinalText && charging !== undefined && isOwnPCscf(request, scscf)
        ? chargingFunctionAddresses(charging)
        : undefined;
    if (addresses !== undefined) {
      headers.push(addresses);
    }
  }
  const vector = isFinalText ? valueOf(request.headers, 'p-charging-vector') : undefined;
  if (vector !== undefined) {
    headers.push(answeredVector(vector, scscf.domain)); // 4.5.4.1
  }
  for (const binding of bindings) {
    headers.push(header('Contact', contactText(binding, nowMs)));
  }
  return { kind: 'reply', status: 200, reason: 'OK', headers, because };
}

/** The charging functions are this network's affair: only a P-CSCF of its own is told of them. */
function isOwnPCscf(request: SipRequest, scscf: SCscf): boolean {
  return isOfOperator({ kind: 'p-cscf', host: alongPath(pathOf(request)).pathHost }, scscf);
}

/** In the final text it has what tells an originating request from a terminating one (5.4.3.1); the draft's has nothing. */
function serviceRoute({ profile, name }: SCscf): string {
  return profile === 'tr-24.841' ? `<sip:${name};lr>` : `<sip:orig@${name};lr>`;
}

/** A contact with the time that it has left; GRUUs are not made (RFC 5627), the instance is given back as it came. */
export function contactText({ contact, expiresAtMs }: Binding, nowMs: number): string {
  const params = new Map<string, string | true>(contact.params as Params);
  params.set('expires', String(Math.ceil((expiresAtMs - nowMs) / 1000)));
  return `<${contact.uriText}>${formatParams(params)}`;
}
