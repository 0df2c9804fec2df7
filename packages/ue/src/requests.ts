import { token, type Random } from '@ims-sim/host';
import { createRequest, header, toUtf8, type Header, type Profile, type SipRequest } from '@ims-sim/sip';
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
}

const MAX_FORWARDS = header('Max-Forwards', '70');

export const DEFAULT_REGISTRATION_S = 600_000;

/**
 * TS 24.229 5.1.1.2.1: a REGISTER of the UE's identity. The Authorization names the private user identity and proves
 * nothing; sec-agree and P-Access-Network-Info are left out as the network has no access side.
 */
export function registerRequest(
  { identity, contact, random }: Self,
  { callId, cseq }: { readonly callId: string; readonly cseq: number },
  { expiresS = DEFAULT_REGISTRATION_S, headers = [] }: RegisterOptions,
): SipRequest {
  const { impu, impi, homeDomain } = identity;
  const uri = `sip:${homeDomain}`;
  return createRequest({
    method: 'REGISTER',
    uri,
    headers: [
      MAX_FORWARDS,
      header('From', `<${impu}>;tag=${token(random, 11)}`),
      header('To', `<${impu}>`),
      header('Call-ID', callId),
      header('CSeq', `${cseq} REGISTER`),
      header('Contact', `<${contact}>;expires=${expiresS}`),
      header('Expires', String(expiresS)),
      header(
        'Authorization',
        `Digest username="${impi}", realm="${homeDomain}", nonce="", uri="${uri}", response=""`,
      ),
      header('Supported', 'path'),
      ...headers,
    ],
  });
}

/**
 * What starts every request out of a dialog (TS 24.229 5.1.2A.1): Max-Forwards, Route and the identity, as the
 * profile has it.
 */
export function opening(self: Self): Header[] {
  const { profile, proxyRoute, registration } = self;
  if (profile === 'tr-24.841') {
    return [MAX_FORWARDS, ...identityHints(self)]; // table 6.1.1-1: no Route
  }
  const route = [`<${proxyRoute}>`, ...(registration?.serviceRoute ?? []).map(({ text }) => text)];
  return [MAX_FORWARDS, header('Route', route.join(', ')), ...identityHints(self)];
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
}

/** Table 6.1.1-1: a SUBSCRIBE that makes a dialog. */
export function subscribeRequest(self: Self, { uri, callId, cseq, rest }: SubscribeParts): SipRequest {
  return createRequest({
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
}

/** RFC 3903 4: a PUBLISH for the UE's own identity. */
export function publishRequest(self: Self, options: PublishOptions): SipRequest {
  const { impu } = self.identity;
  const { event, expiresS, ifMatch, body, contentType, headers = [] } = options;
  return createRequest({
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
}

export function newCallId(random: Random): string {
  return token(random, 24);
}
