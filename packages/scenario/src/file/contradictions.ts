import type { Network } from '@ims-sim/element';
import { type Complaint, didYouMean } from '@ims-sim/element/files';
import { type Action, isActorAction } from '../action.js';
import { expectedMessage } from '../expected-message.js';
import type { Scenario } from '../scenario.js';
import { actionKinds } from './action-kinds.js';
import { noOperator, operatorOf, withServers } from './network-of.js';
import type { ScenarioYaml } from './scenario-schema.js';
import type { PlacedStep } from './to-steps.js';

/** What a schema cannot see: actors, elements and steps that are not there, tables that cannot be read. */
export function contradictions(
  scenario: Scenario,
  steps: readonly PlacedStep[],
  network: Network | undefined,
  yaml: ScenarioYaml,
): Complaint[] {
  const names = namesOf(scenario, network);
  return [
    ...actorsOf(scenario, network),
    ...rolesOf(scenario, network),
    ...stepsOf(steps, names),
    ...actionsOf(scenario, names),
    ...reactionsOf(scenario),
    ...faultsOf(scenario, names),
    ...othersOf(scenario, yaml, names),
  ];
}

/** Who is there by which name. Without a network, only the actors are known, and any element is taken as being there. */
export interface Names {
  readonly actors: ReadonlyMap<string, Scenario['actors'][number]>;
  /** Host names, aliases and the DNS. */
  readonly elements: ReadonlyMap<string, string> | undefined;
}

function namesOf({ actors }: Scenario, network: Network | undefined): Names {
  const whole = network && withServers(network, actors);
  return {
    actors: new Map(actors.map((actor) => [actor.name, actor])),
    elements:
      whole &&
      new Map([
        [whole.dns.name, 'dns'],
        ...whole.elements.flatMap(({ name, aliases, kind }) =>
          [name, ...aliases].map((one): [string, string] => [one, kind]),
        ),
      ]),
  };
}

function actorsOf({ actors }: Scenario, network: Network | undefined): Complaint[] {
  return actors.flatMap((actor): Complaint[] => {
    if (network === undefined) {
      return [];
    }
    if (actor.kind === 'ue') {
      const proxies = network.elements
        .filter(({ kind }) => kind === 'p-cscf')
        .flatMap(({ name, aliases }) => [name, ...aliases]);
      return proxies.includes(actor.proxy)
        ? []
        : [
            {
              path: ['actors', actor.name, 'proxy'],
              text: `there is no P-CSCF ${actor.proxy}; there are: ${proxies.join(', ')}${didYouMean(actor.proxy, proxies)}`,
            },
          ];
    }
    const key = actor.kind === 'network-agent' ? 'agent' : 'as';
    return operatorOf(actor, network) === undefined
      ? [{ path: ['actors', actor.name, key], text: noOperator(actor, network) }]
      : [];
  });
}

function rolesOf({ elements, actors }: Scenario, network: Network | undefined): Complaint[] {
  if (network === undefined) {
    return [];
  }
  const hosts = network.elements.map(({ name }) => name);
  const domains = network.operators.map(({ domain }) => domain);
  return [...elements].flatMap(([name, role]): Complaint[] => {
    const path = ['elements', name];
    if (domains.includes(name)) {
      return role.kind === 'external'
        ? [{ path, text: `an operator is many elements: name those that are external one by one` }]
        : [];
    }
    const element = network.elements.find((one) => one.name === name);
    if (element === undefined) {
      const known = [...hosts, ...domains];
      return [
        {
          path,
          text: `there is no element ${name}; there are: ${known.join(', ')}${didYouMean(name, known)}`,
          ofKey: true,
        },
      ];
    }
    if (role.kind === 'external' && (role.transport === 'tcp') !== (element.kind === 'hss')) {
      const right =
        element.kind === 'hss' ? 'tcp: Diameter is spoken over TCP' : 'udp: it is called over UDP first';
      return [{ path: [...path, 'external'], text: `expected ${right}` }];
    }
    const taken = actors.find((actor) => actor.kind !== 'ue' && actor.host === name);
    return taken === undefined
      ? []
      : [{ path, text: `the actor ${taken.name} is in its place`, ofKey: true }];
  });
}

