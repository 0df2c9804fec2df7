import { describe, expect, test } from '@jest/globals';
import { serialize, values, type Source } from '../../src/index.js';
import { outgoing, RecordRoutes } from '../../src/proxy/forward.js';
import { isOwn, type Own } from '../../src/proxy/own.js';
import { preprocess } from '../../src/proxy/preprocess.js';
import { parseUri } from '../../src/index.js';
import { requestOf } from '../../test-kit/index.js';
import { request, sipText } from './read-sip.js';

const source: Source = {
  transport: 'UDP',
  remote: { address: '192.0.2.7', port: 5060 },
  local: { address: '192.0.2.1', port: 5060 },
};

const ownBy = (...names: string[]): Own => ({
  names: new Set(names),
  listening: { address: '192.0.2.1', port: 5060 },
});
const recordRoutes = new RecordRoutes();

describe('RFC 3261 16.4 and 16.6, message by message', () => {
  test.each([
    ['16.12.1.1-p2-bye', 'p2.domain.com', undefined],
    ['16.12.1.2-p4-bye', 'p4.domain.com', undefined],
    ['16.12.1.2-p2-bye', 'p2.example.com', undefined],
    ['untouched', 'p.example.com', 'sip:p.example.com;lr'],
    ['strangers-record-route', 'scscf1.home1.net', 'sip:scscf1.home1.net;lr'],
  ])('%s at %s', (file, name, recordRoute) => {
    const { request: own } = preprocess(requestOf(sipText(`${file}.in`)), ownBy(name), source);
    const sent = outgoing(own, recordRoutes.of(recordRoute, 'UDP', 'UDP'));
    expect(serialize(sent)).toBe(sipText(`${file}.out`));
  });
});

const BASE = [
  'Via: SIP/2.0/UDP h.example;branch=z9hG4bK1',
  'Max-Forwards: 70',
  'From: <sip:a@h>;tag=1',
  'To: <sip:b@h>',
  'Call-ID: c',
  'CSeq: 1 MESSAGE',
];

function routed(uri: string, ...routes: string[]) {
  const lines = [...BASE, ...routes.map((route) => `Route: ${route}`)];
  const result = preprocess(request(`MESSAGE ${uri} SIP/2.0`, ...lines), ownBy('p.example'), source);
  return {
    uri: result.request.uri,
    left: values(result.request, 'route'),
    own: result.ownRoutes.map(({ uriText }) => uriText),
  };
}

describe('RFC 3261 16.4: Routes that mean this element', () => {
  const next = '<sip:q.example;lr>';
  test.each<[string, string[], string[], string[]]>([
    ['its own on top', ['<sip:p.example;lr>', next], [next], ['sip:p.example;lr']],
    [
      'its own, with a user part (a token, `orig`)',
      [`<sip:orig@P.Example;lr>, ${next}`],
      [next],
      ['sip:orig@P.Example;lr'],
    ],
    ['by the address that it listens on', ['<sip:192.0.2.1;lr>', next], [next], ['sip:192.0.2.1;lr']],
    [
      'the same address and another port: another element',
      ['<sip:192.0.2.1:5070;lr>'],
      ['<sip:192.0.2.1:5070;lr>'],
      [],
    ],
    [
      'the name and another port: another element',
      ['<sip:p.example:5070;lr>'],
      ['<sip:p.example:5070;lr>'],
      [],
    ],
    ["somebody else's", [next], [next], []],
    [
      'RFC 5658: both of a double Record-Route',
      ['<sip:p.example;transport=tcp;lr>', '<sip:p.example;transport=udp;lr>', next],
      [next],
      ['sip:p.example;transport=tcp;lr', 'sip:p.example;transport=udp;lr'],
    ],
    [
      'two visits to one element: one is over',
      ['<sip:p.example;lr>', '<sip:p.example;lr>', next],
      ['<sip:p.example;lr>', next],
      ['sip:p.example;lr'],
    ],
    [
      'two visits by one transport',
      ['<sip:p.example;transport=tcp;lr>', '<sip:p.example;transport=tcp;lr>'],
      ['<sip:p.example;transport=tcp;lr>'],
      ['sip:p.example;transport=tcp;lr'],
    ],
    ['not its own further down', [next, '<sip:p.example;lr>'], [next, '<sip:p.example;lr>'], []],
  ])('%s', (_title, routes, left, own) => {
    expect(routed('sip:b@h', ...routes)).toEqual({ uri: 'sip:b@h', left, own });
  });

  test('a strict router with one Route left', () => {
    expect(routed('sip:p.example;lr', '<sip:b@h;x=1>')).toEqual({ uri: 'sip:b@h;x=1', left: [], own: [] });
  });

  test('a Request-URI that means this element and is no Record-Route of it stays', () => {
    expect(routed('sip:p.example', next).uri).toBe('sip:p.example');
    expect(routed('sip:p.example;lr').uri).toBe('sip:p.example;lr');
  });

  test.each([
    ['sip:b@h;maddr=192.0.2.1', 'sip:b@h'],
    ['sip:b@h:5060;maddr=p.example;transport=udp;x=1', 'sip:b@h;x=1'],
    ['sip:b@h;maddr=192.0.2.1;transport=tcp', 'sip:b@h;maddr=192.0.2.1;transport=tcp'],
    ['sip:b@h:5070;maddr=192.0.2.1', 'sip:b@h:5070;maddr=192.0.2.1'],
    ['sip:b@h;maddr=192.0.2.99', 'sip:b@h;maddr=192.0.2.99'],
  ])('maddr: %s is then %s', (uri, then) => {
    expect(routed(uri).uri).toBe(then);
  });

  test('an IPv6 address in another spelling', () => {
    const own: Own = { names: new Set(), listening: { address: '5555::1', port: 5060 } };
    const uri = parseUri('sip:[5555:0:0::1];lr');
    expect(uri && isOwn(uri, own, { ...source, local: { address: '5555::1', port: 5060 } })).toBe(true);
  });
});

describe('RFC 3261 16.6 step 4, RFC 5658: what is recorded', () => {
  const recorded = (...args: Parameters<RecordRoutes['of']>) =>
    recordRoutes.of(...args).map(({ value }) => value);

  test('one transport: as it is', () => {
    expect(recorded('sip:p.example;lr', 'TCP', 'TCP')).toEqual(['<sip:p.example;lr>']);
    expect(recorded(undefined, 'UDP', 'TCP')).toEqual([]);
  });

  test('two transports: one for each side, the side that the request goes to on top', () => {
    expect(recorded('sip:tok@p.example:5070;lr;x=1', 'UDP', 'TCP')).toEqual([
      '<sip:tok@p.example:5070;x=1;transport=tcp;lr>',
      '<sip:tok@p.example:5070;x=1;transport=udp;lr>',
    ]);
  });
});
