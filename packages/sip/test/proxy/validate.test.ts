import { describe, expect, test } from '@jest/globals';
import { Passes } from '../../src/proxy/loop.js';
import { validate } from '../../src/proxy/validate.js';
import { request } from './read-sip.js';

const REST = ['From: <sip:a@h>;tag=1', 'To: <sip:b@h>', 'Call-ID: c', 'CSeq: 1 MESSAGE'];
const VIA = 'Via: SIP/2.0/UDP h.example;branch=z9hG4bK1';

function check(uri: string, ...headers: string[]) {
  const rules = { proxyRequire: new Set(['sec-agree']), schemes: ['pres'], passes: new Passes() };
  return validate(request(`MESSAGE ${uri} SIP/2.0`, VIA, ...REST, ...headers), rules);
}

describe('RFC 3261 16.3', () => {
  test.each<[string, string, string[], number | undefined]>([
    ['a sip URI', 'sip:b@h', ['Max-Forwards: 1'], undefined],
    ['a tel URI', 'tel:+1-212-555-2222', [], undefined],
    ['step 2: a scheme that the element understands', 'PRES:b@h', [], undefined],
    ['step 2: a scheme that is not known', 'soap.beep://192.0.2.103:3002', [], 416],
    ['step 1: no URI', '%zz', [], 400],
    ['step 1: a Route that cannot be read', 'sip:b@h', ['Route: <sip:p;lr'], 400],
    ['step 3: no hop left', 'sip:b@h', ['Max-Forwards: 0'], 483],
    ['step 5: an extension that it has', 'sip:b@h', ['Proxy-Require: Sec-Agree'], undefined],
    [
      'step 5: one that it has not',
      'sip:b@h',
      ['Proxy-Require: sec-agree, nothingSupportsThis', 'Proxy-Require: norThis'],
      420,
    ],
  ])('%s', (_title, uri, headers, status) => {
    expect(check(uri, ...headers)?.status).toBe(status);
  });

  test('step 5: 420 says what is not supported', () => {
    const refusal = check(
      'sip:b@h',
      'Proxy-Require: sec-agree, nothingSupportsThis',
      'Proxy-Require: norThis',
    );
    expect(refusal?.headers?.map(({ line }) => line)).toEqual(['Unsupported: nothingSupportsThis, norThis']);
  });

  test('step 3: a REGISTER may end here', () => {
    const rules = { proxyRequire: new Set<string>(), passes: new Passes() };
    expect(
      validate(request('REGISTER sip:h SIP/2.0', VIA, ...REST, 'Max-Forwards: 0'), rules),
    ).toBeUndefined();
  });
});

describe('RFC 3261 16.3 step 4, RFC 5393 4.2: a loop and a spiral', () => {
  const OWN = 'Via: SIP/2.0/UDP p.example:5070;branch=z9hG4bKown';
  const NEIGHBOUR = 'Via: SIP/2.0/UDP q.example;branch=z9hG4bKq';
  const first = request('MESSAGE sip:b@h SIP/2.0', NEIGHBOUR, VIA, ...REST);

  function back(uri: string, top: string, ...headers: string[]): boolean {
    const passes = new Passes();
    passes.sendsAs('p.example:5070');
    passes.begin(first);
    return passes.isLoop(request(`MESSAGE ${uri} SIP/2.0`, top, OWN, NEIGHBOUR, VIA, ...REST, ...headers));
  }
  const AGAIN = 'Via: SIP/2.0/UDP q.example;branch=z9hG4bKq2';

  test.each<[string, boolean, string, string, string[]]>([
    ['nothing is new: a loop', true, 'sip:b@h', AGAIN, []],
    ['another Request-URI: a spiral', false, 'sip:b2@h', AGAIN, []],
    ['another Route: a spiral', false, 'sip:b@h', AGAIN, ['Route: <sip:tok@p.example;lr>']],
    [
      'from another neighbour: a spiral',
      false,
      'sip:b@h',
      'Via: SIP/2.0/UDP as.example;branch=z9hG4bKq2',
      [],
    ],
    ['other credentials: a spiral', false, 'sip:b@h', AGAIN, ['Proxy-Authorization: Digest x=1']],
  ])('%s', (_title, isLoop, uri, top, headers) => {
    expect(back(uri, top, ...headers)).toBe(isLoop);
  });

  test('once it has ended it is no pass any more', () => {
    const passes = new Passes();
    passes.sendsAs('p.example:5070');
    passes.begin(first);
    passes.end(first);
    expect(passes.size).toBe(0);
    expect(passes.isLoop(request('MESSAGE sip:b@h SIP/2.0', AGAIN, OWN, NEIGHBOUR, VIA, ...REST))).toBe(
      false,
    );
  });
});