function reactionsOf({ actors }: Scenario): Complaint[] {
  return actors.flatMap(({ name, on }) =>
    [...on.keys()].flatMap((method) => misspeltMethod(method, ['actors', name, 'on', method])),
  );
}

/** RFC 3261, 3262, 3311, 3428, 3515, 3903, 6086, 6665. */
const METHODS = [
  'ACK',
  'BYE',
  'CANCEL',
  'INFO',
  'INVITE',
  'MESSAGE',
  'NOTIFY',
  'OPTIONS',
  'PRACK',
  'PUBLISH',
  'REFER',
  'REGISTER',
  'SUBSCRIBE',
  'UPDATE',
];

/** A method of somebody's own is as good as another, unless it looks like one that was meant. */
function misspeltMethod(method: string | undefined, path: readonly string[]): Complaint[] {
  const meant = method === undefined || METHODS.includes(method) ? '' : didYouMean(method, METHODS);
  return meant === ''
    ? []
    : [{ path, text: `there is no method ${method}${meant}`, ofKey: path.at(-1) === method }];
}

/** Actors and elements of the network, if that is known. */
function unknownName(name: string, { actors, elements }: Names): string | undefined {
  if (elements === undefined || actors.has(name) || elements.has(name)) {
    return undefined;
  }
  const known = [...actors.keys(), ...elements.keys()];
  return `there is no actor or element ${name}; there are: ${known.join(', ')}${didYouMean(name, known)}`;
}

function stepsOf(steps: readonly PlacedStep[], names: Names): Complaint[] {
  const found: Complaint[] = [];
  const known = new Set<number>();
  for (const { step, path, follows } of steps) {
    if (known.has(step.step)) {
      found.push({ path: [...path, 'step'], text: `there is a step ${step.step} before` });
    }
    if (follows !== undefined && !known.has(follows)) {
      const near = didYouMean(String(follows), [...known].map(String));
      found.push({ path: [...path, 'follows'], text: `there is no step ${follows} before this one${near}` });
    }
    known.add(step.step);
    const ends = step.kind === 'decision' ? { on: step.on } : { from: step.from, to: step.to };
    for (const [key, name] of Object.entries(ends)) {
      const text = unknownName(name, names);
      if (text !== undefined) {
        found.push({ path: [...path, ...(key === 'on' ? ['decision', 'on'] : [key])], text });
      }
    }
    const expected = step.kind === 'message' ? expectedMessage(step) : undefined;
    if (typeof expected === 'string') {
      found.push({ path: [...path, 'message'], text: expected });
    }
  }
  return found;
}

function actionsOf({ before, play }: Scenario, names: Names): Complaint[] {
  const labels = new Set<string>();
  return [
    ...before.flatMap((action, index) => ofAction(action, ['before', String(index)], names, labels)),
    ...play.flatMap((action, index) => ofAction(action, ['play', String(index)], names, labels)),
  ];
}

function ofAction(action: Action, path: readonly string[], names: Names, labels: Set<string>): Complaint[] {
  if (isActorAction(action)) {
    const method =
      action.kind === 'respond'
        ? action.method
        : action.kind === 'receive' && !/^\d/.test(action.what)
          ? action.what
          : undefined;
    return [
      ...misspeltMethod(method, [...path, action.kind === 'respond' ? 'method' : 'what']),
      ...actorOf(action, path, names),
      ...labelsOf(action, path, labels),
    ];
  }
  switch (action.kind) {
    case 'parallel':
      return action.branches.flatMap((branch, at) =>
        branch.flatMap((one, index) =>
          ofAction(one, [...path, 'parallel', String(at), String(index)], names, labels),
        ),
      );
    case 'repeat':
      return action.actions.flatMap((one, index) =>
        ofAction(one, [...path, 'steps', String(index)], names, labels),
      );
    case 'wait':
    case 'advance':
      return [];
    case 'terminate':
    case 'provision':
      return elementOf(action.hss, 'hss', [...path, 'hss'], names);
    case 'deregister':
    case 'reauthenticate':
      return elementOf(action.sCscf, 's-cscf', [...path, 'sCscf'], names);
    case 'kill':
    case 'restart':
      return elementOf(action.element, undefined, [...path, action.kind], names);
  }
}

