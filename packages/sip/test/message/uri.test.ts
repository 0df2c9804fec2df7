import { describe, expect, test } from '@jest/globals';
import { formatUri, parseUri } from '../../src/message/uri-parse.js';
import { uriEquals } from '../../src/message/uri-compare.js';
import type { Uri } from '../../src/message/uri.js';

function uri(text: string): Uri {
  const parsed = parseUri(text);
  if (parsed === undefined) {
    throw new Error(`not a URI: ${text}`);
  }
  return parsed;
}

describe('RFC 3261 19.1.1: sip and sips URIs', () => {
  test.each([
    ['sip:alice@atlanta.com', { scheme: 'sip', user: 'alice', host: 'atlanta.com' }],
    [
      'sip:alice:secretword@atlanta.com;transport=tcp',
      { user: 'alice', password: 'secretword', host: 'atlanta.com' },
    ],
    [
      'sips:alice@atlanta.com?subject=project%20x&priority=urgent',
      { scheme: 'sips', headers: 'subject=project%20x&priority=urgent' },
    ],
    [
      'sip:+1-212-555-1212:1234@gateway.com;user=phone',
      { user: '+1-212-555-1212', password: '1234', host: 'gateway.com' },
    ],
    ['sips:1212@gateway.com', { user: '1212' }],
    ['sip:alice@192.0.2.4', { host: '192.0.2.4' }],
    [
      'sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com',
      { user: undefined, host: 'atlanta.com', headers: 'to=alice%40atlanta.com' },
    ],
    ['sip:alice;day=tuesday@atlanta.com', { user: 'alice;day=tuesday', host: 'atlanta.com' }],
    ['SIP:Alice@AtLanTa.CoM:5061', { scheme: 'sip', user: 'Alice', host: 'atlanta.com', port: 5061 }],
    ['sip:icscf2_s.home2.net;lr', { host: 'icscf2_s.home2.net' }],
    ['sip:[5555::aaa:bbb:ccc:ddd]:1357;comp=sigcomp', { host: '[5555::aaa:bbb:ccc:ddd]', port: 1357 }],
    ['sip:[::1]', { host: '[::1]' }],
    ['sip:[::ffff:192.0.2.10]:19823', { host: '[::ffff:192.0.2.10]', port: 19_823 }],
    ['sip:a@b:65535', { host: 'b', port: 65_535 }],
    ['sip:a@b:0', { host: 'b', port: 0 }],
    ['sip:user@example.com.', { host: 'example.com.' }],
    ['sip:a@b?subject=', { headers: 'subject=' }],
  ])('%s', (text, parts) => {
    expect(parseUri(text)).toMatchObject({ kind: 'sip', ...parts });
    expect(formatUri(uri(text)).toLowerCase()).toBe(text.toLowerCase());
  });

  test('parameters in their order, names in lower case, values as written', () => {
    const parsed = uri('sip:a@b;Transport=TCP;LR;ttl=15');
    expect(parsed.kind === 'sip' && [...parsed.params]).toEqual([
      ['transport', 'TCP'],
      ['lr', true],
      ['ttl', '15'],
    ]);
  });

  test.each([
    ['no scheme', 'alice@atlanta.com'],
    ['no host', 'sip:'],
    ['no host after the user', 'sip:alice@'],
    ['an empty user', 'sip:@atlanta.com'],
    ['a space', 'sip:alice@atlanta.com ;lr'],
    ['a space in front of the host', 'sip: [5555::aaa:bbb:ccc:ddd]'],
    ['brackets', '<sip:alice@atlanta.com>'],
    ['two at signs', 'sip:a@b@c'],
    ['an empty label', 'sip:a@b..c'],
    ['a bad character in the host', 'sip:a@b*c'],
    ['a port without digits', 'sip:a@b:'],
    ['a port of letters', 'sip:a@b:sip'],
    ['a port above 65535', 'sip:a@b:65536'],
    ['an IPv6 address without brackets', 'sip:2001:db8::10'],
    ['an IPv6 address of nine groups', 'sip:[1:2:3:4:5:6:7:8:9]'],
    ['an IPv6 address of seven groups', 'sip:[1:2:3:4:5:6:7]'],
    ['an IPv6 address with two gaps', 'sip:[1::2::3]'],
    ['a group of five digits', 'sip:[12345::]'],
    ['an open bracket', 'sip:[::1'],
    ['half an escape', 'sip:a%4@b'],
    ['an escape of no hex', 'sip:a%zz@b'],
    ['an empty parameter', 'sip:a@b;;lr'],
    ['a parameter without a value after =', 'sip:a@b;transport='],
    ['a parameter twice (19.1.1)', 'sip:a@b;lr;lr'],
    ['a header without a name', 'sip:a@b?=x'],
    ['an empty header list', 'sip:a@b?'],
  ])('refused: %s', (_, text) => {
    expect(parseUri(text)).toBeUndefined();
  });
});

