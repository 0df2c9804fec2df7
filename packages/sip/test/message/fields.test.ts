import { describe, expect, test } from '@jest/globals';
import { parseNameAddr, parseNameAddrList } from '../../src/message/name-addr.js';
import { parseVia, parseViaList } from '../../src/message/via.js';

describe('RFC 3261 20.10, 25.1: name-addr and addr-spec', () => {
  test.each([
    ['<sip:a@b>', undefined, 'sip:a@b', []],
    ['Alice <sip:a@b>;tag=1', 'Alice', 'sip:a@b', [['tag', '1']]],
    ['A. G. Bell <sip:a@b>', 'A. G. Bell', 'sip:a@b', []],
    ['caller<sip:a@b>', 'caller', 'sip:a@b', []],
    ['"Watson, Thomas <x>" <sip:a@b>', 'Watson, Thomas <x>', 'sip:a@b', []],
    ['"say \\"hi\\"\\\\"<sip:a@b>', 'say \\"hi\\"\\\\', 'sip:a@b', []],
    ['"" <sip:a@b>', '', 'sip:a@b', []],
    ['sip:a@b;tag=1', undefined, 'sip:a@b', [['tag', '1']]],
    ['sip:a@b ; tag = 1', undefined, 'sip:a@b', [['tag', '1']]],
    ['<sip:a@b;lr>;lr', undefined, 'sip:a@b;lr', [['lr', true]]],
    [
      '<sip:a@b>;+sip.instance="<urn:uuid:1>";q=0.5',
      undefined,
      'sip:a@b',
      [
        ['+sip.instance', '"<urn:uuid:1>"'],
        ['q', '0.5'],
      ],
    ],
    ['<tel:+1-212-555-2222>', undefined, 'tel:+1-212-555-2222', []],
    ['  <sip:a,b@c>  ', undefined, 'sip:a,b@c', []],
  ])('%s', (text, displayName, uriText, params) => {
    const parsed = parseNameAddr(text);
    expect(parsed).toMatchObject({ displayName, uriText, text: text.trim() });
    expect([...(parsed?.params ?? [])]).toEqual(params);
  });

  test.each([
    ['an open quote', '"Mr. J. User <sip:a@b>'],
    ['an open bracket', '<sip:a@b'],
    ['a comma in an unquoted name', 'Bell, Alexander <sip:a@b>'],
    ['white space within the brackets', '< sip:a@b >'],
    ['a header in an addr-spec', 'sip:a@b?Route=x'],
    ['a comma in a URI header', '<sip:a@b?x=y,z>'],
    ['no URI', 'Alice'],
    ['a bracket too many', '<tel:+1-212-555-2222>>;tag=151170'],
    ['an empty parameter', '<sip:a@b>;'],
    ['a parameter without value after =', '<sip:a@b>;tag='],
    ['a parameter twice', '<sip:a@b>;tag=1;tag=2'],
    ['something after the quotes', '"a" b <sip:a@b>'],
    ['nothing', ''],
  ])('refused: %s', (_, text) => {
    expect(parseNameAddr(text)).toBeUndefined();
  });

  test('a list is split at commas outside quotes and brackets', () => {
    const list = parseNameAddrList('"a, b" <sip:a@b;x=%2C>;p="c,d", <sip:scscf1.home1.net;lr> ,sip:c@d');
    expect(list?.map((one) => one.uriText)).toEqual(['sip:a@b;x=%2C', 'sip:scscf1.home1.net;lr', 'sip:c@d']);
    expect(parseNameAddrList('<sip:a@b>,,<sip:c@d>')).toBeUndefined();
    expect(parseNameAddrList('<sip:a@b>,')).toBeUndefined();
  });
});

describe('RFC 3261 20.42: Via', () => {
  test.each([
    [
      'SIP/2.0/UDP pcscf1.home1.net;branch=z9hG4bK240f34.1',
      'UDP',
      'pcscf1.home1.net',
      undefined,
      'z9hG4bK240f34.1',
    ],
    [
      'SIP/2.0/UDP icscf2_s.home2.net;branch=z9hG4bK871y12.1',
      'UDP',
      'icscf2_s.home2.net',
      undefined,
      'z9hG4bK871y12.1',
    ],
    [
      'SIP/2.0/udp [5555::aaa:bbb:ccc:ddd]:1357;branch=z9hG4bKnashds7;rport',
      'UDP',
      '[5555::aaa:bbb:ccc:ddd]',
      1357,
      'z9hG4bKnashds7',
    ],
    ['SIP / 2.0 / TCP first.example.com : 4000 ; ttl = 16', 'TCP', 'first.example.com', 4000, undefined],
    ['sip/2.0/TLS-SCTP a', 'TLS-SCTP', 'a', undefined, undefined],
  ])('%s', (text, transport, host, port, branch) => {
    expect(parseVia(text)).toMatchObject({ transport, host, port, branch, text });
  });

  test.each([
    'SIP/2.0/UDP',
    'SIP/2.0/UDPhost',
    'SIP/2.0 UDP host',
    'SIP/3.0/UDP host',
    'HTTP/2.0/UDP host',
    'SIP/2.0/UDP host:',
    'SIP/2.0/UDP host:99999',
    'SIP/2.0/UDP host:65536',
    'SIP/2.0/UDP host;;branch=x',
    'SIP/2.0/UDP host branch=x',
    'SIP/2.0/UDP [::g]',
    '',
  ])('refused: %s', (text) => {
    expect(parseVia(text)).toBeUndefined();
  });

  test('several in a line', () => {
    const list = parseViaList('SIP/2.0/UDP a;branch=1, SIP/2.0/UDP\tb;branch=2;x="p,q"');
    expect(list?.map((via) => via.branch)).toEqual(['1', '2']);
    expect(parseViaList('SIP/2.0/UDP a,')).toBeUndefined();
  });
});

describe('RFC 3261 7.3.1, 25.1: header parameters, read from their text', () => {
  const text = 'SIP/2.0/UDP h ; Branch = z9 ;x="a;b=\\";y";RPORT;tags=no;tag="q"';
  const params = parseVia(text)?.params;

  test('one is found by its whole name in any case, and none within a quoted value', () => {
    expect(params?.get('branch')).toBe('z9');
    expect(params?.get('x')).toBe('"a;b=\\";y"');
    expect(params?.get('rport')).toBe(true);
    expect(params?.get('tag')).toBe('"q"');
    expect(['b', 'y', 'ta', 'z9', 'branchx'].filter((name) => params?.has(name))).toEqual([]);
  });

  test('all are given in their order, as a Map gives them', () => {
    const all = [...(params ?? [])];
    expect(all.map(([name]) => name)).toEqual(['branch', 'x', 'rport', 'tags', 'tag']);
    expect(params?.size).toBe(5);
    const seen: unknown[] = [];
    params?.forEach((value, name) => seen.push([name, value]));
    expect(seen).toEqual(all);
    expect([...(params?.keys() ?? [])]).toEqual(all.map(([name]) => name));
    expect([...(params?.values() ?? [])]).toEqual(all.map(([, value]) => value));
  });

  test('a name that is there twice is refused, in any case; names that are only alike are not', () => {
    expect(parseVia('SIP/2.0/UDP h;tag=1;TAG=2')).toBeUndefined();
    expect(parseVia('SIP/2.0/UDP h;tag=1;tbg=2;tax')?.params.size).toBe(3);
  });
});