const UE_ONLY = new Set(actionKinds.filter(({ by }) => by === 'ue').map(({ keys }) => keys[0]));

function actorOf(
  action: Action & { readonly actor: string },
  path: readonly string[],
  { actors }: Names,
): Complaint[] {
  const actor = actors.get(action.actor);
  const key = action.kind === 'register' && action.expiresS === 0 ? 'deregister' : action.kind;
  if (actor === undefined) {
    const known = [...actors.keys()];
    const text = `there is no actor ${action.actor}; there are: ${known.join(', ')}${didYouMean(action.actor, known)}`;
    return [{ path: [...path, key], text }];
  }
  return actor.kind !== 'ue' && UE_ONLY.has(key)
    ? [{ path: [...path, key], text: `${action.actor} is no UE, and only UEs do that` }]
    : [];
}

/** `of` has the name that an action of the same actor was given before. */
function labelsOf(
  action: Action & { readonly actor: string },
  path: readonly string[],
  labels: Set<string>,
): Complaint[] {
  const own = `${action.actor} `;
  if ('as' in action && action.as !== undefined) {
    labels.add(`${own}${action.as}`);
  }
  if (!('of' in action) || action.of === undefined || labels.has(`${own}${action.of}`)) {
    return [];
  }
  const known = [...labels].flatMap((one) => (one.startsWith(own) ? [one.slice(own.length)] : []));
  const there =
    known.length === 0 ? `none of ${action.actor}'s has a name` : `there are: ${known.join(', ')}`;
  return [
    {
      path: [...path, 'of'],
      text: `nothing before is named ${action.of}; ${there}${didYouMean(action.of, known)}`,
    },
  ];
}

function elementOf(
  name: string,
  kind: 'hss' | 's-cscf' | undefined,
  path: readonly string[],
  { elements }: Names,
): Complaint[] {
  if (elements === undefined) {
    return [];
  }
  const known = [...elements].flatMap(([one, its]) => (kind === undefined || its === kind ? [one] : []));
  const what = kind === undefined ? 'element' : kind === 'hss' ? 'HSS' : 'S-CSCF';
  return known.includes(name)
    ? []
    : [
        {
          path,
          text: `there is no ${what} ${name}; there are: ${known.join(', ')}${didYouMean(name, known)}`,
        },
      ];
}

function faultsOf({ faults }: Scenario, names: Names): Complaint[] {
  return faults.flatMap(({ match }, index) => {
    const path = ['faults', String(index)];
    const method = match.message.protocol === 'sip' ? match.message.method : undefined;
    return [
      ...misspeltMethod(method, path),
      ...[match.from, match.to].flatMap((name) => {
        const text = name === undefined ? undefined : unknownName(name, names);
        return text === undefined ? [] : [{ path, text }];
      }),
    ];
  });
}

function othersOf({ participants }: Scenario, yaml: ScenarioYaml, names: Names): Complaint[] {
  const others = Array.isArray(yaml.others) ? yaml.others : [];
  return [
    ...others.flatMap(({ from, to }, index) =>
      Object.entries({ from, to }).flatMap(([key, name]) => {
        const text = name === undefined ? undefined : unknownName(name, names);
        return text === undefined ? [] : [{ path: ['others', String(index), key], text }];
      }),
    ),
    ...(yaml.participants === undefined ? [] : participants).flatMap(([name]) => {
      const text = unknownName(name, names);
      return text === undefined ? [] : [{ path: ['participants', name], text, ofKey: true }];
    }),
  ];
}
