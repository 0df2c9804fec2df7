import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Action, Scenario } from '@ims-sim/scenario';
import { networkOf, readScenarioFile } from '@ims-sim/scenario/files';
import { simulate } from '../../src/simulate/simulate-scenario.js';
import { SCENARIOS } from '../ims.js';

/** The messages of RFC 4475, and of RFC 5118 (`ipv6-...`). */
const MESSAGES = new URL('../../../../sip/test/message/torture/', import.meta.url);

function messages(): [name: string, text: string][] {
  return readdirSync(MESSAGES)
    .sort()
    .map((name) => [name.replace('.sip', ''), readFileSync(new URL(name, MESSAGES), 'utf8')]);
}

/** A UE that registers, and then sends messages as they are, a second after each. */
function sending(texts: readonly string[], to: string | undefined): Scenario {
  const scenario = readScenarioFile(join(SCENARIOS, 'ts-24.228-6.2.yaml'));
  const [actor] = scenario.actors;
  if (actor === undefined) {
    throw new Error('no actor');
  }
  const at = { file: scenario.file, line: 1, column: 1 };
  const play = texts.flatMap((message): Action[] => [
    { kind: 'send', at, actor: actor.name, to, message },
    { kind: 'wait', at, forS: 1 },
  ]);
  return { ...scenario, play, flow: { ...scenario.flow, steps: [], othersAllowed: 'all' } };
}

/** Torture messages share branches, so that one may pass for another that is sent again: here each has its own. */
function withOwnBranch(text: string, index: number): string {
  return text.replaceAll('z9hG4bK', `z9hG4bKn${index}`);
}

describe('messages that are meant to torture a parser, at an element', () => {
  test.each([
    ['a P-CSCF', undefined, withOwnBranch],
    ['an I-CSCF', 'icscf1.home1.net', withOwnBranch],
    ['a P-CSCF, as they are', undefined, (text: string) => text],
    ['an I-CSCF, as they are', 'icscf1.home1.net', (text: string) => text],
  ])(
    '%s: none ends the simulation, and each property holds',
    async (_, to, changed) => {
      const all = messages();
      expect(all.length).toBeGreaterThanOrEqual(49);
      const scenario = sending(
        all.map(([, text], index) => changed(text, index)),
        to,
      );
      const { played, broken, records } = await simulate(scenario, networkOf(scenario), { seed: 1 });
      expect(played.failures).toEqual([]);
      const target = to ?? 'pcscf1.visited1.net';
      const came = records.filter(
        (record) => record.kind === 'message' && record.from === 'UE1' && record.to === target,
      );
      expect(came.length).toBeGreaterThanOrEqual(all.length);
      const said = records.flatMap((record) =>
        record.kind === 'message' && record.from === target && record.to === 'UE1'
          ? [record.bytes.toString('latin1').slice(8, 11)]
          : [],
      );
      expect(said.filter((status) => status === '400').length).toBeGreaterThan(15);
      expect(broken.map(({ text }) => text)).toEqual([]);
    },
    180_000,
  );
});
