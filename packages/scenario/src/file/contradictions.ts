import type { Network } from '@ims-sim/element';
import type { Complaint } from '@ims-sim/element/files';
import type { UeActor } from '../actor.js';
import type { ElementRole, Scenario } from '../scenario.js';
import { actionsOf } from './action-contradictions.js';
import { orderOfActions } from './action-order.js';
import { misspeltHeader } from './header-names.js';
import { misspeltMethod, type Names, notThere, unknownName } from './names.js';
import { noOperator, operatorOf } from './network-of.js';
import type { ScenarioYaml } from './scenario-schema.js';
import { stepsOf } from './step-contradictions.js';
import type { PlacedStep, UnreadStep } from './to-steps.js';

/** What a scenario is made of, as far as it could be read. */
export interface ReadParts {
  readonly steps: readonly (PlacedStep | UnreadStep)[];
  readonly network: Network | undefined;
  readonly names: Names;
  readonly yaml: ScenarioYaml;
  /** Whether some actions could not be read: what they would bring about is not known. */
  readonly isUnread: boolean;
}

/** What a schema cannot see: actors, elements and steps that are not there, tables that cannot be read. */
export function contradictions(
  scenario: Scenario,
  { steps, network, names, yaml, isUnread }: ReadParts,
): Complaint[] {
  return [
    ...actorsOf(scenario, network),
    ...placesOf(scenario, names),
    ...rolesOf(scenario, network),
    ...stepsOf(steps, names, scenario.variables),
    ...symbolsOf(yaml),
    ...actionsOf(scenario, names, isUnread),
    ...(isUnread ? [] : orderOfActions(scenario, network)),
    ...reactionsOf(scenario, names),
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

/** One name is one actor or one element, and one host is one actor. */
function placesOf({ actors }: Scenario, { elements }: Names): Complaint[] {
  const taken = new Map<string, string>();
  return actors.flatMap((actor): Complaint[] => {
    const { name } = actor;
    const found: Complaint[] = [];
    if (elements?.has(name) === true && !(actor.kind !== 'ue' && actor.host === name)) {
      found.push({ path: ['actors', name], text: `there is an element of the name ${name}`, ofKey: true });
    }
    if (actor.kind !== 'ue') {
      const other = taken.get(actor.host);
      if (other !== undefined) {
        const key = actor.kind === 'network-agent' ? 'agent' : 'as';
        found.push({ path: ['actors', name, key], text: `the actor ${other} is at ${actor.host}` });
      }
      taken.set(actor.host, name);
    }
    return found;
  });
}

/** A text of the tables stands for one thing: a UE's address, or one value. */
function symbolsOf({ actors, symbols }: ScenarioYaml): Complaint[] {
  const owners = new Map<string, string>();
  const ofActors = Object.entries(actors).flatMap(([name, its]): Complaint[] => {
    const symbol = 'symbol' in its ? its.symbol?.toLowerCase() : undefined;
    if (symbol === undefined) {
      return [];
    }
    const owner = owners.get(symbol);
    owners.set(symbol, owner ?? name);
    return owner === undefined
      ? []
      : [{ path: ['actors', name, 'symbol'], text: `it is the address of ${owner} already` }];
  });
  const seen = new Set<string>();
  const ofValues = symbols.flatMap((symbol, index): Complaint[] => {
    const owner = owners.get(symbol.toLowerCase());
    const text =
      owner !== undefined
        ? `it is the address of ${owner} already`
        : seen.has(symbol)
          ? `${symbol} stands above`
          : undefined;
    seen.add(symbol);
    return text === undefined ? [] : [{ path: ['symbols', String(index)], text }];
  });
  return [...ofActors, ...ofValues];
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
    if (name === network.dns.name) {
      return dnsRole(role, path);
    }
    const element = network.elements.find((one) => one.name === name);
    if (element === undefined) {
      const known = [...hosts, ...domains, network.dns.name];
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

function dnsRole(role: ElementRole, path: readonly string[]): Complaint[] {
  switch (role.kind) {
    case 'nothing':
      return [{ path, text: 'without a DNS nobody finds anybody: expected `play`, or `external`' }];
    case 'external':
      return role.transport === 'tcp'
        ? [{ path: [...path, 'external'], text: 'expected udp: it is asked over UDP first' }]
        : [];
    case 'play':
      return [];
  }
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
