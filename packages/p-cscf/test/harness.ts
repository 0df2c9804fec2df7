import { readFileSync } from 'node:fs';
import { testHost, type TestHost } from '@ims-sim/host';
import {
  addresses,
  parseMessage,
  responseTo,
  serialize,
  tagOf,
  to,
  withoutTopValue,
  type Decision,
  type Forward,
  type Header,
  type Incoming,
  type Profile,
  type SipRequest,
  type SipResponse,
  type Source,
} from '@ims-sim/sip';
import { decide, Registrations, type PCscf } from '../src/index.js';

/** The UE of user1, as everybody sees it. */
export const UE = source('5555::aaa', 5060);
export const STRANGER = source('5555::bad', 5060);
export const SCSCF = source('127.0.0.11', 5060);

export function source(address: string, port: number, transport: Source['transport'] = 'UDP'): Source {
  return { transport, remote: { address, port }, local: { address: '::1', port: 5060 } };
}

/** A request out of `messages/`, with some of its text replaced. */
export function request(file: string, ...changes: readonly [from: string, to: string][]): SipRequest {
  let text = readFileSync(new URL(`../../test/messages/${file}.sip`, import.meta.url), 'latin1');
  for (const [from, replacement] of changes) {
    if (!text.includes(from)) throw new Error(`${file}.sip has no ${JSON.stringify(from)}`);
    text = text.replace(from, replacement);
  }
  const parsed = parseMessage(text.replace(/\r?\n/g, '\r\n'));
  if (parsed.kind !== 'message' || parsed.message.kind !== 'request')
    throw new Error(`${file}.sip is no request`);
  return parsed.message;
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
  const ask = (message: SipRequest, from: Source) => decide(incoming(message, from), pcscf);
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
): SipResponse {
  const contact = addresses(message, 'contact')[0]?.uriText;
  const orig = profile === 'tr-24.841' ? '' : 'orig@';
  const parsed = parseMessage(
    serialize(responseTo(message, 200, 'OK', { toTag: 'r1' })).replace(
      'Content-Length',
      [
        `Service-Route: <sip:${orig}scscf1.home1.net;lr>`,
        'P-Associated-URI: <sip:user1_public1@home1.net>, <sip:user1_public2@home1.net>, <tel:+1-212-555-1111>',
        ...(expires === '0' ? [] : [`Contact: <${contact}>;expires=${expires}`]),
        'Content-Length',
      ].join('\r\n'),
    ),
  );
  if (parsed.kind !== 'message' || parsed.message.kind !== 'response') throw new Error('no response');
  return parsed.message;
}

/** As the proxy core hands it over: an own Route is taken off. */
export function incoming(message: SipRequest, from: Source): Incoming {
  const top = addresses(message, 'route')[0];
  const own = top?.uri.kind === 'sip' && top.uri.host === 'pcscf1.home1.net' ? [top] : [];
  const headers = own.length > 0 ? withoutTopValue(message.headers, 'route') : message.headers;
  const stripped = { ...message, headers };
  return {
    request: stripped,
    source: from,
    ownRoutes: own,
    inDialog: tagOf(to(message)) !== undefined,
    transaction: undefined as never,
  };
}

export function forwarded(decision: Decision): Forward {
  if (decision.kind !== 'forward') throw new Error(`not forwarded: ${JSON.stringify(decision)}`);
  return decision;
}

/** `Name: value` of every header, in order. */
export function lines(message: { readonly headers: readonly Header[] }): string[] {
  return message.headers.map(({ line }) => line);
}

export function valuesOf(message: { readonly headers: readonly Header[] }, key: string): string[] {
  return message.headers.filter((h) => h.key === key).map(({ value }) => value);
}

export function textOf(decision: Decision): string {
  return (decision.because ?? []).map(({ clause, text }) => `${clause}: ${text}`).join('\n');
}
