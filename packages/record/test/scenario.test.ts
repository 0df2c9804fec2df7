import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { readScenarioFile } from '@ims-sim/scenario/files';
import { flowFrom, named, playFrom, writeScenario } from '../src/index.js';
import { captured, subscription } from './call.js';

const folder = mkdtempSync(join(tmpdir(), 'ims-record-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const { records, actors } = named(subscription(), new Map());

describe('a scenario out of a capture', () => {
  test('registrations come before, what then is begun is played, with what came of it', () => {
    const play = playFrom(records, actors, 'ts-24.141');
    expect(play.before.map(({ sentence }) => sentence)).toEqual(['UE1 registers, 600 s']);
    expect(play.play.map(({ sentence }) => sentence)).toEqual([
      'UE1 subscribes to sip:bob@home2.net for presence, 3600 s and gets 403',
    ]);
    expect(play.firstId).toBe(3);
    expect(play.actors).toMatchObject([
      {
        name: 'UE1',
        publicIdentity: 'sip:alice@home1.net',
        privateIdentity: 'alice_private@home1.net',
        proxy: 'pcscf1.home1.net',
      },
    ]);
  });

  test('the file is one that the runner takes', () => {
    const play = playFrom(records, actors, 'ts-24.141');
    const flow = flowFrom(records, { actors, firstId: play.firstId });
    const file = join(folder, 'recorded.yaml');
    const head = {
      title: 'Recorded',
      clause: 'capture',
      profile: 'ts-24.141',
      network: 'network.yaml',
      comment: 'x',
    };
    writeFileSync(file, writeScenario(head, play, flow));
    const scenario = readScenarioFile(file);
    expect(scenario.flow.steps).toHaveLength(4);
    expect(scenario.before).toMatchObject([{ kind: 'register', actor: 'UE1', expiresS: 600 }]);
    expect(scenario.play).toMatchObject([{ kind: 'subscribe', expect: { kind: 'status', status: 403 } }]);
  });

  test('a header that the test UE would not write is said, and what is no action is a complaint', () => {
    const more = captured(
      2000,
      '10.0.0.1:5061',
      '10.0.0.2:5060',
      `OPTIONS sip:bob@home2.net SIP/2.0
       Via: SIP/2.0/UDP 10.0.0.1:5061;branch=z9hG4bKo1
       Max-Forwards: 70
       From: <sip:alice@home1.net>;tag=o1
       To: <sip:bob@home2.net>
       Call-ID: o1
       CSeq: 1 OPTIONS
       Subject: is he there`,
    );
    const refer = captured(
      2001,
      '10.0.0.1:5061',
      '10.0.0.2:5060',
      `REFER sip:bob@home2.net SIP/2.0
       Via: SIP/2.0/UDP 10.0.0.1:5061;branch=z9hG4bKx1
       Max-Forwards: 70
       From: <sip:alice@home1.net>;tag=x1
       To: <sip:bob@home2.net>
       Call-ID: x1
       CSeq: 1 REFER`,
    );
    const both = named([...subscription(), more, refer], new Map());
    const play = playFrom(both.records, both.actors, 'ts-24.141');
    expect(play.play.at(-1)).toEqual({
      sentence: 'UE1 asks sip:bob@home2.net for its options',
      options: {
        headers: {
          Subject: 'is he there',
          Route: 'absent',
          'P-Preferred-Identity': 'absent',
          Privacy: 'absent',
        },
      },
    });
    expect(play.complaints).toEqual(['UE1: REFER is no action of a scenario: left out']);
  });

  test('a header of a stranger that looks misspelt is declared, and the file is taken', () => {
    const strange = subscription().map((one) => ({
      ...one,
      bytes: Buffer.from(one.bytes.toString('latin1').replace('Event:', 'Evnt: x\r\nEvent:'), 'latin1'),
    }));
    const own = named(strange, new Map());
    const play = playFrom(own.records, own.actors, 'ts-24.141');
    const flow = flowFrom(own.records, { actors: own.actors, firstId: play.firstId });
    const file = join(folder, 'strange.yaml');
    const head = { title: 'x', clause: 'x', profile: 'ts-24.141', network: 'network.yaml', comment: 'x' };
    const text = writeScenario(head, play, flow);
    expect(text).toContain('\nownHeaders:\n  - Evnt\n');
    writeFileSync(file, text);
    expect(readScenarioFile(file).flow.steps).toHaveLength(4);
    writeFileSync(file, text.replace('\nownHeaders:\n  - Evnt\n', ''));
    expect(() => readScenarioFile(file)).toThrow(/there is no header Evnt/);
  });
});