describe('RFC 3966: tel URIs, and others', () => {
  test.each([
    ['tel:+1-212-555-2222', '+1-212-555-2222'],
    ['tel:+1(212)555.2222', '+1(212)555.2222'],
    ['tel:7042;phone-context=example.com', '7042'],
    ['TEL:112', '112'],
    ['tel:*21#;phone-context=+49', '*21#'],
  ])('%s', (text, number) => {
    expect(parseUri(text)).toMatchObject({ kind: 'tel', number });
  });

  test.each(['tel:', 'tel:+', 'tel:+1-2x', 'tel:+-', 'tel:12 34', 'tel:g'])('refused: %s', (text) => {
    expect(parseUri(text)).toBeUndefined();
  });

  test.each(['pres:user2_public1@home2.net', 'http://www.example.com/a?b#c', 'urn:service:sos', 'im:a@b'])(
    'carried: %s',
    (text) => {
      expect(parseUri(text)).toMatchObject({ kind: 'other', text });
    },
  );

  test.each(['1a:b', 'a b:c', 'a:', 'a:b c', ':x', 'http://é'])('no URI: %s', (text) => {
    expect(parseUri(text)).toBeUndefined();
  });
});

describe('RFC 3261 19.1.4: comparison', () => {
  test.each([
    ['sip:%61lice@atlanta.com;transport=TCP', 'sip:alice@AtLanTa.CoM;Transport=tcp'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com;newparam=5'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com;security=on'],
    ['sip:carol@chicago.com;newparam=5', 'sip:carol@chicago.com;security=on'],
    [
      'sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com',
      'sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com',
    ],
    [
      'sip:alice@atlanta.com?subject=project%20x&priority=urgent',
      'sip:alice@atlanta.com?priority=urgent&subject=project%20x',
    ],
    ['sip:a@[2001:db8::1]', 'sip:a@[2001:DB8:0:0::0001]'], // RFC 5954 4.2
    ['tel:+1-212-555-2222', 'tel:+12125552222'],
    ['tel:+1212;ext=1-2;isub=9', 'tel:+1212;isub=9;ext=12'],
    ['tel:7042;phone-context=Example.com', 'tel:7042;phone-context=example.com'],
    ['PRES:a@b', 'pres:a@b'],
  ])('%s is %s', (a, b) => {
    expect(uriEquals(uri(a), uri(b))).toBe(true);
    expect(uriEquals(uri(b), uri(a))).toBe(true);
  });

  test.each([
    ['different usernames', 'SIP:ALICE@AtLanTa.CoM;Transport=udp', 'sip:alice@AtLanTa.CoM;Transport=UDP'],
    ['can resolve to different ports', 'sip:bob@biloxi.com', 'sip:bob@biloxi.com:5060'],
    ['can resolve to different transports', 'sip:bob@biloxi.com', 'sip:bob@biloxi.com;transport=udp'],
    ['different port and transport', 'sip:bob@biloxi.com', 'sip:bob@biloxi.com:6000;transport=tcp'],
    ['different header component', 'sip:carol@chicago.com', 'sip:carol@chicago.com?Subject=next%20meeting'],
    ['a name and its address', 'sip:bob@phone21.boxesbybob.com', 'sip:bob@192.0.2.4'],
    ['not transitive', 'sip:carol@chicago.com;security=on', 'sip:carol@chicago.com;security=off'],
    ['sip and sips', 'sip:a@b', 'sips:a@b'],
    ['user and none', 'sip:a@b', 'sip:b'],
    ['password', 'sip:a:x@b', 'sip:a@b'],
    ['maddr in one', 'sip:a@b', 'sip:a@b;maddr=239.255.255.1'],
    ['ttl in one, even the default', 'sip:a@b', 'sip:a@b;ttl=1'],
    ['user in one, even the default', 'sip:a@b', 'sip:a@b;user=ip'],
    ['method in one, even the default', 'sip:a@b', 'sip:a@b;method=INVITE'],
    ['an escape of a reserved character', 'sip:a%3Bb@c', 'sip:a;b@c'],
    ['tel numbers', 'tel:+12125552222', 'tel:+12125551111'],
    ['local and global', 'tel:12125552222', 'tel:+12125552222'],
    ['a tel parameter in one', 'tel:+1212', 'tel:+1212;ext=1'],
    ['schemes', 'tel:+1212', 'sip:+1212@b'],
  ])('%s: %s is not %s', (_, a, b) => {
    expect(uriEquals(uri(a), uri(b))).toBe(false);
    expect(uriEquals(uri(b), uri(a))).toBe(false);
  });
});
