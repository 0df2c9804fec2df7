import { describe, expect, test } from '@jest/globals';
import { parseNetwork } from '../src/network-file.js';

const YAML = `profile: ts-24.141
operators:
  home1.net:
    elements:
      pcscf1.home1.net: { kind: p-cscf }
      icscf1.home1.net: { kind: i-cscf }
      scscf1.home1.net: { kind: s-cscf, capabilities: [1] }
      hss1.home1.net: { kind: hss }
      ps.home1.net: { kind: ps }
    subscribers:
      user1@home1.net:
        publicIdentities: ['sip:user1@home1.net']
`;

function complaint(text: string): string {
  try {
    parseNetwork(text, 'net.yaml');
  } catch (error) {
    return (error as Error).message;
  }
  return 'no complaint';
}

const withKey = (line: string): string => `${YAML}        ${line}\n`;
const withElement = (kind: string, settings: string): string =>
  YAML.replace(`{ kind: ${kind}`, `{ kind: ${kind}, ${settings}`);
const criteria = (...all: string[]): string =>
  withKey(`initialFilterCriteria: [${all.map((one) => `{ priority: 0, ${one} }`).join(', ')}]`);
const ELSEWHERE = "applicationServer: 'sip:as.elsewhere.net'";

test('without a mistake, no complaint', () => {
  expect(complaint(YAML)).toBe('no complaint');
  expect(complaint(criteria(`when: { all: [{ requestUri: '^sip:[0-9]+@' }] }, ${ELSEWHERE}`))).toBe(
    'no complaint',
  );
});

describe('what would make a network not work without a word', () => {
  test.each([
    [
      'a pattern that is none',
      criteria(`when: { all: [{ header: Event, content: '(((' }] }, ${ELSEWHERE}`),
      'initialFilterCriteria.0.when.all.0.content: expected a POSIX extended regular expression',
    ],
    [
      'a pattern of another kind',
      criteria(`when: { all: [{ any: [{ requestUri: 'sip:\\d+@' }] }] }, ${ELSEWHERE}`),
      'requestUri: expected a POSIX extended regular expression ([0-9], not \\d',
    ],
    [
      'a wildcard that is none',
      YAML.replace('sip:user1@home1.net', 'sip:w![!@home1.net'),
      'publicIdentities.0: expected a POSIX extended regular expression between the exclamation marks',
    ],
    [
      'two criteria of one priority',
      criteria(ELSEWHERE, ELSEWHERE),
      'initialFilterCriteria.1.priority: another criterion has the priority 0',
    ],
    [
      'an AS that is not there, in a shared set',
      YAML.replace(
        '    elements:',
        "    sharedFilterCriteria: { 3: [{ priority: 1, applicationServer: 'sip:as.home1.net' }] }\n    elements:",
      ),
      'sharedFilterCriteria.3.0.applicationServer: there is no element as.home1.net',
    ],
    [
      'an S-CSCF that is not there',
      withKey('serverNames: ["sip:nowhere.home1.net"]'),
      'serverNames: sip:nowhere.home1.net is no S-CSCF of home1.net; there are: sip:scscf1.home1.net',
    ],
    [
      'an S-CSCF that is a P-CSCF',
      withKey('serverNames: ["sip:pcscf1.home1.net"]'),
      'sip:pcscf1.home1.net is no S-CSCF',
    ],
    [
      'a visited network that is not there',
      withKey('visitedNetworks: [nowhere.net]'),
      'visitedNetworks: there is no operator nowhere.net; there are: home1.net',
    ],
    [
      'a visited network of another set',
      withKey(
        'moreImplicitSets: [{ publicIdentities: ["sip:a@home1.net"], visitedNetworks: [nowhere.net] }]',
      ),
      'moreImplicitSets.0.visitedNetworks: there is no operator nowhere.net',
    ],
    [
      'what no S-CSCF can do',
      withKey('capabilities: { mandatory: [1, 9] }'),
      'capabilities: no S-CSCF of home1.net has all of 1, 9',
    ],
    [
      'no S-CSCF',
      YAML.replace(/ {6}scscf1.*\n/, ''),
      'an I-CSCF needs an S-CSCF to send users to: add one of kind s-cscf',
    ],
    ['capabilities of a P-CSCF', withElement('p-cscf', 'capabilities: [1]'), 'only an s-cscf has it'],
    ['a CSeq of a P-CSCF', withElement('p-cscf', 'firstNotifyCSeq: 1'), 'only a ps has it'],
    [
      'a request handler of a P-CSCF',
      withElement('p-cscf', "requestHandlers: [{ uri: 'tcp://127.0.0.1:9023' }]"),
      'only a ps or an as has it',
    ],
    [
      'an AS without an application',
      YAML.replace('{ kind: ps }', '{ kind: as }'),
      'expected its `application`',
    ],
    [
      'an AS that is dialled without an application to dial',
      YAML.replace(
        '{ kind: ps }',
        "{ kind: as, connection: outbound, requestHandlers: [{ uri: 'tcp://127.0.0.1:9023' }] }",
      ),
      'connection: only an as with an `application` has it',
    ],
    [
      'an outbound connection of a P-CSCF',
      withElement('p-cscf', 'connection: outbound'),
      'only an as has it',
    ],
    ['call data records of a P-CSCF', withElement('p-cscf', 'cdrs: true'), 'only an as has it'],
    ['an application of an HSS', withElement('hss', 'application: a.mjs'), 'only an as has it'],
    ['a bound of an HSS', withElement('hss', 'minRegistrationS: 1'), 'only an s-cscf has it'],
    [
      'a bound below the other',
      withElement('s-cscf', 'minRegistrationS: 100, maxRegistrationS: 10'),
      'maxRegistrationS: expected 100 at least, which is `minRegistrationS`',
    ],
    [
      'protected ports that are one',
      withElement('p-cscf', 'protectedPorts: { client: 5100, server: 5100 }'),
      'protectedPorts: expected two ports',
    ],
    [
      'a protected port that everybody calls',
      withElement('p-cscf', "listen: '127.0.0.1:5100', protectedPorts: { client: 5100, server: 5101 }"),
      'protectedPorts: expected two ports',
    ],
    [
      'an HSS that listens twice at one place',
      withElement('hss', "listen: '127.0.0.1:3868', provisioning: { listen: '127.0.0.1:3868' }"),
      'provisioning: this address and port are already those of hss1.home1.net',
    ],
    [
      'a password of digits',
      withKey('digest: { password: 1234 }'),
      'digest.password: expected text: put it in quotes',
    ],
    [
      'a key of digits',
      withKey(`aka: { k: 1, opc: "${'0'.repeat(32)}" }`),
      'aka.k: expected 32 hexadecimal digits (in quotes)',
    ],
  ])('%s: one complaint that names the place', (_, text, expected) => {
    expect(complaint(text)).toContain(expected);
    expect(complaint(text)).toMatch(/^net\.yaml:\d+:\d+: [^\n]*$/);
  });

  test('what is wrong at one place in one way is said once', () => {
    const twice = criteria("applicationServer: 'sip:as.home1.net'", ELSEWHERE);
    expect(complaint(twice).match(/as\.home1\.net/g)).toHaveLength(1);
  });

  test('a file that is nested without end', () => {
    expect(complaint('['.repeat(20_000))).toMatch(/^net\.yaml/);
  });
});
