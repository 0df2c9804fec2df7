import type { Network } from '@ims-sim/element';
import { type Complaint, didYouMean } from '@ims-sim/element/files';
import { expectedMessage } from '../expected-message.js';
import type { UeActor } from '../actor.js';
import type { Scenario } from '../scenario.js';
import { actionsOf } from './action-contradictions.js';
import { misspeltMethod, type Names, namesOf, notThere, unknownName } from './names.js';
import { noOperator, operatorOf } from './network-of.js';
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

function actorsOf({ actors }: Scenario, network: Network | undefined): Complaint[] {
  return actors.flatMap((actor): Complaint[] => {
    if (network === undefined) {
      return [];
    }
    if (actor.kind === 'ue') {
      return ueOf(actor, network);
    }
    const key = actor.kind === 'network-agent' ? 'agent' : 'as';
    return operatorOf(actor, network) === undefined
      ? [{ path: ['actors', actor.name, key], text: noOperator(actor, network) }]
      : [];
  });
}

/** Behind a P-CSCF that is there, and somebody whom the HSS knows, where it has to prove who it is. */
function ueOf({ name, proxy, privateIdentity, credentials }: UeActor, network: Network): Complaint[] {
  const proxies = network.elements
    .filter(({ kind }) => kind === 'p-cscf')
    .flatMap((element) => [element.name, ...element.aliases]);
  const known = network.subscribers.flatMap(({ privateIdentities }) =>
    privateIdentities.map(({ identity }) => identity),
  );
  const isAnybody = network.auth === 'none' || credentials !== undefined;
  return [
    ...(proxies.includes(proxy)
      ? []
      : [{ path: ['actors', name, 'proxy'], text: notThere('P-CSCF', proxy, proxies) }]),
    ...(isAnybody || known.includes(privateIdentity)
      ? []
      : [
          { path: ['actors', name, 'privateIdentity'], text: notThere('subscriber', privateIdentity, known) },
        ]),
  ];
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
          text: notThere('element', name, known),
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
