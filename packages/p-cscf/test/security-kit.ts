import { expect } from '@jest/globals';
import {
  header,
  responseTo,
  type Decision,
  type Header,
  type SipRequest,
  type SipResponse,
} from '@ims-sim/sip';
import { forwarded, lab, registered, request, source, UE, valuesOf, type Lab } from './harness.js';

export const PORTS = { client: { address: '::1', port: 8642 }, server: { address: '::1', port: 7531 } };
/** The UE's protected client port, at the P-CSCF's protected server port. */
export const PROTECTED = source('5555::aaa', 2468, 'UDP', 7531);
export const OFFER =
  'ipsec-3gpp; alg=hmac-md5-96; spi-c=1; spi-s=2; port-c=2468; port-s=1357, ' +
  'ipsec-3gpp; alg=hmac-sha-1-96; ealg=aes-cbc; spi-c=1; spi-s=2; port-c=2468; port-s=1357';
export const NONCE = 'CjPk9mRqNuT25eRkajM09uTl9nM09uTl9nMz5OX25PZz';

export function secured(options: Parameters<typeof lab>[1] = {}): Lab {
  return lab('ts-24.141', { auth: 'required', protectedPorts: PORTS, ...options });
}

/** A REGISTER of user1, with these headers, and these parameters in Authorization. */
export function registering(
  headers: readonly string[],
  params = '',
  contact = '<sip:[5555::aaa]:1357>;expires=600000',
): SipRequest {
  return request(
    'register',
    ['nonce="", uri="sip:home1.net", response=""', `uri="sip:home1.net"${params}`],
    ['<sip:[5555::aaa]>;expires=600000', contact],
    ['Supported: path', ['Supported: path', ...headers].join('\n')],
  );
}

export const REQUIRED = ['Require: sec-agree', 'Proxy-Require: sec-agree'];
export const initial = (offer = OFFER) =>
  registering([`Security-Client: ${offer}`, ...REQUIRED], ', nonce="", response=""');
export const response = (given: string, offer = OFFER, params = '') =>
  registering(
    [`Security-Client: ${offer}`, `Security-Verify: ${given}`, ...REQUIRED],
    `, nonce="${NONCE}", algorithm=AKAv1-MD5, response="6629fae49393a05397450978507c4ef1"${params}`,
  );

export function challenge(to: SipRequest, scheme = 'algorithm=AKAv1-MD5'): SipResponse {
  return responseTo(to, 401, 'Unauthorized', {
    toTag: 'c1',
    headers: [
      header(
        'WWW-Authenticate',
        `Digest realm="home1.net", nonce="${NONCE}", ${scheme}, ik="00112233445566778899aabbccddeeff", ck="ffeeddccbbaa11223344556677889900"`,
      ),
    ],
  });
}

/** Lets the UE register from its first REGISTER to the 200; gives what Security-Server it got. */
export function agreed(it: Lab, from = PROTECTED): string {
  const first = initial();
  const answer = forwarded(it.ask(first, UE)).onResponse?.(challenge(first));
  const given = valuesOf(answer ?? {}, 'security-server')[0] ?? '';
  const second = response(given);
  forwarded(it.ask(second, from)).onResponse?.(granted(second));
  return given;
}

/** A SUBSCRIBE as it comes over the association that was agreed on by this Security-Server. */
export function verified(given: string, ...changes: readonly (readonly [string, string])[]): SipRequest {
  return request('subscribe', ['Call-ID', `Security-Verify: ${given}\nCall-ID`], ...changes);
}

export function granted(message: SipRequest, expires = '600'): SipResponse {
  return registered(message, 'ts-24.141', expires);
}

export function integrity(decision: Decision): string | undefined {
  const values = valuesOf(forwarded(decision).request, 'authorization').join();
  expect(values.match(/integrity-protected/gi)?.length ?? 0).toBeLessThanOrEqual(1);
  return /integrity-protected="([^"]*)"/.exec(values)?.[1];
}

export const headersOf = (decision: Decision): readonly Header[] =>
  decision.kind === 'reply' ? (decision.headers ?? []) : [];
