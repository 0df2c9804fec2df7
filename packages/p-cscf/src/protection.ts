import {
  header,
  reply,
  topVia,
  type Because,
  type Credentials,
  type Incoming,
  type Reply,
} from '@ims-sim/sip';
import { isAka, paramOf, type IntegrityProtected } from './authorization.js';
import type { PCscf } from './p-cscf.js';
import type { IpAssociation } from './registration.js';
import type { SecurityAssociation } from './security-associations.js';
import {
  chooseIpsec,
  mechanisms,
  normalised,
  offersIpsec,
  ownMechanisms,
  type IpsecOffer,
} from './security-mechanism.js';
import { optionTags } from './trust-boundary.js';

/** What a UE offered in Security-Client, for the security associations that a 401 may make. */
export interface Offer {
  readonly ipsec: IpsecOffer;
  /** Security-Client, normalised. */
  readonly offered: string;
}

/** How a REGISTER reached the P-CSCF, and what the S-CSCF is told about it. */
export type Protection =
  | { readonly kind: 'refused'; readonly reply: Reply }
  /** Without any; `ip` is what a 200 makes an IP association of. */
  | {
      readonly kind: 'none';
      readonly integrity: IntegrityProtected | undefined;
      readonly ip?: IpAssociation | undefined;
    }
  /** Without any so far. */
  | { readonly kind: 'offered'; readonly integrity: 'no'; readonly offer: Offer }
  | {
      readonly kind: 'protected';
      readonly integrity: 'yes' | 'no';
      readonly association: SecurityAssociation;
      readonly offer: Offer;
    };

const NONE: Protection = { kind: 'none', integrity: undefined };

/** TS 24.229 5.2.2.1: which security mechanism a REGISTER is for, and 5.2.2.2 and 5.2.2.3 for how it is protected. */
export function protectionOf(
  incoming: Incoming,
  authorization: Credentials | undefined,
  pcscf: PCscf,
): Protection {
  const { request, source } = incoming;
  const { auth, associations, protectedPorts } = pcscf;
  if (auth === 'none') {
    return NONE;
  }
  if (protectedPorts === undefined) {
    return withoutAssociation(incoming, authorization, pcscf);
  }
  if (source.local.port === protectedPorts.server.port) {
    const reached = associations.reached(source, request);
    if (reached.length > 0) {
      return overAssociation(incoming, authorization, reached, pcscf);
    }
    // Deviation: over IPsec nobody would have got here without an association. The UE has one that this P-CSCF knows nothing of
    // (it was restarted): the REGISTER counts as unprotected, so that the UE is challenged and has a new one.
  }
  const offers = mechanisms(request, 'security-client');
  if (offersIpsec(offers) && !isDigestResponse(authorization)) {
    return offered(offers, authorization);
  }
  if (offers.length === 0 && wantsAgreement(incoming)) {
    return refused(NOTHING_OFFERED, ownMechanisms()); // RFC 3329 2.3.1
  }
  return withoutAssociation(incoming, authorization, pcscf);
}

/** 5.2.2.2, for a REGISTER that was received without protection: step 2. */
function offered(offers: ReturnType<typeof mechanisms>, authorization: Credentials | undefined): Protection {
  const ipsec = chooseIpsec(offers);
  if (ipsec === undefined) {
    return refused(NOTHING_IN_COMMON, ownMechanisms());
  }
  if (paramOf(authorization, 'username') === undefined) {
    return NONE; // 5.2.2.1: without Authorization it is no IMS AKA
  }
  return { kind: 'offered', integrity: 'no', offer: { ipsec, offered: normalised(offers) } };
}

