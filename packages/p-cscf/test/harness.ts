import { KeptOnce } from '../src/kept-once.js';
import { testHost, type TestHost } from '@ims-sim/host';
import {
  addresses,
  responseTo,
  serialize,
  type Decision,
  type Forward,
  type Header,
  type Profile,
  type SipRequest,
  type SipResponse,
  type Source,
} from '@ims-sim/sip';
import { forwarded, incoming, messageOf, requestIn } from '@ims-sim/sip/test-kit';
import { decide, Registrations, SecurityAssociations, type PCscf } from '../src/index.js';

/** The UE of user1, as everybody sees it. */
export const UE = source('5555::aaa', 5060);
export const STRANGER = source('5555::bad', 5060);
export const SCSCF = source('127.0.0.11', 5060);

export function source(
  address: string,
  port: number,
  transport: Source['transport'] = 'UDP',
  localPort = 5060,
): Source {
  return { transport, remote: { address, port }, local: { address: '::1', port: localPort } };
}

/** A request out of `messages/`, with some of its text replaced. */
export function request(
  file: string,
  ...changes: readonly (readonly [from: string, to: string])[]
): SipRequest {
  return requestIn(new URL(`../../test/messages/${file}.sip`, import.meta.url), changes);
}

export interface Lab {
  readonly host: TestHost;
  readonly pcscf: PCscf;
  ask(message: SipRequest, from: Source): Decision;
  /** Registers user1 from `from`, as the network answers it. */
  register(from?: Source, ...headers: Header[]): Forward;
}

export function lab(profile: Profile = 'tr-24.841', options: Partial<PCscf> = {}): Lab {
  const host = testHost({ name: 'pcscf1.home1.net' });
  const pcscf: PCscf = {
    registrations: new Registrations(host.clock),
    keptOnce: new KeptOnce(),
    associations: new SecurityAssociations(host.clock),
    auth: 'none',
    leftoverMs: 32_000,
    profile,
    names: new Set(['pcscf1.home1.net']),
    ownUri: 'sip:pcscf1.home1.net;lr',
    visitedNetwork: 'home1.net',
    trusted: () => true,
    clock: host.clock,
    random: host.random,
    trace: { enabled: true },
    ...options,
  };
  const ask = (message: SipRequest, from: Source) => decide(incoming(message, pcscf.names, from), pcscf);
  return {
    host,
    pcscf,
    ask,
    register(from = UE) {
      const message = request('register');
      const forward = forwarded(ask(message, from));
      forward.onResponse?.(registered(message, profile));
      return forward;
    },
  };
}

/** The 200 that the S-CSCF gives. */
export function registered(
  message: SipRequest,
  profile: Profile = 'tr-24.841',
  expires = '600',
  identities = '<sip:user1_public1@home1.net>, <sip:user1_public2@home1.net>, <tel:+1-212-555-1111>',
): SipResponse {
  const contact = addresses(message, 'contact')[0]?.uriText;
  const orig = profile === 'tr-24.841' ? '' : 'orig@';
  const response = messageOf(
    serialize(responseTo(message, 200, 'OK', { toTag: 'r1' })).replace(
      'Content-Length',
      [
        `Service-Route: <sip:${orig}scscf1.home1.net;lr>`,
        `P-Associated-URI: ${identities}`,
        ...(expires === '0' ? [] : [`Contact: <${contact}>;expires=${expires}`]),
        'Content-Length',
      ].join('\r\n'),
    ),
  );
  if (response.kind !== 'response') throw new Error('no response');
  return response;
}

export function textOf(decision: Decision): string {
  return (decision.because ?? []).map(({ clause, text }) => `${clause}: ${text}`).join('\n');
}

export { forwarded, lines, valuesOf } from '@ims-sim/sip/test-kit';
