import type { Network } from '@ims-sim/element';
import type { Complaint } from '@ims-sim/element/files';
import type { UeActor } from '../actor.js';
import type { Scenario } from '../scenario.js';
import { actionsOf } from './action-contradictions.js';
import { misspeltHeader } from './header-names.js';
import { misspeltMethod, type Names, notThere, unknownName } from './names.js';
import { noOperator, operatorOf } from './network-of.js';
import type { ScenarioYaml } from './scenario-schema.js';
import { stepsOf } from './step-contradictions.js';
import { ofFault } from './to-fault.js';
import type { PlacedStep } from './to-steps.js';

/** What a schema cannot see: actors, elements and steps that are not there, tables that cannot be read. */
export function contradictions(
  scenario: Scenario,
  steps: readonly PlacedStep[],
  network: Network | undefined,
  names: Names,
  yaml: ScenarioYaml,
): Complaint[] {
  return [
    ...actorsOf(scenario, network),
    ...rolesOf(scenario, network),
    ...stepsOf(steps, names, scenario.variables),
    ...actionsOf(scenario, names),
    ...reactionsOf(scenario, names),
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

function reactionsOf({ actors }: Scenario, { ownHeaders }: Names): Complaint[] {
  return actors.flatMap(({ name, on }) =>
    [...on].flatMap(([method, reaction]) => {
      const path = ['actors', name, 'on', method];
      const headers = reaction.kind === 'answer' ? reaction.headers : [];
      return [
        ...misspeltMethod(method, path),
        ...headers.flatMap(([header]) =>
          misspeltHeader(header, ownHeaders, { path: [...path, 'headers', header], ofKey: true }),
        ),
      ];
    }),
  );
}

function faultsOf({ faults }: Scenario, names: Names): Complaint[] {
  return faults.flatMap((fault, index) => ofFault(fault, ['faults', String(index)], names));
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
