import { token, type Random } from '@ims-sim/host';
import { createRequest, header, toUtf8, type Header, type Profile, type SipRequest } from '@ims-sim/sip';
import { contactHeaders } from './contacts.js';
import { withExtra } from './extra-headers.js';
import type { ExtraHeaders } from './party.js';
import { requestSecurity, type SecurityAssociation } from './security-agreement.js';
import type { PublishOptions, RegisterOptions, Registration, UeIdentity } from './ue.js';

/** What the requests of one UE are made of. */
export interface Self {
  readonly identity: UeIdentity;
  readonly profile: Profile;
  readonly random: Random;
  /** The Contact URI. */
  readonly contact: string;
  /** The URI of the P-CSCF in Route, e.g. `sip:pcscf1.home1.net;lr`. */
  readonly proxyRoute: string;
  readonly registration: Registration | undefined;
  readonly association: SecurityAssociation | undefined;
  readonly accessNetworkInfo: string | undefined;
}

const MAX_FORWARDS = header('Max-Forwards', '70');

export interface RegisterParts {
  readonly callId: string;
  readonly cseq: number;
  readonly tag: string;
  /** Undefined for none. */
  readonly authorization: string | undefined;
  readonly security: readonly Header[];
}

/** The Request-URI of a REGISTER: the home network's domain (TS 24.229 5.1.1.2.1). */
export function registrarUri({ homeDomain }: UeIdentity): string {
  return `sip:${homeDomain}`;
}

/** TS 24.229 5.1.1.2.1, 5.1.1.2.2: a REGISTER of the UE's identity. */
export function registerRequest(
  self: Self,
  { callId, cseq, tag, authorization, security }: RegisterParts,
  options: RegisterOptions,
): SipRequest {
  const { identity, contact } = self;
  const request = createRequest({
    method: 'REGISTER',
    uri: registrarUri(identity),
    headers: [
      MAX_FORWARDS,
      ...accessNetwork(self),
      header('From', `<${identity.impu}>;tag=${tag}`),
      header('To', `<${identity.impu}>`),
      header('Call-ID', callId),
      header('CSeq', `${cseq} REGISTER`),
      ...contactHeaders(options, contact),
      ...(authorization === undefined ? [] : [header('Authorization', authorization)]),
      ...security,
      header('Supported', 'path'),
      ...(options.headers ?? []),
    ],
  });
  return withExtra(request, options.extra);
}

/**
 * What starts every request out of a dialog (TS 24.229 5.1.2A.1): Max-Forwards, Route and the identity, as the
 * profile has it.
 */
export function opening(self: Self): Header[] {
  const { profile, proxyRoute, registration } = self;
  if (profile === 'tr-24.841') {
    return [MAX_FORWARDS, ...identityHints(self), ...accessHeaders(self)]; // table 6.1.1-1: no Route
  }
  const route = [`<${proxyRoute}>`, ...(registration?.serviceRoute ?? []).map(({ text }) => text)];
  return [MAX_FORWARDS, header('Route', route.join(', ')), ...identityHints(self), ...accessHeaders(self)];
}

/** TS 24.229 5.1.2A.1.1: what every request has that is sent under a registration. */
export function accessHeaders(self: Self): Header[] {
  return [...accessNetwork(self), ...requestSecurity(self.association)];
}

/** TS 24.229 5.1.2A.1.1, 5.1.2A.2: of every request, and of every response but 100. */
export function accessNetwork({
  accessNetworkInfo,
}: {
  readonly accessNetworkInfo?: string | undefined;
}): Header[] {
  return accessNetworkInfo === undefined ? [] : [header('P-Access-Network-Info', accessNetworkInfo)];
}

/** Who the UE says it is: in P-Asserted-Identity by table 6.1.1-1, in P-Preferred-Identity by RFC 3325. */
export function identityHints({ profile, identity }: Self): Header[] {
  const name = profile === 'tr-24.841' ? 'P-Asserted-Identity' : 'P-Preferred-Identity';
  return [header(name, `<${identity.impu}>`), header('Privacy', 'none')];
}

export interface SubscribeParts {
  readonly uri: string;
  readonly callId: string;
  readonly cseq: number;
  /** From Event on: those that a refresh has too. */
  readonly rest: readonly Header[];
  readonly extra?: ExtraHeaders | undefined;
}

/** Table 6.1.1-1: a SUBSCRIBE that makes a dialog. */
export function subscribeRequest(self: Self, parts: SubscribeParts): SipRequest {
  const { uri, callId, cseq, rest, extra } = parts;
  const request = createRequest({
    method: 'SUBSCRIBE',
    uri,
    headers: [
      ...opening(self),
      header('From', `<${self.identity.impu}>;tag=${token(self.random, 11)}`),
      header('To', `<${uri}>`),
      header('Call-ID', callId),
      header('CSeq', `${cseq} SUBSCRIBE`),
      ...rest,
    ],
  });
  return withExtra(request, extra);
}

/** RFC 3903 4: a PUBLISH for the UE's own identity. */
export function publishRequest(self: Self, options: PublishOptions): SipRequest {
  const { impu } = self.identity;
  const { event, expiresS, ifMatch, body, contentType, headers = [] } = options;
  const request = createRequest({
    method: 'PUBLISH',
    uri: impu,
    headers: [
      ...opening(self),
      header('From', `<${impu}>;tag=${token(self.random, 11)}`),
      header('To', `<${impu}>`),
      header('Call-ID', newCallId(self.random)),
      header('CSeq', '1 PUBLISH'),
      header('Event', event),
      header('Expires', String(expiresS)),
      ...(ifMatch === undefined ? [] : [header('SIP-If-Match', ifMatch)]),
      ...(contentType === undefined ? [] : [header('Content-Type', contentType)]),
      ...headers,
    ],
    body: toUtf8(body ?? ''),
  });
  return withExtra(request, options.extra);
}

/** 24 random characters, without a host: it would tell the UE's address (RFC 3261 8.1.1.4 has it optional). */
export function newCallId(random: Random): string {
  return token(random, 24);
}
