import { describe, expect, test } from '@jest/globals';
import { parseNetwork } from '@ims-sim/element/files';
import type { Network } from '@ims-sim/element';
import { TrustedSources } from '../src/elements/trusted-sources.js';

function trustedIn(network: Network, operators?: readonly string[]): TrustedSources {
  const start = {
    name: 'pcscf1.home1.net',
    network,
    dns: { address: '127.0.0.1', port: 53 },
    stateFolder: '/nowhere',
    waitsForOthers: true,
    logLevel: 'warn',
    provisioning: false,
  };
  const trusted = new TrustedSources(start, operators);
  trusted.update(network, { 'icscf1.home1.net': { sip: { address: '127.0.0.1', port: 4001 } } });
  return trusted;
}

const YAML = `profile: tr-24.841
operators:
  home1.net:
    elements:
      icscf1.home1.net: { kind: i-cscf }
      hss1.home1.net: { kind: hss }
      scscf1.home1.net: { kind: s-cscf, listen: '[::]:5060', addresses: ['fd00:1::13'] }
`;

describe('TS 24.229 4.4: the trust domain is the elements of the network file', () => {
  const trusted = trustedIn(parseNetwork(YAML, 'net.yaml'));

  test.each([
    ['an element, from the port that it listens on', 'UDP', '127.0.0.1', 4001, true],
    ['another process of this machine', 'UDP', '127.0.0.1', 4002, false],
    ['another process of this machine, over TCP', 'TCP', '127.0.0.1', 4001, false],
    ['an element that has an address of its own, over TCP', 'TCP', 'fd00:1::13', 33_000, true],
    ['a stranger', 'UDP', 'fd00:1::99', 5060, false],
  ] as [string, 'UDP' | 'TCP', string, number, boolean][])('%s', (_, transport, address, port, expected) => {
    expect(trusted.has({ transport, remote: { address, port } })).toBe(expected);
  });

  test('a network on one machine whose elements use TCP has to trust TCP from there', () => {
    const overTcp = trustedIn(parseNetwork(`tcpAboveBytes: 1300\n${YAML}`, 'net.yaml'));
    expect(overTcp.has({ transport: 'TCP', remote: { address: '127.0.0.1', port: 33_000 } })).toBe(true);
  });

  test('where operators are named, theirs only', () => {
    const two = `${YAML}  home2.net: { elements: { pcscf.home2.net: { kind: p-cscf, listen: '192.0.2.2:5060' } } }\n`;
    const network = parseNetwork(two, 'net.yaml');
    const source = { transport: 'UDP', remote: { address: '192.0.2.2', port: 5060 } } as const;
    expect(trustedIn(network).has(source)).toBe(true);
    expect(trustedIn(network, ['home1.net', 'home2.net']).has(source)).toBe(true);
    const own = trustedIn(network, ['home1.net']);
    expect(own.has(source)).toBe(false);
    expect(own.has({ transport: 'UDP', remote: { address: '127.0.0.1', port: 4001 } })).toBe(true);
  });
});
