import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { summarize } from '../src/index.js';
import { avp, diameter, dnsQuery, dnsResponse, locationInfo, sip, uint32 } from './flow.js';

describe('a message in one line', () => {
  test.each<[string, boolean, string]>([
    ['HTTP PUT /subscribers/user1', false, 'PUT /subscribers/user1 HTTP/1.1\r\nHost: hss\r\n\r\n{}'],
    ['HTTP 204 No Content', true, 'HTTP/1.1 204 No Content\r\n\r\n'],
    ['HTTP', false, ''],
  ])('RFC 9112: %s', (label, response, text) => {
    expect(summarize('http', Buffer.from(text))).toEqual({ label, response });
  });

  test.each<[string, Buffer]>([
    ['SUBSCRIBE', sip('SUBSCRIBE tel:+1-212-555-2222 SIP/2.0', 'SUBSCRIBE')],
    ['200 OK (NOTIFY)', sip('SIP/2.0 200 OK', 'NOTIFY')],
    ['404 Nicht gefunden ü (SUBSCRIBE)', sip('SIP/2.0 404 Nicht gefunden ü', 'SUBSCRIBE')],
    ['200 OK (PUBLISH)', Buffer.from('SIP/2.0 200 OK\nContact: <sip:a>\ncSeQ \t:  1  PUBLISH \n\n')],
    ['200 OK', Buffer.from('SIP/2.0 200 OK\r\nVia: x\r\n\r\nCSeq: 1 INVITE\r\n')],
    ['SIP keep-alive', Buffer.from('\r\n\r\n')],
    ['SIP keep-alive', Buffer.alloc(0)],
  ])('RFC 3261: %s', (label, bytes) => {
    expect(summarize('sip', bytes)).toEqual({ label, response: bytes.toString().startsWith('SIP/2.0') });
  });

  test.each<[string, Buffer]>([
    ['LIR', locationInfo(true)],
    ['LIA 2001', locationInfo(false)],
    [
      'UAA 5001',
      diameter(
        300,
        false,
        avp(263, Buffer.from('odd')),
        avp(297, Buffer.concat([avp(266, uint32(10415)), avp(298, uint32(5001))])),
      ),
    ],
    ['CER', diameter(257, true)],
    ['DWA', diameter(280, false)],
    ['Diameter request 8388620', diameter(8388620, true)],
    ['LIA', diameter(302, false, Buffer.from('0000010c40ffffff000007d1', 'hex'))],
    ['Diameter (cut short)', Buffer.alloc(19)],
  ])('RFC 6733, TS 29.229: %s', (label, bytes) => {
    expect(summarize('diameter', bytes).label).toBe(label);
  });

  test.each<[string, Buffer]>([
    ['DNS NAPTR 2.1.e164.arpa', dnsQuery('2.1.e164.arpa', 35)],
    ['DNS SRV _sip._udp.home2.net', dnsQuery('_sip._udp.home2.net', 33)],
    ['DNS TYPE65 home2.net', dnsQuery('home2.net', 65)],
    ['DNS A: 1 answer', dnsResponse('home2.net', 1)],
    ['DNS A: NXDOMAIN', dnsResponse('home2.net', 1, 3)],
    ['DNS query', Buffer.from('12340100000100000000000003616263', 'hex')],
    ['DNS (cut short)', Buffer.alloc(3)],
  ])('RFC 1035: %s', (label, bytes) => {
    expect(summarize('dns', bytes).label).toBe(label);
  });

  test('the network cannot write to the terminal or make a line long', () => {
    const { label } = summarize(
      'sip',
      Buffer.from(`SIP/2.0 200 \u001b[2J\u202e\u0007${'x'.repeat(1000)}\r\n\r\n`),
    );
    expect(label).toMatch(/^200 \?\[2J\?\?x+…$/);
    expect(label).toHaveLength(120);
  });

  test('no bytes make it throw', () => {
    const prefix = fc.constantFrom(
      '',
      'SIP/2.0 200 ',
      'SIP/2.0 200 OK\r\nC',
      '\u0001\u0000\u0000\u0020\u0000\u0000\u0001\u002e',
    );
    fc.assert(
      fc.property(prefix, fc.uint8Array({ maxLength: 200 }), (start, rest) => {
        for (const protocol of ['sip', 'diameter', 'dns'] as const) {
          summarize(protocol, Buffer.concat([Buffer.from(start, 'latin1'), rest]));
        }
      }),
      { numRuns: 500 },
    );
  });
});
