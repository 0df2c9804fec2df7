import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { addresses, cseq, from, maxForwards, tagOf, to, topVia, vias } from '../../src/message/access.js';
import { StreamFramer } from '../../src/message/framer.js';
import { valueOf } from '../../src/message/headers.js';
import type { SipMessage } from '../../src/message/message.js';
import { type Parsed, parseMessage } from '../../src/message/parse.js';
import { serialize } from '../../src/message/serialize.js';
import { fromUtf8 } from '../../src/message/text.js';
import { parseUri } from '../../src/message/uri-parse.js';
import { check } from '../../src/message/validate.js';

/** The messages of RFC 4475 and, named `ipv6-...`, of RFC 5118. Left out: mpart01 (3.1.1.11), a binary S/MIME body. */
function read(name: string): string {
  return readFileSync(new URL(`../../../test/message/torture/${name}.sip`, import.meta.url), 'latin1');
}

function messageOf(name: string): SipMessage {
  const parsed = parseMessage(read(name));
  if (parsed.kind !== 'message') {
    throw new Error(`${name}: ${JSON.stringify(parsed)}`);
  }
  return parsed.message;
}

/** What the first of `parseMessage` and `check` to object says. */
function verdict(parsed: Parsed): string | undefined {
  return parsed.kind === 'message'
    ? check(parsed.message)
    : parsed.kind === 'invalid'
      ? parsed.reason
      : parsed.kind;
}

const VALID = [
  'wsinv',
  'intmeth',
  'esc01',
  'escnull',
  'esc02',
  'lwsdisp',
  'longreq',
  'semiuri',
  'transports',
  'unreason',
  'noreason',
  'baddate', // 3.1.2.13: not to be refused by who does not read the Date
  'unkscm', // 3.3.2 and on: right as far as the parser goes
  'novelsc',
  'unksm2',
  'bext01',
  'invut',
  'regaut01',
  'bcast',
  'zeromf',
  'cparam01',
  'cparam02',
  'regescrt',
  'sdp01',
  'inv2543',
  'ipv6-good',
  'ipv6-port-ambiguous',
  'ipv6-port-unambiguous',
  'ipv6-received-delimited',
  'ipv6-received-bare',
  'ipv6-many-addresses',
  'ipv6-mapped',
  'ipv6-three-colons',
];

const INVALID: readonly (readonly [string, string])[] = [
  ['badinv01', 'Bad Via: not protocol, host and parameters'],
  ['clerr', 'Bad Content-Length: more than the body has'],
  ['ncl', 'Bad Content-Length: not a number'],
  ['scalar02', 'Bad CSeq: not a number below 2^32 and a method'],
  ['scalarlg', 'Bad CSeq: not a number below 2^32 and a method'],
  ['quotbal', 'Bad To: not an address with parameters'],
  ['ltgtruri', 'Bad Request-URI: not a URI'],
  ['lwsruri', 'Bad Request-URI: white space'],
  ['lwsstart', 'Bad Request-URI: white space'],
  ['trws', 'Bad request line: not method, URI and version'],
  ['escruri', 'Bad Request-URI: has headers'],
  ['regbadct', 'Bad Contact: not a list of addresses'],
  ['badaspec', 'Bad To: not an address with parameters'],
  ['baddn', 'Bad From: not an address with parameters'],
  ['badvers', 'Version not supported'],
  ['mismatch01', 'Bad CSeq: method is not that of the request'],
  ['mismatch02', 'Bad CSeq: method is not that of the request'],
  ['bigcode', 'Bad status'],
  ['badbranch', 'Bad Via: nothing in the branch after z9hG4bK'],
  ['insuf', 'Missing From'],
  ['multi01', 'Multiple CSeq'],
  ['mcl01', 'Bad Content-Length: two that differ'],
  ['ipv6-bad', 'Bad Request-URI: not a URI'],
];

