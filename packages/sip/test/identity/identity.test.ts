import { expect, test } from '@jest/globals';
import { privateIdentity, publicIdentityOf } from '../../src/index.js';
import { requestOf } from '../../test-kit/index.js';

test.each([
  ['sip:user1@Home1.NET:5060;user=phone?a=b', 'sip:user1@home1.net'],
  ['sips:user1:secret@home1.net', 'sip:user1@home1.net'],
  ['sip:user1%5fpublic%2F1@home1.net', 'sip:user1_public%2F1@home1.net'],
  ['sip:home1.net', 'sip:home1.net'],
  ['tel:+1-212-(555).2222;ext=1', 'tel:+12125552222'],
  ['pres:user1@home1.net', undefined],
  ['user1', undefined],
])('TS 23.003 13.4: the public identity of %s', (text, expected) => {
  expect(publicIdentityOf(text)).toBe(expected);
});

test.each([
  ['<sip:user1@home1.net>', 'Digest username="a\\"b@home1.net", realm="x"', 'a"b@home1.net'],
  ['<sip:user1@home1.net>', 'Digest realm="x",username = "u"', 'u'],
  ['<sip:user1@home1.net>', 'Digest username=user2@home1.net, realm="x"', 'user2@home1.net'],
  ['<sip:user1@home1.net>', 'Digest opaque="a, username=", username="u", y="z"', 'u'],
  ['<sip:user1@home1.net:5060;x>', undefined, 'user1@home1.net'],
  ['<tel:+1-212>', undefined, '+1-212'],
  ['<sip:home1.net>', undefined, undefined],
])('TS 24.229 5.4.1.2.1E: the private identity of To %s, Authorization %s', (to, authorization, expected) => {
  const line = authorization === undefined ? '' : `Authorization: ${authorization}\n`;
  const request = requestOf(`REGISTER sip:home1.net SIP/2.0\nTo: ${to}\n${line}\n`);
  expect(privateIdentity(request)).toBe(expected);
});

test.each([
  'Digest username=""',
  'Digest realm="username"',
  'Digest opaque="x, username=", y="..."',
  'Digest username="user2@home1.net',
  'Digest username="user2@home1.net", username="user3@home1.net"',
  'username="user2@home1.net"',
  'Basic x',
  'Digest username="user2@home1.net"\nAuthorization: Digest username="user2@home1.net"',
])('none is derived where Authorization is there: %s', (authorization) => {
  const request = requestOf(
    `REGISTER sip:home1.net SIP/2.0\nTo: <sip:user1@home1.net>\nAuthorization: ${authorization}\n\n`,
  );
  expect(privateIdentity(request)).toBeUndefined();
});
