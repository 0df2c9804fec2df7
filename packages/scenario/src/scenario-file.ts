import { dirname, resolve } from 'node:path';
import { isIP } from 'node:net';
import { readYaml, type Complaint } from '@ims-sim/element/files';
import { expectedMessage } from './expected-message.js';
import type { Step } from './flow.js';
import { type ScenarioYaml, scenarioSchema } from './scenario-schema.js';
import { type Actor, isUeAction, type Scenario } from './scenario.js';
import { keyOf, toAction } from './to-action.js';

/** Reads and checks a scenario file. Throws `UserError` with a line a complaint: file, line, column, key, what would be right. */
export function readScenarioFile(file: string): Scenario {
  return readYaml(file, scenarioSchema, (yaml) => {
    const complaints: Complaint[] = [];
    const scenario = toScenario(yaml, file, complaints);
    return { value: scenario, complaints: [...complaints, ...contradictions(scenario, yaml)] };
  });
}

function toScenario(yaml: ScenarioYaml, file: string, complaints: Complaint[]): Scenario {
  const folder = dirname(file);
  const actors: Actor[] = Object.entries(yaml.actors).map(
    ([name, { ue, privateIdentity, proxy, symbol, securityAgreement, accessNetworkInfo }]) => {
      const address = symbol?.replace(/^\[|\]$/g, '');
      return {
        name,
        publicIdentity: ue,
        privateIdentity,
        proxy,
        securityAgreement,
        accessNetworkInfo,
        ...(address !== undefined && isIP(address) !== 0 && { address }),
      };
    },
  );
  const symbols = Object.entries(yaml.actors).flatMap(([name, { symbol }]): [string, string][] =>
    symbol === undefined ? [] : [[symbol.toLowerCase(), name]],
  );
  const action = (list: 'before' | 'play') =>
    yaml[list].map((entry, index) => toAction(entry, folder, [list, String(index)], complaints));
  return {
    file,
    title: yaml.title,
    profile: yaml.profile,
    network: resolve(folder, yaml.network),
    actors,
    participants: Object.entries(yaml.participants),
    quietMs: yaml.quietMs,
    before: action('before'),
    play: action('play'),
    flow: {
      clause: yaml.clause,
      steps: toSteps(yaml),
      addressSymbols: new Map(symbols),
      symbols: yaml.symbols,
      strictResponses: yaml.strictResponses,
      aliases: new Map(),
    },
  };
}

function toSteps(yaml: ScenarioYaml): Step[] {
  let lastMessage: number | undefined;
  return yaml.flow.map((entry): Step => {
    const { step, title, errata } = entry;
    const common = { step, title, errata, follows: entry.follows ?? lastMessage };
    if ('decision' in entry) {
      return { kind: 'decision', ...common, ...entry.decision };
    }
    const { from, to } = entry;
    if ('diameter' in entry) {
      return { kind: 'diameter', ...common, from, to, ...entry.diameter };
    }
    lastMessage = step;
    return {
      kind: 'message',
      ...common,
      from,
      to,
      table: entry.message,
      alsoOnTheWire: new Map(Object.entries(entry.alsoOnTheWire)),
    };
  });
}

/** What a schema cannot see: actors and steps that are not there, tables that cannot be read. */
function contradictions(scenario: Scenario, yaml: ScenarioYaml): Complaint[] {
  const found: Complaint[] = [];
  const actors = new Set(scenario.actors.map(({ name }) => name));
  for (const list of ['before', 'play'] as const) {
    for (const [index, action] of scenario[list].entries()) {
      if (isUeAction(action) && !actors.has(action.actor)) {
        const text = `there is no actor ${action.actor}; there are: ${[...actors].join(', ')}`;
        found.push({ path: [list, String(index), keyOf(action)], text });
      }
    }
  }
  const known = new Set<number>();
  for (const [index, step] of scenario.flow.steps.entries()) {
    const path = ['flow', String(index)];
    if (known.has(step.step)) {
      found.push({ path: [...path, 'step'], text: `there is a step ${step.step} before` });
    }
    const { follows } = yaml.flow[index] ?? {};
    if (follows !== undefined && !known.has(follows)) {
      found.push({ path: [...path, 'follows'], text: `there is no step ${follows} before this one` });
    }
    known.add(step.step);
    const expected = step.kind === 'message' ? expectedMessage(step) : undefined;
    if (typeof expected === 'string') {
      found.push({ path: [...path, 'message'], text: expected });
    }
  }
  return found;
}
