import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { parseNetwork, readNetworkFile } from '../src/network-file.js';
import { trustDomainOf } from '../src/network.js';
import { UserError } from '../src/user-error.js';

const scenarios = new URL('../../../../scenarios/', import.meta.url);

const SMALL = `profile: tr-24.841
operators:
  home1.net:
    elements:
      icscf1.home1.net: { kind: i-cscf }
      scscf1.home1.net: { kind: s-cscf, capabilities: [1] }
      hss1.home1.net: { kind: hss }
    subscribers:
      user1_private@home1.net:
        publicIdentities: ['sip:user1@home1.net']
`;

function complaint(text: string): string {
  try {
    parseNetwork(text, 'net.yaml');
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return error instanceof Error ? error.message : '';
  }
  return 'no complaint';
}

describe('network files', () => {
  test.each(['network.yaml', 'compose-network.yaml'])('%s, which ships, is one', (name) => {
    const network = readNetworkFile(fileURLToPath(new URL(name, scenarios)));
    expect(network.elements).toHaveLength(9);
    expect(network.subscribers.map(({ privateIdentities }) => privateIdentities[0].identity)).toEqual([
      'user1_private@home1.net',
      'user2_private@home2.net',
    ]);
  });

  test('filter criteria: `all` is the conjunctive normal form, each entry a group (TS 29.228 B.2.3)', () => {
    const network = parseNetwork(
      `${SMALL}        initialFilterCriteria:
          - priority: 3
            when: { all: [{ method: SUBSCRIBE }, { any: [{ header: Event, content: presence }, { requestUri: 'sip:.*', not: true }] }] }
            applicationServer: sip:as.elsewhere.net
`,
      'net.yaml',
    );
    expect(network.subscribers[0]?.implicitSets[0].initialFilterCriteria).toEqual([
      {
        priority: 3,
        applicationServer: { serverName: 'sip:as.elsewhere.net', defaultHandling: 'session-continued' },
        triggerPoint: {
          cnf: true,
          servicePointTriggers: [
            { negated: false, groups: [0], kind: 'method', method: 'SUBSCRIBE' },
            { negated: false, groups: [1], kind: 'sip-header', header: 'Event', content: 'presence' },
            { negated: true, groups: [1], kind: 'request-uri', pattern: 'sip:.*' },
          ],
        },
      },
    ]);
  });

  test.each([
    ['a profile that there is none of', SMALL.replace('tr-24.841', 'tr-24'), 'net.yaml:1:10: profile: '],
    ['a misspelt key', SMALL.replace('{ kind: hss }', '{ kind: hss, lisen: x }'), 'net.yaml:7:'],
    [
      'an address without a port',
      SMALL.replace('{ kind: hss }', '{ kind: hss, listen: 127.0.0.1 }'),
      'ADDRESS:PORT',
    ],
    ['an HSS that is not there', SMALL.replace('      hss1.home1.net: { kind: hss }\n', ''), 'needs an HSS'],
    [
      'two elements at one address',
      SMALL.replace('{ kind: i-cscf }', "{ kind: i-cscf, listen: '127.0.0.1:5060' }").replace(
        '{ kind: hss }',
        "{ kind: hss, listen: '127.0.0.1:5060' }",
      ),
      'already those of icscf1.home1.net',
    ],
    [
      'a name taken twice',
      SMALL.replace('{ kind: hss }', '{ kind: hss, aliases: [icscf1.home1.net] }'),
      'already that of icscf1.home1.net',
    ],
    [
      'all addresses, without saying which',
      SMALL.replace('{ kind: hss }', "{ kind: hss, listen: '[::]:3868' }"),
      'addresses',
    ],
    ['no YAML', '{ profile: [', 'net.yaml:1:'],
    ['another way to authenticate', `auth: gba\n${SMALL}`, 'expected none, aka or digest'],
    [
      'AKA without keys',
      `auth: aka\n${SMALL}`,
      'user1_private@home1.net cannot authenticate: give it `aka: { k, opc }`',
    ],
    ['a key that is none', `auth: aka\n${SMALL}        aka: { k: 12, opc: x }\n`, 'aka.k: '],
    [
      'OP and OPc',
      `${SMALL}        aka: { k: "${'0'.repeat(32)}", opc: "${'0'.repeat(32)}", op: "${'0'.repeat(32)}" }\n`,
      'expected one of opc and op',
    ],
    [
      'an identity of two',
      `${SMALL}      user2_private@home1.net: { publicIdentities: ['sip:user1@home1.net'] }\n`,
      "it is already user1_private@home1.net's",
    ],
    [
      'a shared set that is not there',
      `${SMALL}        sharedFilterCriteria: [7]\n`,
      'home1.net has no shared set 7',
    ],
    [
      'an AS that is not there',
      `${SMALL}        initialFilterCriteria: [{ priority: 0, applicationServer: 'sip:as.home1.net' }]\n`,
      'there is no element as.home1.net',
    ],
    [
      'a service at an AS that is not there',
      `${SMALL}        applicationServer: 'sip:as.home1.net'\n`,
      'applicationServer: there is no element as.home1.net',
    ],
    [
      'a user beside a service',
      `auth: aka\n${SMALL}        moreImplicitSets: [{ publicIdentities: ['sip:s@home1.net'], applicationServer: 'sip:as.elsewhere.net' }]\n`,
      'user1_private@home1.net cannot authenticate',
    ],
    [
      'a trusted operator that is not there',
      SMALL.replace('    elements:', '    trustedDomains: [home3.net]\n    elements:'),
      'trustedDomains: there is no operator home3.net; there are: home1.net',
    ],
    [
      'an external element without a transport',
      SMALL.replace('{ kind: hss }', "{ kind: hss, external: '192.0.2.1:3868' }"),
      'udp:ADDRESS:PORT or tcp:ADDRESS:PORT',
    ],
    [
      'an external HSS by UDP',
      SMALL.replace('{ kind: hss }', "{ kind: hss, external: 'udp:192.0.2.1:3868' }"),
      'Diameter is spoken over TCP',
    ],
    [
      'a provisioning interface for everybody',
      SMALL.replace('{ kind: hss }', "{ kind: hss, provisioning: { listen: '192.0.2.1:80' } }"),
      'needs a `token`',
    ],
    [
      'a request handler that is nowhere',
      SMALL.replace('{ kind: hss }', "{ kind: hss, requestHandlers: [{ uri: 'https://a/' }] }"),
      'expected tcp://HOST:PORT of an application that listens',
    ],
    [
      "an I-CSCF with an HSS's setting",
      SMALL.replace('{ kind: i-cscf }', '{ kind: i-cscf, acceptsAnyPeer: true }'),
      'only an hss has it',
    ],
    [
      'a misspelt key says which there are',
      SMALL.replace('publicIdentities', 'publicIdentites'),
      'unknown key publicIdentites: expected one of aka, digest, publicIdentities',
    ],
  ])('%s: one complaint that names the place', (_, text, expected) => {
    expect(complaint(text)).toContain(expected);
    expect(complaint(text)).toMatch(/^net\.yaml:\d+:\d+: /);
  });

  test('a subscriber with keys, another device and a second implicit set', () => {
    const network = parseNetwork(
      `auth: aka
${SMALL.replace('    elements:', "    sharedFilterCriteria: { 3: [{ priority: 1, applicationServer: 'sip:as.elsewhere.net' }] }\n    elements:")}        aka: { k: 465B5CE8B199B49FAA5F0A2EE238A6BC, op: cdc202d5123e20f62b6d676ac72cb318 }
        alsoPrivateIdentities: { tablet@home1.net: { digest: { password: secret } } }
        moreImplicitSets: [{ publicIdentities: [{ identity: 'sip:list!.*!@home1.net', type: wildcarded-psi }], sharedFilterCriteria: [3] }]
`,
      'net.yaml',
    );
    const [subscriber] = network.subscribers;
    // TS 35.207 test set 1: OPc of that K and OP.
    expect(subscriber?.privateIdentities).toEqual([
      {
        identity: 'user1_private@home1.net',
        aka: { k: '465b5ce8b199b49faa5f0a2ee238a6bc', opc: 'cd63cb71954a9f4e48a5994e37a02baf' },
      },
      { identity: 'tablet@home1.net', digest: { password: 'secret' } },
    ]);
    expect(subscriber?.implicitSets[1]).toMatchObject({
      publicIdentities: [{ identity: 'sip:list!.*!@home1.net', barred: false, type: 'wildcarded-psi' }],
      sharedIfcSetIds: [3],
    });
    expect(network.operators[0]?.sharedFilterCriteria[3]).toHaveLength(1);
  });

  test('TS 23.228 5.4.12: a service has its AS, and needs no credentials', () => {
    const network = parseNetwork(
      `auth: aka
${SMALL}        applicationServer: sip:as.elsewhere.net
      list@home1.net:
        publicIdentities: [{ identity: 'sip:list!.*!@home1.net', type: wildcarded-psi }]
`,
      'net.yaml',
    );
    expect(network.subscribers.map(({ implicitSets }) => implicitSets[0].applicationServer)).toEqual([
      'sip:as.elsewhere.net',
      undefined,
    ]);
  });

  test('RFC 3325: the trust domain is all operators of the file, or those that an operator names, and its own', () => {
    const network = parseNetwork(
      `${SMALL}  home2.net: { trustedDomains: [], elements: {} }
  home3.net: { trustedDomains: [home1.net], elements: {} }
`,
      'net.yaml',
    );
    expect(trustDomainOf(network, 'home1.net')).toEqual(['home1.net', 'home2.net', 'home3.net']);
    expect(trustDomainOf(network, 'home2.net')).toEqual(['home2.net']);
    expect(trustDomainOf(network, 'home3.net')).toEqual(['home3.net', 'home1.net']);
  });

  test('a file that is not there', () => {
    expect(() => readNetworkFile('/nowhere/net.yaml')).toThrow('/nowhere/net.yaml: there is no such file');
  });
});
