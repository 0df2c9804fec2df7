import { describe, expect, test } from '@jest/globals';
import {
  addresses,
  callId,
  contactExpires,
  contentLength,
  cseq,
  event,
  expires,
  from,
  maxForwards,
  tagOf,
  to,
  topVia,
  values,
  vias,
} from '../../src/message/access.js';
import { replaceTopVia, withTopVia, withoutTopValue } from '../../src/message/edit.js';
import type { SipMessage } from '../../src/message/message.js';
import { parseMessage } from '../../src/message/parse.js';

function message(...lines: string[]): SipMessage {
  const parsed = parseMessage(
    `OPTIONS sip:a@b SIP/2.0\r\n${lines.map((line) => line + '\r\n').join('')}\r\n`,
  );
  if (parsed.kind !== 'message') {
    throw new Error(JSON.stringify(parsed));
  }
  return parsed.message;
}

function linesOf(headers: SipMessage['headers']): string[] {
  return headers.map((h) => h.line);
}

const MESSAGE = message(
  'Via: SIP/2.0/UDP c;branch=3, SIP/2.0/UDP b;branch=2',
  'v: SIP/2.0/UDP a;branch=1',
  'From: <sip:a@b>;tag=1',
  'To: sip:c@d',
  'Call-ID: x',
  'CSeq: 7 OPTIONS',
  'Max-Forwards: 69',
  'Route: <sip:p;lr>, <sip:q;lr>',
  'Route: <sip:r;lr>',
  'Event: Presence.Winfo ;id=5;x',
  'Expires: 7200',
  'Subject: a, b',
  'Accept: application/pidf+xml, text/plain;x="a,b"',
);

describe('typed access', () => {
  test('each header once', () => {
    expect(topVia(MESSAGE)?.branch).toBe('3');
    expect(vias(MESSAGE).map((via) => via.branch)).toEqual(['3', '2', '1']);
    expect(tagOf(from(MESSAGE))).toBe('1');
    expect(tagOf(to(MESSAGE))).toBeUndefined();
    expect(callId(MESSAGE)).toBe('x');
    expect(cseq(MESSAGE)).toEqual({ number: 7, method: 'OPTIONS' });
    expect(maxForwards(MESSAGE)).toBe(69);
    expect(addresses(MESSAGE, 'route').map((a) => a.uriText)).toEqual(['sip:p;lr', 'sip:q;lr', 'sip:r;lr']);
    expect(event(MESSAGE)).toMatchObject({ package: 'presence.winfo', id: '5' });
    expect(expires(MESSAGE)).toBe(7200);
    expect(contentLength(MESSAGE)).toBeUndefined();
    expect(values(MESSAGE, 'subject')).toEqual(['a, b']);
    expect(values(MESSAGE, 'accept')).toEqual(['application/pidf+xml', 'text/plain;x="a,b"']);
  });

  test('the second asking gives the same object; a failure is remembered', () => {
    expect(topVia(MESSAGE)).toBe(topVia(MESSAGE));
    expect(from(MESSAGE)).toBe(from(MESSAGE));
    const bad = message('From: <', 'Route: x');
    expect(from(bad)).toBeUndefined();
    expect(bad.headers[0]?.parsed).toBeNull();
    expect(from(bad)).toBeUndefined();
    expect(addresses(bad, 'route')).toEqual([]);
  });

  test('nothing there', () => {
    const empty = message('X: y');
    expect([
      topVia(empty),
      from(empty),
      callId(empty),
      cseq(empty),
      maxForwards(empty),
      event(empty),
      expires(empty),
    ]).toEqual(new Array(7).fill(undefined));
    expect([vias(empty), addresses(empty, 'route'), values(empty, 'accept')]).toEqual([[], [], []]);
  });

  test.each([
    ['4294967295', 4_294_967_295],
    ['10000000000000000000000000', 4_294_967_295],
    ['-1', undefined],
    ['1h', undefined],
    ['', undefined],
  ])('RFC 3261 20.19: Expires %s is %s', (text, seconds) => {
    expect(expires(message(`Expires: ${text}`))).toBe(seconds);
  });
});

describe('taking and putting the first value', () => {
  test('of several in a line', () => {
    const popped = withoutTopValue(MESSAGE.headers, 'via');
    expect(linesOf(popped)[0]).toBe('Via: SIP/2.0/UDP b;branch=2');
    expect(topVia({ ...MESSAGE, headers: popped })?.branch).toBe('2');
    expect(linesOf(withoutTopValue(MESSAGE.headers, 'route'))).toContain('Route: <sip:q;lr>');
  });

  test('the last of a line takes the line with it; none, and nothing changes', () => {
    const once = withoutTopValue(withoutTopValue(MESSAGE.headers, 'via'), 'via');
    expect(linesOf(once)[0]).toBe('v: SIP/2.0/UDP a;branch=1');
    expect(withoutTopValue(MESSAGE.headers, 'path')).toBe(MESSAGE.headers);
  });

  test('a Via on top, and in the place of the top one', () => {
    expect(linesOf(withTopVia(MESSAGE.headers, 'SIP/2.0/UDP d;branch=4')).slice(0, 2)).toEqual([
      'Via: SIP/2.0/UDP d;branch=4',
      'Via: SIP/2.0/UDP c;branch=3, SIP/2.0/UDP b;branch=2',
    ]);
    expect(linesOf(replaceTopVia(MESSAGE.headers, 'SIP/2.0/UDP c;branch=3;rport=1'))[0]).toBe(
      'Via: SIP/2.0/UDP c;branch=3;rport=1, SIP/2.0/UDP b;branch=2',
    );
    expect(linesOf(replaceTopVia([], 'SIP/2.0/UDP c'))).toEqual(['Via: SIP/2.0/UDP c']);
  });
});

describe('RFC 3261 10.2.1.1: how long a contact is for', () => {
  test.each([
    ['<sip:a>;expires=60', 'Expires: 3600', 60],
    ['<sip:a>;expires=0', 'Expires: 3600', 0],
    ['<sip:a>;expires=99999999999', 'Expires: 3600', 0xffff_ffff],
    ['<sip:a>;expires=x', 'Expires: 3600', 3600],
    ['<sip:a>;expires', 'Expires: 3600', 3600],
    ['<sip:a>', 'Expires: never', undefined],
  ])('%s, %s', (contact, line, expected) => {
    const it = message(`Contact: ${contact}`, line);
    expect(addresses(it, 'contact').map((one) => contactExpires(one, it))).toEqual([expected]);
  });
});
