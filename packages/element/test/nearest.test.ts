import { describe, expect, test } from '@jest/globals';
import type { DnsAnswer, RecordTypes, Resolver } from '@ims-sim/dns';
import { commonPrefix, nearestFirst, nearestTo } from '../src/nearest.js';

describe('RFC 6724 5 rule 9: the longest matching prefix', () => {
  test.each([
    ['fd00:1::11', 'fd00:1::13', 126],
    ['fd00:1::11', 'fd00:99::13', 24],
    ['5555::11', '5555::aaa:bbb:ccc:ddd', 68],
    ['::1', '::1', 128],
    ['127.0.0.1', '127.0.0.2', 30],
    ['10.0.0.1', '192.168.0.1', 0],
    ['::ffff:10.0.0.1', '::ffff:10.0.0.1', 128],
    ['10.0.0.1', 'fd00::1', -1],
  ])('%s and %s share %d bits', (a, b, bits) => {
    expect(commonPrefix(a, b)).toBe(bits);
  });

  test('an answer is given nearest first, at once or later', async () => {
    const answer: DnsAnswer<RecordTypes['A']> = {
      kind: 'records',
      records: [{ address: 'fd00:99::13' }, { address: 'fd00:1::13' }],
    };
    const known = { resolve: () => answer } as unknown as Resolver;
    const later = { resolve: () => Promise.resolve(answer) } as unknown as Resolver;
    const sorted = { kind: 'records', records: [{ address: 'fd00:1::13' }, { address: 'fd00:99::13' }] };
    const own = ['fd00:1::11', '5555::11'];
    expect(nearestFirst(known, own).resolve('scscf1.home1.net', 'AAAA')).toEqual(sorted);
    expect(await nearestFirst(later, own).resolve('scscf1.home1.net', 'AAAA')).toEqual(sorted);
    expect(nearestFirst(known, own).resolve('scscf1.home1.net', 'NAPTR')).toBe(answer);
  });

  test('RFC 6724 2.2: of two networks that both have, the first of the answer; the host part does not count', () => {
    const answer = { kind: 'records', records: [{ address: 'fd00:1::13' }, { address: 'fd00:99::12' }] };
    const known = { resolve: () => answer } as unknown as Resolver;
    expect(nearestFirst(known, ['fd00:1::10', 'fd00:99::12']).resolve('scscf1.home1.net', 'AAAA')).toEqual(
      answer,
    );
  });

  test('the own address that is nearest to a peer, of its family', () => {
    expect(nearestTo('5555::11', ['fd00::9', '5555::aaa:bbb:ccc:ddd', '10.0.0.1'])).toBe(
      '5555::aaa:bbb:ccc:ddd',
    );
    expect(nearestTo('10.0.0.2', ['fd00::9'])).toBeUndefined();
  });
});
