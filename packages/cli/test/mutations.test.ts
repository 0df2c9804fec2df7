import { describe, expect, test } from '@jest/globals';
import type { FaultRule } from '@ims-sim/faults';
import { play } from '@ims-sim/player';
import { judge, type MessageStep, type Verdict } from '@ims-sim/scenario';
import { networkOf, readScenarioFile } from '@ims-sim/scenario/files';
import { simulateWith } from '../src/simulate/simulate.js';
import { MAIN_FLOW } from './ims.js';

const scenario = readScenarioFile(MAIN_FLOW);
const network = networkOf(scenario);
/** Virtual. */
const QUIET_MS = 500;
/** All runs together, of a processor's time: the machine may have other things to do. */
const BOUND_MS = 60_000;

/** The scenario in a simulation, with an element or a UE that writes one thing wrong from its first action on. */
async function verdictOf(faults: readonly FaultRule[]): Promise<Verdict> {
  const over = new AbortController();
  let verdict: Verdict | undefined;
  const options = { quietMs: QUIET_MS, abort: over.signal, keepGoing: true };
  const simulating = simulateWith(scenario, network, { seed: 1, abort: over.signal }, async (ground) => {
    const played = await play({ ...scenario, faults }, network, ground, options);
    verdict = judge(played.flow(scenario.flow), ground.records());
    over.abort(FLOW_IS_OVER);
  });
  // What it would still do is wait for registrations to expire.
  await expect(simulating).rejects.toBe(FLOW_IS_OVER);
  if (verdict === undefined) {
    throw new Error('no verdict');
  }
  return verdict;
}

const FLOW_IS_OVER = 'the flow is over';

interface Mutation {
  readonly number: number;
  /** What the verdict must name. */
  readonly where: string;
  readonly rule: FaultRule;
}

/** What of a step's message is written wrong: each header of its table, by turns broken and taken away, its start line, its body. */
function mutationsOf(step: MessageStep): Mutation[] {
  const [head = '', body] = step.table.trimEnd().split(/\n\s*\n/, 2);
  const [start = '', ...lines] = head.split('\n');
  const names = new Set([
    ...lines.map((line) => line.slice(0, line.indexOf(':'))),
    ...step.alsoOnTheWire.keys(),
  ]);
  const mutation = (where: string, fault: FaultRule['fault']): Mutation => ({
    number: step.step,
    where,
    rule: { match: { from: step.from, to: step.to, message: messageOf(step, start) }, fault, text: where },
  });
  const headers = [...names].map((name, index) =>
    // A symbol may be anything that its header can be, so its broken value is none: no Call-ID has a space in it.
    mutation(name, {
      kind: 'set-header',
      header: name,
      value: (index + step.step) % 2 === 0 ? 'this is broken' : undefined,
    }),
  );
  const response = /^SIP\/2\.0 (\d+) (.*)$/.exec(start);
  const [, scheme = ''] = /^[A-Z]+ (\w+:)/.exec(start) ?? [];
  return [
    ...headers,
    response
      ? mutation('Status-Line', {
          kind: 'replace',
          text: `SIP/2.0 ${response[1]} `,
          by: `SIP/2.0 ${response[1]} X`,
        })
      : mutation('Request-URI', {
          kind: 'replace',
          text: `${methodOf(start)} ${scheme}`,
          by: `${methodOf(start)} ${scheme}9`,
        }),
    ...(body === undefined
      ? []
      : [mutation('body', { kind: 'replace', text: '<basic>open', by: '<basic>shut' })]),
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
      const began = process.cpuUsage();
      const missed: string[] = [];
      for (const { number, where, rule } of mutations) {
        const verdict = await verdictOf([rule]);
        const [step, named] = firstWrong(verdict);
        if (verdict.passed || step !== number || !named.includes(where)) {
          missed.push(
            `step ${number}, ${where}, ${rule.fault.kind}: found step ${step}, ${named.join(', ')}`,
          );
        }
      }
      expect(missed).toEqual([]);
      const { user, system } = process.cpuUsage(began);
      expect((user + system) / 1000).toBeLessThan(BOUND_MS);
    },
    10 * BOUND_MS,
  );
});
