import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { parseNetwork, readNetworkFile } from '../src/network-file.js';
import { UserError } from '../src/user-error.js';

const scenarios = new URL('../../../../scenarios/', import.meta.url);

const SMALL = `profile: tr-24.841
operators:
  home1.net:
    elements:
      icscf1.home1.net: { kind: i-cscf }
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
    expect(network.subscribers.map(({ privateIdentity }) => privateIdentity)).toEqual([
      'user1_private@home1.net',
      'user2_private@home2.net',
    ]);
  });

  test('filter criteria: `all` is the conjunctive normal form, each entry a group (TS 29.228 B.2.3)', () => {
    const network = parseNetwork(
      `${SMALL}        initialFilterCriteria:
          - priority: 3
            when: { all: [{ method: SUBSCRIBE }, { any: [{ header: Event, content: presence }, { requestUri: 'sip:.*', not: true }] }] }
            applicationServer: sip:as.home1.net
`,
      'net.yaml',
    );
    expect(network.subscribers[0]?.initialFilterCriteria).toEqual([
      {
        priority: 3,
        applicationServer: { serverName: 'sip:as.home1.net', defaultHandling: 'session-continued' },
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
    ['a misspelt key', SMALL.replace('{ kind: hss }', '{ kind: hss, lisen: x }'), 'net.yaml:6:'],
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
    ['another way to authenticate', `auth: aka\n${SMALL}`, 'expected none'],
  ])('%s: one complaint that names the place', (_, text, expected) => {
    expect(complaint(text)).toContain(expected);
    expect(complaint(text)).toMatch(/^net\.yaml:\d+:\d+: /);
  });

  test('a file that is not there', () => {
    expect(() => readNetworkFile('/nowhere/net.yaml')).toThrow('/nowhere/net.yaml: there is no such file');
  });
});