describe('RFC 4475 and RFC 5118: torture messages', () => {
  test.each(VALID)('%s is valid and leaves as it came', (name) => {
    const text = read(name);
    const parsed = parseMessage(text);
    expect(verdict(parsed)).toBeUndefined();
    expect(serialize(messageOf(name))).toBe(text);
  });

  test.each(INVALID)('%s is refused: %s', (name, reason) => {
    expect(verdict(parseMessage(read(name)))).toBe(reason);
  });

  test.each(['clerr', 'ncl', 'lwsruri', 'trws', 'mcl01'])('%s: there is enough to answer', (name) => {
    const parsed = parseMessage(read(name));
    expect(parsed).toMatchObject({ kind: 'invalid', message: { kind: 'request' } });
  });

  test('3.1.2.16 badvers: 505', () => {
    expect(parseMessage(read('badvers'))).toMatchObject({ kind: 'invalid', status: 505 });
  });

  test('3.1.1.1 wsinv: folded and spaced out, its values are found', () => {
    const message = messageOf('wsinv');
    expect(vias(message).map((via) => [via.transport, via.host, via.branch])).toEqual([
      ['UDP', '192.0.2.2', '390skdjuw'],
      ['TCP', 'spindle.example.com', 'z9hG4bK9ikj8'],
      ['UDP', '192.168.255.111', 'z9hG4bK30239'],
    ]);
    expect(tagOf(to(message))).toBe('1918181833n');
    expect(from(message)?.displayName).toBe('J Rosenberg \\\\\\"');
    expect(maxForwards(message)).toBe(68);
    expect(cseq(message)).toEqual({ number: 9, method: 'INVITE' });
    expect(valueOf(message.headers, 'subject')).toBe('');
    expect(valueOf(message.headers, 'newfangledheader')).toBe('newfangled value continued newfangled value');
    const [contact] = addresses(message, 'contact');
    expect(contact?.displayName).toBe('Quoted string \\"\\"');
    expect([...(contact?.params ?? [])]).toEqual([
      ['newparam', 'newvalue'],
      ['secondparam', true],
      ['q', '0.33'],
    ]);
  });

  test('3.1.1.2 intmeth: every character that a token, a user and a word may have', () => {
    const message = messageOf('intmeth');
    expect(message.kind === 'request' && parseUri(message.uri)).toMatchObject({
      user: "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*",
      password: "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)",
      host: 'example.com',
    });
    expect(from(message)?.displayName).toBe("token1~` token2'+_ token3*%!.-");
    expect(fromUtf8(String(from(message)?.params.get("fromparam''~+*_!.-%")))).toBe('"работающий"');
    expect(topVia(message)?.branch).toBe("z9hG4bK-.!%66*_+`'~");
  });

  test('3.1.1.3 esc02: a percent sign in a method or header name escapes nothing', () => {
    const message = messageOf('esc02');
    expect(message.kind === 'request' && message.method).toBe('RE%47IST%45R');
    expect(addresses(message, 'contact')).toHaveLength(2);
  });

  test('3.1.1.8 dblreq: a datagram is one message, what follows it is dropped; a stream has two', () => {
    const message = messageOf('dblreq');
    expect(check(message)).toBeUndefined();
    expect(message.body).toBe('');
    const framed = new StreamFramer().push(Buffer.from(read('dblreq'), 'latin1'));
    expect(framed.map((f) => f.kind)).toEqual(['message', 'ping', 'message']);
  });

  test('3.1.1.9 semiuri: a semicolon in the user is no parameter', () => {
    const message = messageOf('semiuri');
    expect(message.kind === 'request' && parseUri(message.uri)).toMatchObject({
      user: 'user;par=u%40example.net',
    });
  });

  test('3.3.14, 3.3.15 cparam: a parameter outside brackets is the header', () => {
    expect(addresses(messageOf('cparam01'), 'contact')[0]?.params.has('unknownparam')).toBe(true);
    expect(addresses(messageOf('cparam02'), 'contact')[0]?.uri).toMatchObject({
      params: new Map([['unknownparam', true]]),
    });
  });

  test.each([
    ['ipv6-received-delimited', '[2001:db8::9:255]'],
    ['ipv6-received-bare', '2001:db8::9:255'],
  ])('RFC 5118 4.5 %s: received=%s', (name, received) => {
    expect(topVia(messageOf(name))?.params.get('received')).toBe(received);
  });
});
