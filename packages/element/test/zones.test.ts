import { describe, expect, test } from '@jest/globals';
import { parseNetwork } from '../src/network-file.js';
import { zonesOf } from '../src/zones.js';

const NETWORK = parseNetwork(
  `profile: tr-24.841
operators:
  home2.net:
    elements:
      icscf2.home2.net: { kind: i-cscf, aliases: [icscf2_s.home2.net] }
      hss2.home2.net: { kind: hss }
      scscf2.home2.net: { kind: s-cscf, listen: '[::]:5060', addresses: ['fd00::1', 'fd01::1'] }
enum:
  '+1-212-555-2222': sip:user2_public1@home2.net
  '+1-212-555-1*': { regexp: '!^(.*)$!sip:\\1@home2.net!' }
`,
  'net.yaml',
);

describe('the names of the network', () => {
  const zones = zonesOf(NETWORK, {
    'icscf2.home2.net': { sip: { address: '127.0.0.1', port: 4001 } },
    'hss2.home2.net': { diameter: { address: '127.0.0.1', port: 4002 } },
  });
  const [home2] = zones.domains;

  test('an element on a port of its own choice has SRV records for each of its names (RFC 3263 4.2)', () => {
    for (const name of ['icscf2.home2.net', 'icscf2_s.home2.net']) {
      const srv = ['_sip._udp', '_sip._tcp'].map((service) => ({ service, port: 4001 }));
      expect(home2?.hosts).toContainEqual({ name, addresses: ['127.0.0.1'], srv });
    }
  });

  test('an element on 5060 has its addresses, and no SRV', () => {
    expect(home2?.hosts).toContainEqual({
      name: 'scscf2.home2.net',
      addresses: ['fd00::1', 'fd01::1'],
      srv: [],
    });
  });

  test('the domain itself leads to its I-CSCF, UDP before TCP', () => {
    expect(home2?.sipServers?.map(({ transport, target, port }) => [transport, target, port])).toEqual([
      ['udp', 'icscf2.home2.net', 4001],
      ['tcp', 'icscf2.home2.net', 4001],
    ]);
  });

  test('ENUM entries: a number, and the beginning of numbers', () => {
    expect(zones.enum).toEqual([
      { number: '+1-212-555-2222', uri: 'sip:user2_public1@home2.net' },
      { prefix: '+1-212-555-1', regexp: '!^(.*)$!sip:\\1@home2.net!' },
    ]);
  });
});
