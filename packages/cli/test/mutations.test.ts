import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { cachingResolver } from '@ims-sim/dns';
import type { FaultRule } from '@ims-sim/faults';
import type { Ground } from '@ims-sim/player';
import { judge, type MessageStep, type UeActor, type Verdict } from '@ims-sim/scenario';
import { networkOf, readScenarioFile } from '@ims-sim/scenario/files';
import { startUe, type Ue } from '@ims-sim/ue';
import { simulateWith } from '../src/simulate/simulate.js';
import { MAIN_FLOW, SCENARIOS } from './ims.js';

const scenario = readScenarioFile(MAIN_FLOW);
const network = networkOf(scenario);
const QUIET_MS = 50;
/** Longer than any transaction of the flow may last (RFC 3261 timer F), and longer than a UE waits for a first NOTIFY. */
const OVER_MS = 70_000;
/** All runs together, of a machine with two cores. */
const BOUND_MS = 60_000;

/** The scenario in a simulation, with an element or a UE that writes one thing wrong from its first action on. */
async function verdictOf(rules: readonly FaultRule[]): Promise<Verdict> {
  const { played, records } = await simulateWith(scenario, network, { seed: 1 }, (ground) => play(ground, rules));
  return judge({ ...scenario.flow, beganAtUs: played }, records);
}

/** Gives when the flow began. */
async function play(ground: Ground, rules: readonly FaultRule[]): Promise<number> {
  const [watcher, presentity] = [await startActor(ground, 'UE1'), await startActor(ground, 'UE2')];
  await watcher.register();
  await presentity.register();
  const body = readFileSync(join(SCENARIOS, 'user2-presence.xml'), 'utf8');
  const contentType = 'application/cpim-pidf+xml';
  await presentity.publish({ event: 'presence', contentType, body, expiresS: 7200 });
  await ground.settle(QUIET_MS, OVER_MS);
  for (const name of new Set(rules.map(({ match }) => match.from ?? ''))) {
    expect(await ground.control?.command(name, { kind: 'faults', rules, seed: 1 })).toBeUndefined();
  }
  const beganAtUs = Math.round(ground.clock.now() * 1000);
  const { response } = watcher.subscribe({
    uri: 'tel:+1-212-555-2222',
    event: 'presence',
    accept: contentType,
    expiresS: 7200,
    cseq: 61,
  });
  await response;
  await ground.settle(QUIET_MS, OVER_MS);
  await watcher.close();
  await presentity.close();
  return beganAtUs;
}

async function startActor(ground: Ground, name: string): Promise<Ue> {
  const actor = scenario.actors.find((one): one is UeActor => one.kind === 'ue' && one.name === name);
  const subscriber = network.subscribers
    .flatMap(({ privateIdentities }) => privateIdentities)
    .find(({ identity }) => identity === actor?.privateIdentity);
  const host = ground.hostOf(name);
  const [address = ''] = ground.addressesOf(name);
  const ue = await startUe({
    host,
    listen: { address, port: 5060 },
    resolver: cachingResolver({ host, server: ground.dns }),
    identity: {
      impu: actor?.publicIdentity ?? '',
      impi: actor?.privateIdentity ?? '',
      homeDomain: actor?.publicIdentity.split('@')[1] ?? '',
    },
    proxy: actor?.proxy ?? '',
    profile: scenario.profile,
    credentials: { aka: subscriber?.aka },
  });
  await ground.listens(name, undefined, ue.stack.listening);
  return ue;
}

interface Mutation {
  readonly number: number;
  /** What the verdict must name. */
  readonly where: string;
  readonly rule: FaultRule;
}

/** What of a step's message is written wrong: each header of its table, by turns broken and taken away, its start line, its body. */
function mutationsOf(step: MessageStep): Mutation[] {
  const [head = '', body] = step.table.split(/\n\s*\n/, 2);
  const [start = '', ...lines] = head.split('\n');
  const names = new Set([...lines.map((line) => line.slice(0, line.indexOf(':'))), ...step.alsoOnTheWire.keys()]);
  const mutation = (where: string, fault: FaultRule['fault']): Mutation => ({
    number: step.step,
    where,
    rule: { match: { from: step.from, to: step.to, message: messageOf(step, start) }, fault, text: where },
  });
  const headers = [...names].map((name, index) =>
    // A symbol may be anything that its header can be, so its broken value is none: no Call-ID has a space in it.
    mutation(name, { kind: 'set-header', header: name, value: (index + step.step) % 2 === 0 ? 'this is broken' : undefined }),
  );
  const response = /^SIP\/2\.0 (\d+) (.*)$/.exec(start);
  const [, scheme = ''] = /^[A-Z]+ (\w+:)/.exec(start) ?? [];
  return [
    ...headers,
    response
      ? mutation('Status-Line', { kind: 'replace', text: `SIP/2.0 ${response[1]} `, by: `SIP/2.0 ${response[1]} X` })
      : mutation('Request-URI', { kind: 'replace', text: `${methodOf(start)} ${scheme}`, by: `${methodOf(start)} ${scheme}9` }),
    ...(body === undefined ? [] : [mutation('body', { kind: 'replace', text: '<basic>open', by: '<basic>shut' })]),
  ];
}

function messageOf(step: MessageStep, start: string): FaultRule['match']['message'] {
  const [, status] = /^SIP\/2\.0 (\d+)/.exec(start) ?? [];
  return status === undefined
    ? { protocol: 'sip', method: methodOf(start) }
    : { protocol: 'sip', status: Number(status), method: step.step < 18 ? 'SUBSCRIBE' : 'NOTIFY' };
}

function methodOf(start: string): string {
  return start.slice(0, start.indexOf(' '));
}

const steps = scenario.flow.steps.filter((step): step is MessageStep => step.kind === 'message');
const mutations = steps.flatMap(mutationsOf);

/** The first step that is wrong, and the headers that it names. */
function firstWrong({ steps: judged }: Verdict): readonly [step: number, where: readonly string[]] {
  const first = judged.find(({ right }) => !right);
  return [first?.step.step ?? 0, first?.differences.map(({ where }) => where) ?? []];
}

describe('TR 24.841 6.1.1, an element that writes one header of one message wrong', () => {
  test('nobody does: the scenario passes', async () => {
    const verdict = await verdictOf([]);
    expect(firstWrong(verdict)).toEqual([0, []]);
    expect(verdict.passed).toBe(true);
  });

  test(
    'whoever does, it fails at that step with the name of that header',
    async () => {
      expect(steps).toHaveLength(21);
      expect(mutations.length).toBeGreaterThan(220);
      const began = performance.now();
      const missed: string[] = [];
      for (const { number, where, rule } of mutations) {
        const verdict = await verdictOf([rule]);
        const [step, named] = firstWrong(verdict);
        if (verdict.passed || step !== number || !named.includes(where)) {
          missed.push(`step ${number}, ${where}: found step ${step}, ${named.join(', ')}`);
        }
      }
      expect(missed).toEqual([]);
      expect(performance.now() - began).toBeLessThan(BOUND_MS);
    },
    10 * BOUND_MS,
  );
});

