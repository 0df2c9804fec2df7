import { describe, expect, test } from '@jest/globals';
import { parseNetwork } from '@ims-sim/element/files';
import type { Network } from '@ims-sim/element';
import { TrustedSources } from '../src/elements/trusted-sources.js';

function trustedIn(network: Network): TrustedSources {
  const trusted = new TrustedSources({
    name: 'pcscf1.home1.net',
    network,
    dns: { address: '127.0.0.1', port: 53 },
    stateFolder: '/nowhere',
    waitsForOthers: true,
    logLevel: 'warn',
    provisioning: false,
  });
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
});
