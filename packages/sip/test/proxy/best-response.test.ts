import { describe, expect, test } from '@jest/globals';
import { header, type SipResponse } from '../../src/index.js';
import { asSentBack, bestResponse } from '../../src/proxy/best-response.js';

const response = (status: number, ...headers: [string, string][]): SipResponse => ({
  kind: 'response',
  status,
  reason: String(status),
  headers: headers.map(([name, value]) => header(name, value)),
  body: '',
});

describe('RFC 3261 16.7 step 6: the best response', () => {
  test.each<[number[], number | undefined]>([
    [[], undefined],
    [[404], 404],
    [[500, 404], 404],
    [[404, 302], 302],
    [[302, 404, 603], 603],
    [[404, 486], 404],
    [[486, 404], 486],
    [[404, 407], 407],
    [[480, 484, 401], 484],
    [[503, 500], 500],
    [[503, 404], 404],
    [[503], 503],
  ])('out of %j: %j', (statuses, best) => {
    expect(statuses[bestResponse(statuses.map((status) => response(status)))]).toBe(best);
  });

  test('a branch without a response is passed over', () => {
    expect(bestResponse([undefined, response(404), undefined])).toBe(1);
  });

  test('503 goes back as 500, without its Retry-After', () => {
    const back = asSentBack(response(503, ['Retry-After', '10'], ['Q', '1']), []);
    expect(back).toMatchObject({ status: 500, reason: 'Server Internal Error' });
    expect(back.headers.map(({ key }) => key)).toEqual(['q']);
  });

  test('step 7: the challenges of all branches go back together', () => {
    const one = response(407, ['Proxy-Authenticate', 'Digest realm="a"'], ['Q', '1']);
    const all = [one, response(401, ['WWW-Authenticate', 'Digest realm="b"'], ['Q', '2']), response(404)];
    expect(asSentBack(one, all).headers.map(({ line }) => line)).toEqual([
      'Proxy-Authenticate: Digest realm="a"',
      'Q: 1',
      'WWW-Authenticate: Digest realm="b"',
    ]);
  });
});
