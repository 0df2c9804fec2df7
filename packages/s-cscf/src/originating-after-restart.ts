import {
  addresses,
  header,
  publicIdentity,
  type Because,
  type Decision,
  type Incoming,
  type Reply,
} from '@ims-sim/sip';
import { originatingRequest, originOf, type Origin } from './originating-request.js';
import { restoredOrUnknown } from './restoration.js';
import type { SCscf } from './s-cscf.js';
import { terminatingRequest } from './terminating-request.js';

/** How long nobody asks again for a user of whom the HSS had nothing in store. */
const NOT_ASKED_AGAIN_MS = 30_000;
const MAX_REMEMBERED = 10_000;

/**
 * The asserted identity of a request that this S-CSCF may have served before it lost its memory (TS 23.380 4.4): one of its
 * domain whom it does not know. In the profile `ts-24.141` the Route says that the request originates; in the draft nothing
 * does, so that it can be a terminating one too.
 */
export function lostOrigin(
  { request, ownRoutes }: Incoming,
  origin: Origin | undefined,
  { registrar, domains, unrestorable, clock, profile }: SCscf,
): string | undefined {
  if (origin === undefined && profile !== 'tr-24.841') {
    return undefined; // the Route says that it terminates
  }
  if (
    ownRoutes.length === 0 ||
    (origin !== undefined && (origin.kind !== 'ue' || origin.user !== undefined))
  ) {
    return undefined;
  }
  const asserted = addresses(request, 'p-asserted-identity')[0];
  if (asserted === undefined || (asserted.uri.kind === 'sip' && !domains.has(asserted.uri.host))) {
    return undefined;
  }
  const key = publicIdentity(asserted.uri);
  if (key === undefined || registrar.userOf(key) !== undefined) {
    return undefined;
  }
  return origin === undefined && (unrestorable.get(key) ?? 0) > clock.now() ? undefined : key;
}

/** Asks the HSS for what it has in store of the user; then the request is served as it would have been before. */
export async function afterRestart(
  incoming: Incoming,
  lost: string,
  origin: Origin | undefined,
  scscf: SCscf,
): Promise<Decision> {
  const user = await restoredOrUnknown(lost, scscf);
  if (user !== undefined && user !== 'unknown-user') {
    const subscribed =
      incoming.request.method === 'SUBSCRIBE' ? scscf.registrationEvents?.subscribe(incoming) : undefined;
    if (subscribed !== undefined) {
      return subscribed; // to the registration state that is there again
    }
    const again = originOf(incoming, scscf);
    return again === undefined
      ? terminatingRequest(incoming, scscf)
      : originatingRequest(incoming, again, scscf);
  }
  if (origin !== undefined) {
    return user === 'unknown-user'
      ? { kind: 'reply', status: 403, reason: 'Forbidden', because: UNKNOWN }
      : registerAnew(lost, scscf);
  }
  const { unrestorable, clock } = scscf;
  if (unrestorable.size >= MAX_REMEMBERED) {
    unrestorable.clear();
  }
  unrestorable.set(lost, clock.now() + NOT_ASKED_AGAIN_MS);
  return terminatingRequest(incoming, scscf);
}

const UNKNOWN: Because = [
  { clause: 'TS 24.229 5.4.3.2', text: 'the HSS does not know the asserted user: 403' },
];

/**
 * TS 24.229 5.4.3.2: a UE along the Service-Route of a registration that is lost: 504, with what makes it register anew
 * (5.1.2A.1.6). P-Asserted-Identity is the Service-Route that it knows, by which it believes it.
 */
function registerAnew(identity: string, { name, trace }: SCscf): Reply {
  const because: Because | undefined = trace.enabled
    ? [
        {
          clause: 'TS 24.229 5.4.3.2',
          text: `the registration of ${identity} is not here, and the HSS has none in store: 504, the UE is to register anew`,
        },
      ]
    : undefined;
  return {
    kind: 'reply',
    status: 504,
    reason: 'Server Time-out',
    headers: [
      header('P-Asserted-Identity', `<sip:orig@${name};lr>`),
      header('Content-Type', 'application/3gpp-ims+xml'),
    ],
    body: REGISTER_ANEW,
    because,
  };
}

/** TS 24.229 7.6. */
const REGISTER_ANEW =
  '<?xml version="1.0" encoding="UTF-8"?>\r\n' +
  '<ims-3gpp version="1"><alternative-service><type>restoration</type>' +
  '<reason>registration lost</reason><action>initial-registration</action></alternative-service></ims-3gpp>\r\n';