/** 5.2.2.2, for a REGISTER that was received protected: step 3. */
function overAssociation(
  { request }: Incoming,
  authorization: Credentials | undefined,
  reached: readonly SecurityAssociation[],
  { associations }: PCscf,
): Protection {
  const verified = normalised(mechanisms(request, 'security-verify'));
  const association = reached.find(({ agreed }) => agreed === verified);
  if (association === undefined) {
    // RFC 3329 2.4. Not the list as it was given: without IPsec that is what proves by whom it was received.
    return refused(NOT_VERIFIED, ownMechanisms());
  }
  if (paramOf(authorization, 'username') !== association.privateIdentity) {
    return { kind: 'refused', reply: reply(403, 'Forbidden', { because: ANOTHER_IDENTITY }) };
  }
  const offers = mechanisms(request, 'security-client');
  const text = normalised(offers);
  const responds = (paramOf(authorization, 'response') ?? '') !== '';
  if (associations.isTemporary(association)) {
    if (text !== association.offered) {
      return refused(OFFER_CHANGED, association.given.value);
    }
    const offer = { ipsec: association.offer, offered: text };
    return { kind: 'protected', integrity: responds ? 'yes' : 'no', association, offer };
  }
  // Deviation: the clause refuses one without Security-Client; without it the UE keeps the ports that it has.
  const ipsec = offers.length === 0 ? association.offer : chooseIpsec(offers);
  if (ipsec === undefined) {
    return refused(NOTHING_IN_COMMON, ownMechanisms());
  }
  const offer = { ipsec, offered: offers.length === 0 ? association.offered : text };
  // 5.1.1.4.2: a re-registration repeats the last nonce and response, which answer no challenge.
  const isLast = !responds || paramOf(authorization, 'nonce') === association.nonce;
  const current = associations.current(association);
  return { kind: 'protected', integrity: isLast ? 'yes' : 'no', association: current, offer };
}

/** Without a security association: SIP Digest (5.2.2.3), or AKA of a UE that agrees on none. */
function withoutAssociation(
  { request, source }: Incoming,
  authorization: Credentials | undefined,
  { registrations }: PCscf,
): Protection {
  const privateIdentity = paramOf(authorization, 'username');
  const via = topVia(request);
  if (privateIdentity === undefined || via === undefined) {
    return NONE;
  }
  if (isAka(authorization)) {
    return { kind: 'none', integrity: 'no' };
  }
  const ip: IpAssociation = { privateIdentity, sentBy: `${via.host}:${via.port ?? 5060}`.toLowerCase() };
  if (registrations.mapsToIpAssociation(source, ip)) {
    return { kind: 'none', integrity: 'ip-assoc-yes', ip };
  }
  return isDigestResponse(authorization) ? { kind: 'none', integrity: 'ip-assoc-pending', ip } : NONE;
}

function isDigestResponse(authorization: Credentials | undefined): boolean {
  return !isAka(authorization) && (paramOf(authorization, 'response') ?? '') !== '';
}

function wantsAgreement({ request }: Incoming): boolean {
  return (
    optionTags(request, 'require').includes('sec-agree') ||
    optionTags(request, 'proxy-require').includes('sec-agree')
  );
}

/** RFC 3329 2.6: 494 with what the UE should have agreed to. */
export function securityAgreementRequired(because: Because, securityServer: string): Reply {
  return reply(494, 'Security Agreement Required', {
    headers: [header('Security-Server', securityServer)],
    because,
  });
}

function refused(because: Because, securityServer: string): Protection {
  return { kind: 'refused', reply: securityAgreementRequired(because, securityServer) };
}

const NOTHING_OFFERED: Because = [
  { clause: 'RFC 3329 2.3.1', text: 'sec-agree is required, and there is no Security-Client: 494' },
];
const NOTHING_IN_COMMON: Because = [
  { clause: 'TS 24.229 5.2.2.2', text: 'no ipsec-3gpp in Security-Client that this P-CSCF has too: 494' },
];
const NOT_VERIFIED: Because = [
  {
    clause: 'TS 24.229 5.2.2.2',
    text: 'Security-Verify is not the Security-Server that was given (RFC 3329 2.4): 494',
  },
];
const OFFER_CHANGED: Because = [
  { clause: 'TS 24.229 5.2.2.2', text: 'Security-Client is not what it was before the challenge: 494' },
];
const ANOTHER_IDENTITY: Because = [
  {
    clause: 'TS 24.229 5.2.2.2',
    text: 'the private user identity is not that of the security association: 403',
  },
];
