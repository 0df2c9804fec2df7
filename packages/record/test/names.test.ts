import { describe, expect, test } from '@jest/globals';
import { named } from '../src/index.js';
import { captured, subscription } from './call.js';

describe('who is who in a capture', () => {
  test('an element is what its Via says, or the Route that led to it; who writes an address is an actor', () => {
    const { records, actors, unnamed } = named(subscription(), new Map());
    expect(records.map(({ from, to }) => `${from} ${to}`)).toEqual([
      'UE1 pcscf1.home1.net',
      'pcscf1.home1.net UE1',
      'UE1 pcscf1.home1.net',
      'pcscf1.home1.net scscf1.home1.net',
      'scscf1.home1.net pcscf1.home1.net',
      'pcscf1.home1.net UE1',
    ]);
    expect(actors).toEqual(['UE1']);
    expect(unnamed).toEqual([]);
  });

  test('what is known of an endpoint counts for more, and an alias is the element', () => {
    const known = new Map([['10.0.0.1:5061', 'watcher']]);
    const aliases = new Map([['scscf1.home1.net', 'scscf.home1.net']]);
    const { records, actors } = named(subscription(), known, aliases);
    expect(records[3]).toMatchObject({ from: 'pcscf1.home1.net', to: 'scscf.home1.net' });
    expect(actors).toEqual(['watcher']);
  });

  test('one that forwards and writes an address is neither an actor nor named', () => {
    const forwarded = captured(
      1,
      '10.0.0.9:5060',
      '10.0.0.3:5060',
      `OPTIONS sip:bob@home2.net SIP/2.0
       Via: SIP/2.0/UDP 10.0.0.9:5060;branch=z9hG4bKf1, SIP/2.0/UDP 10.0.0.1:5061;branch=z9hG4bKo1
       Max-Forwards: 69
       From: <sip:alice@home1.net>;tag=1
       To: <sip:bob@home2.net>
       Call-ID: o1
       CSeq: 1 OPTIONS`,
    );
    const { unnamed, actors } = named([...subscription(), forwarded], new Map());
    expect(unnamed).toEqual([{ address: '10.0.0.9', port: 5060 }]);
    expect(actors).toEqual(['UE1']);
  });
});
