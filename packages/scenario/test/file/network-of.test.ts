import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { zonesOf } from '@ims-sim/element';
import { networkOf, readScenarioFile } from '../../src/files.js';
import { complaints, folderOf, HEAD, read } from './lab.js';

const PLAY = "play: [ 'wait 1 s' ]\n";

/** A network in the scenario, whose criterion sends to an application server that is an actor. */
const INLINE = `title: t
profile: ts-24.141
network:
  profile: ts-24.141
  operators:
    home1.net:
      elements:
        pcscf1.home1.net: { kind: p-cscf }
        icscf1.home1.net: { kind: i-cscf }
        scscf1.home1.net: { kind: s-cscf }
        hss1.home1.net: { kind: hss }
      subscribers:
        user1_private@home1.net:
          publicIdentities: ['sip:user1@home1.net']
          initialFilterCriteria: [{ priority: 0, applicationServer: 'sip:as1.home1.net' }]
actors:
  watcher: { ue: 'sip:user1@home1.net', privateIdentity: user1_private@home1.net, proxy: pcscf1.home1.net }
  as: { as: as1.home1.net }
${PLAY}`;

describe('the network of a scenario', () => {
  test('of a file, as it is there: an actor takes the place of the element of its host name', () => {
    const { elements } = networkOf(read(`${HEAD}${PLAY}`));
    expect(elements).toHaveLength(9);
    expect(
      elements.filter(({ actor }) => actor).map(({ name, firstNotifyCSeq }) => [name, firstNotifyCSeq]),
    ).toEqual([['ps.home2.net', 42]]);
  });

  test('external elements, and a side that is nobody: none of them is started, the DNS leads there', () => {
    const text = `${HEAD}elements: { scscf2.home2.net: { external: 'udp:192.0.2.10:5070' }, home1.net: nothing }\n${PLAY}`;
    const network = networkOf(
      read(text.replace('  as: { as: ps.home2.net, on: { SUBSCRIBE: silent, MESSAGE: 486 } }\n', '')),
    );
    const external = Object.fromEntries(network.elements.map(({ name, external: its }) => [name, its]));
    expect(external['scscf2.home2.net']).toEqual({
      transport: 'udp',
      at: { address: '192.0.2.10', port: 5070 },
    });
    expect(external['hss1.home1.net']).toEqual({ transport: 'tcp', at: { address: '127.0.0.1', port: 9 } });
    expect(external['scscf1.home1.net']).toEqual({ transport: 'udp', at: { address: '127.0.0.1', port: 9 } });
    expect(external['icscf2.home2.net']).toBeUndefined();
    const hosts = zonesOf(network, {}).domains.flatMap(({ hosts: its = [] }) => its);
    expect(hosts.find(({ name }) => name === 'scscf2.home2.net')).toMatchObject({
      addresses: ['192.0.2.10'],
    });
  });

  test('the DNS: external, or taken back; never nobody, and nobody of ours to be killed', () => {
    const ofDns = (role: string, play = PLAY): string => `${HEAD}elements: { dns.lab: ${role} }\n${play}`;
    const { dns } = networkOf(read(ofDns("{ external: 'udp:192.0.2.53:53' }")));
    expect(dns.external).toEqual({ transport: 'udp', at: { address: '192.0.2.53', port: 53 } });
    expect(dns.listen).toBeUndefined();
    expect(networkOf(read(ofDns('play'))).dns.external).toBeUndefined();
    expect(complaints(ofDns('nothing'))).toEqual([
      'flow.yaml:7:22: elements.dns.lab: without a DNS nobody finds anybody: expected `play`, or `external`',
    ]);
    expect(complaints(ofDns("{ external: 'tcp:192.0.2.53:53' }"))[0]).toContain('expected udp');
    const killed = ofDns("{ external: 'udp:192.0.2.53:53' }", 'play: [ kill dns.lab ]\n');
    expect(complaints(killed)[0]).toContain('dns.lab is not started here');
  });

  test('`play` takes an element back that the network file leaves to somebody else', () => {
    const scenario = read(`${HEAD}elements: { scscf2.home2.net: play }\n${PLAY}`);
    const file = networkOf(scenario);
    const external = { transport: 'udp', at: { address: '192.0.2.1', port: 5060 } } as const;
    const elements = file.elements.map((one) =>
      one.name === 'scscf2.home2.net' ? { ...one, external } : one,
    );
    const played = networkOf(scenario, { ...file, elements });
    expect(played.elements.find(({ name }) => name === 'scscf2.home2.net')?.external).toBeUndefined();
  });

  test('inline: checked as a network file is, and an actor is a new host that criteria may name', () => {
    const network = networkOf(read(INLINE));
    expect(network.elements.at(-1)).toMatchObject({
      name: 'as1.home1.net',
      operator: 'home1.net',
      actor: true,
    });
    expect(network.elements.at(-1)?.external).toBeUndefined();
    expect(complaints(INLINE.replace('  as: { as: as1.home1.net }\n', ''))[0]).toContain(
      'flow.yaml:15:69: network.operators.home1.net.subscribers.user1_private@home1.net',
    );
  });

  test.each([
    [
      'a misspelt key of an inline network',
      INLINE.replace('      subscribers:', '      subscibers:'),
      '12:7',
      'did you mean `subscribers`?',
    ],
    [
      'an element of an inline network',
      INLINE.replace('{ kind: hss }', '{ kin: hss }'),
      '11:27',
      'did you mean `kind`?',
    ],
    [
      'an HSS that is not there',
      INLINE.replace('        hss1.home1.net: { kind: hss }\n', ''),
      '8:9',
      'needs an HSS',
    ],
    [
      'an actor under no operator',
      INLINE.replace('as1.home1.net }', 'as1.home9.net }').replace("'sip:as1.home1.net'", "'sip:as.x.net'"),
      '18:13',
      'under no operator',
    ],
    [
      'a role of an element that is not there',
      `${HEAD}elements: { scscf3.home2.net: play }\n${PLAY}`,
      '7:13',
      'did you mean `scscf2.home2.net`?',
    ],
    [
      'an external operator',
      `${HEAD}elements: { home2.net: { external: 'udp:192.0.2.10:5060' } }\n${PLAY}`,
      '7:24',
      'one by one',
    ],
    [
      'an external HSS over UDP',
      `${HEAD}elements: { hss2.home2.net: { external: 'udp:192.0.2.10:5060' } }\n${PLAY}`,
      '7:41',
      'expected tcp',
    ],
    [
      'an actor in an external element',
      `${HEAD}elements: { ps.home2.net: { external: 'udp:192.0.2.10:5060' } }\n${PLAY}`,
      '7:13',
      'the actor as is in its place',
    ],
    [
      'a role that is none',
      `${HEAD}elements: { ps.home2.net: { externl: 'udp:192.0.2.10:5060' } }\n${PLAY}`,
      '7:29',
      'did you mean `external`?',
    ],
  ])('%s is complained of at its place', (_, text, place, expected) => {
    const found = complaints(text);
    const its = found.find((line) => line.startsWith(`flow.yaml:${place}: `));
    expect(its).toContain(expected);
  });

  test.each([
    ['netwrok.yaml', 'did you mean `network.yaml`?'],
    ['nowhere.yaml', 'there are: flow.yaml, network.yaml'],
    ['lab/network.yaml', 'there is no folder lab'],
    ['./networks.yaml', 'did you mean `network.yaml`?'],
  ])(
    'a network file %s that is not there has its place in the scenario, and what stands beside it',
    (name, why) => {
      const scenario = read(`${HEAD}${PLAY}`.replace('network.yaml', name));
      expect(() => networkOf(scenario)).toThrow(
        new RegExp(
          `flow\\.yaml:3:10: network: there is no file ${name.replaceAll('.', '\\.')} beside the scenario`,
        ),
      );
      expect(() => networkOf(scenario)).toThrow(why);
    },
  );

  test('what is wrong within a network file has its place there; another network needs no file', () => {
    const folder = folderOf(`${HEAD}${PLAY}`);
    const scenario = readScenarioFile(join(folder, 'flow.yaml'));
    const network = networkOf(scenario);
    writeFileSync(join(folder, 'network.yaml'), 'profile: ts-24.142\n');
    expect(() => networkOf(scenario)).toThrow(
      /network\.yaml:1:10: profile: expected tr-24\.841 or ts-24\.141/,
    );
    expect(networkOf(scenario, network).elements).toHaveLength(9);
  });
});
