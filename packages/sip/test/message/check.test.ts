import { describe, expect, test } from '@jest/globals';
import { parseMessage } from '../../src/message/parse.js';
import { check } from '../../src/message/validate.js';

const LINES: Readonly<Record<string, string>> = {
  via: 'Via: SIP/2.0/UDP a;branch=z9hG4bKx',
  from: 'From: <sip:a@b>;tag=1',
  to: 'To: <sip:c@d>',
  callId: 'Call-ID: x@y',
  cseq: 'CSeq: 1 REGISTER',
  maxForwards: 'Max-Forwards: 70',
};

function verdict(
  changed: Record<string, string>,
  startLine = 'REGISTER sip:home1.net SIP/2.0',
): string | undefined {
  const lines = Object.values({ ...LINES, ...changed }).filter((line) => line !== '');
  const parsed = parseMessage(`${startLine}\r\n${lines.join('\r\n')}\r\n\r\n`);
  return parsed.kind === 'message' ? check(parsed.message) : 'no message';
}

describe('RFC 3261 16.3, 8.1.1: what a message must have', () => {
  test.each([
    [{}],
    [{ maxForwards: '' }],
    [{ from: 'f: sip:a@b' }],
    [{ via: 'v: SIP/2.0/UDP a' }],
    [{ contact: 'Contact: *' }],
    [{ contact: 'm: <sip:a@b>, sip:c@d' }],
    [{ cseq: 'CSeq: 4294967295   REGISTER' }],
    [{ route: 'Route: <sip:a;lr>\r\nRoute: <sip:b;lr>,<sip:c;lr>' }],
  ])('let in: %j', (changed) => {
    expect(verdict(changed)).toBeUndefined();
  });

  test.each([
    [{ via: '' }, 'Missing Via'],
    [{ from: '' }, 'Missing From'],
    [{ to: '' }, 'Missing To'],
    [{ callId: '' }, 'Missing Call-ID'],
    [{ cseq: '' }, 'Missing CSeq'],
    [{ via: 'Via: a' }, 'Bad Via: not protocol, host and parameters'],
    [{ from: 'From:' }, 'Bad From: not an address with parameters'],
    [{ to: 'To: <sip:c@d' }, 'Bad To: not an address with parameters'],
    [{ callId: 'Call-ID: a b' }, 'Bad Call-ID: not word or word@word'],
    [{ callId: 'Call-ID: a@b@c' }, 'Bad Call-ID: not word or word@word'],
    [{ callId: 'Call-ID: @' }, 'Bad Call-ID: not word or word@word'],
    [{ cseq: 'CSeq: REGISTER' }, 'Bad CSeq: not a number below 2^32 and a method'],
    [{ cseq: 'CSeq: 1' }, 'Bad CSeq: not a number below 2^32 and a method'],
    [{ cseq: 'CSeq: 4294967296 REGISTER' }, 'Bad CSeq: not a number below 2^32 and a method'],
    [{ cseq: 'CSeq: 1 register' }, 'Bad CSeq: method is not that of the request'],
    [{ maxForwards: 'Max-Forwards: 256' }, 'Bad Max-Forwards: not a number from 0 to 255'],
    [{ maxForwards: 'Max-Forwards: -1' }, 'Bad Max-Forwards: not a number from 0 to 255'],
    [{ second: 'Max-Forwards: 70' }, 'Multiple Max-Forwards'],
    [{ second: 't: <sip:c@d>' }, 'Multiple To'],
    [{ second: 'From: <sip:c@d>' }, 'Multiple From'],
    [{ second: 'i: x@y' }, 'Multiple Call-ID'],
    [{ second: 'l: 0\r\nContent-Length: 0' }, 'Multiple Content-Length'],
    [{ second: 'o: presence\r\nEvent: reg' }, 'Multiple Event'],
    [{ route: 'Route: <sip:a;lr>\r\nRoute: sip:b;lr, x' }, 'Bad Route: not a list of addresses'],
    [{ contact: 'Contact: <sip:a@b>\r\nContact: x' }, 'Bad Contact: not a list of addresses'],
  ])('refused: %j: %s', (changed, reason) => {
    expect(verdict(changed)).toBe(reason);
  });

  test.each([
    ['sip:a@b?x=y', 'Bad Request-URI: has headers'],
    ['home1.net', 'Bad Request-URI: not a URI'],
    ['<sip:home1.net>', 'Bad Request-URI: not a URI'],
    ['tel:+1-212-555-2222', undefined],
    ['urn:service:sos', undefined],
  ])('Request-URI %s: %s', (uri, reason) => {
    expect(verdict({}, `REGISTER ${uri} SIP/2.0`)).toBe(reason);
  });

  test('a response needs the same five, and its CSeq may have any method', () => {
    expect(verdict({ cseq: 'CSeq: 1 INVITE' }, 'SIP/2.0 200 OK')).toBeUndefined();
    expect(verdict({ via: '' }, 'SIP/2.0 200 OK')).toBe('Missing Via');
  });
});
