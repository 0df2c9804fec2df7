import { basename, dirname, resolve } from 'node:path';
import { isIP } from 'node:net';
import {
  type Complaint,
  type Converted,
  networkFrom,
  type Places,
  readYaml,
  toAka,
} from '@ims-sim/element/files';
import type { Place } from '../action.js';
import type { Actor, Reaction } from '../actor.js';
import type { ElementRole, NetworkSource, Scenario, ScenarioFault } from '../scenario.js';
import { contradictions } from './contradictions.js';
import { mended } from './mended.js';
import { namesOf } from './names.js';
import { withOtherNames } from './other-names.js';
import { networkAtHand, withServers } from './network-of.js';
import { type ScenarioYaml, scenarioSchema } from './scenario-schema.js';
import { type ActionContext, toActions } from './to-action.js';
import { ofFault, toFault } from './to-fault.js';
import { type PlacedStep, toSteps } from './to-steps.js';
import { everyVariable, unknownVariables, variablesInVariables } from './variables.js';

export const MAX_SCENARIO_BYTES = 8 * 1024 * 1024;

/**
 * Reads and checks a scenario file of at most 8 MiB. Throws `UserError` with a line a complaint: file, line, column, key, what would be
 * right. The network file that it names is looked into for names only, where it can be read: `networkOf` complains of it.
 */
export function readScenarioFile(file: string): Scenario {
  const convert = (yaml: ScenarioYaml, places: Places): Converted<Scenario> => toScenario(yaml, file, places);
  return readYaml(file, scenarioSchema, convert, { maxBytes: MAX_SCENARIO_BYTES, mend: mended });
}

function toScenario(yaml: ScenarioYaml, file: string, places: Places): Converted<Scenario> {
  const folder = dirname(file);
  const complaints: Complaint[] = [];
  const { profile } = yaml;
  const actors = Object.entries(yaml.actors).map(([name, its]) => toActor(name, its));
  const elements = new Map(
    Object.entries(yaml.elements).map(([name, role]) => [name, toRole(role)] as const),
  );
  const network = toNetwork(yaml, file, places, actors, complaints);
  const atHand = networkAtHand(network);
  const variables = new Map(
    Object.entries(yaml.variables).map(([name, value]) => [name, String(value)] as const),
  );
  const names = namesOf(actors, atHand, yaml.ownHeaders);
  const context: ActionContext = {
    file,
    folder,
    profile,
    places,
    complaints,
    names,
    variables: everyVariable(yaml, yaml.variables, Object.keys(yaml.actors)),
    labels: new Set(),
    count: 0,
    isUnread: false,
  };
  const before = toActions(yaml.before, ['before'], context);
  const play = toActions(yaml.play, ['play'], context);
  const faults = toFaults(yaml, context);
  const steps = toSteps(yaml.flow ?? [], { file, places, complaints, variables });
  const placed = steps.flatMap((one) => (one.step === undefined ? [] : [one]));
  const scenario: Scenario = {
    file,
    title: yaml.title,
    profile,
    network,
    elements,
    externalAt: externalAt(yaml, file, places),
    actors,
    participants: Object.entries(yaml.participants ?? participantsOf(actors, placed)),
    quietMs: yaml.quietMs,
    before,
    play,
    faults,
    variables,
    flow: toFlow(yaml, placed),
  };
  complaints.push(
    ...unknownVariables(yaml, [...variables.keys()], Object.keys(yaml.actors)),
    ...variablesInVariables(yaml.variables),
  );
  const { isUnread } = context;
  complaints.push(...contradictions(scenario, { steps, network: atHand, names, yaml, isUnread }));
  return { value: scenario, complaints };
}

function toFaults(
  { faults }: ScenarioYaml,
  { file, places, names, complaints }: ActionContext,
): ScenarioFault[] {
  return faults.flatMap((entry, index): ScenarioFault[] => {
    const path = ['faults', String(index)];
    const fault = toFault(entry, path, names, complaints);
    if (fault !== undefined) {
      complaints.push(...ofFault(fault, path, names));
    }
    const at = { file, ...places.at(path) };
    const label = `fault ${index + 1} (${basename(file)}:${at.line})`;
    return fault === undefined ? [] : [{ ...fault, match: withOtherNames(fault.match, names), label, at }];
  });
}

function toFlow(yaml: ScenarioYaml, placed: readonly PlacedStep[]): Scenario['flow'] {
  return {
    clause: yaml.clause,
    steps: placed.map(({ step }) => step),
    addressSymbols: addressSymbols(yaml),
    symbols: yaml.symbols,
    strictResponses: yaml.strictResponses,
    aliases: new Map(),
    othersAllowed: othersOf(yaml),
  };
}

/** Who says nothing of the flow expects it of the actions; an empty one says that no message comes. */
function othersOf({ flow, others }: ScenarioYaml): Scenario['flow']['othersAllowed'] {
  return others === 'allowed' || (others === undefined && flow === undefined) ? 'all' : (others ?? []);
}

function toActor(name: string, its: ScenarioYaml['actors'][string]): Actor {
  const on = new Map(
    Object.entries(its.on).map(([method, reaction]) => [method, toReaction(reaction)] as const),
  );
  if ('as' in its) {
    return { kind: 'application-server', name, host: its.as, on };
  }
  if ('agent' in its) {
    return { kind: 'network-agent', name, host: its.agent, on };
  }
  const { ue, privateIdentity, proxy, securityAgreement, accessNetworkInfo, credentials } = its;
  const address = its.symbol?.replace(/^\[|\]$/g, '');
  return {
    kind: 'ue',
    name,
    publicIdentity: ue,
    privateIdentity,
    proxy,
    securityAgreement,
    accessNetworkInfo,
    on,
    ...(credentials && {
      credentials: { aka: credentials.aka && toAka(credentials.aka), digest: credentials.digest },
    }),
    ...(address !== undefined && isIP(address) !== 0 && { address }),
  };
}

function toReaction(reaction: ScenarioYaml['actors'][string]['on'][string]): Reaction {
  if (reaction === 'silent') {
    return { kind: 'silent' };
  }
  return typeof reaction === 'number'
    ? { kind: 'answer', status: reaction, headers: [] }
    : { kind: 'answer', status: reaction.status, headers: Object.entries(reaction.headers) };
}

function toRole(role: ScenarioYaml['elements'][string]): ElementRole {
  return typeof role === 'string'
    ? { kind: role }
    : { kind: 'external', transport: role.external.transport, ...role.external.at };
}

/** Of the scenario's own `elements`, and of those of a network that stands in it. */
function externalAt({ elements, network }: ScenarioYaml, file: string, places: Places): Map<string, Place> {
  const its = typeof network === 'string' ? [] : Object.entries(network.operators);
  const inDns = typeof network === 'string' || network.dns.external === undefined ? [] : [network.dns.name];
  const paths = [
    ...its.flatMap(([domain, operator]) =>
      Object.entries(operator.elements).flatMap(([name, element]) =>
        element.external === undefined ? [] : [[name, ['network', 'operators', domain, 'elements']] as const],
      ),
    ),
    ...Object.entries(elements).flatMap(([name, role]) =>
      typeof role === 'string' ? [] : [[name, ['elements']] as const],
    ),
  ];
  return new Map([
    ...inDns.map((name) => [name, { file, ...places.at(['network', 'dns', 'external']) }] as const),
    ...paths.map(([name, path]) => [name, { file, ...places.at([...path, name, 'external']) }] as const),
  ]);
}

function toNetwork(
  { network }: ScenarioYaml,
  file: string,
  places: Places,
  actors: readonly Actor[],
  complaints: Complaint[],
): NetworkSource {
  const folder = dirname(file);
  if (typeof network === 'string') {
    const named = { file: network, at: { file, ...places.at(['network']) } };
    return { kind: 'file', path: resolve(folder, network), named };
  }
  // a criterion may name an application server that an actor is
  const read = networkFrom(network, folder, (its) => withServers(its, actors));
  complaints.push(...read.complaints.map((one) => ({ ...one, path: ['network', ...one.path] })));
  return { kind: 'inline', network: read.value };
}

function addressSymbols({ actors }: ScenarioYaml): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(actors).flatMap(([name, its]): [string, string][] =>
      'symbol' in its && its.symbol !== undefined ? [[its.symbol.toLowerCase(), name]] : [],
    ),
  );
}

/** Who takes part in the flow, in the order in which they first do; without a flow, the actors. */
function participantsOf(actors: readonly Actor[], placed: readonly PlacedStep[]): Record<string, string> {
  const names = placed.flatMap(({ step }) => (step.kind === 'decision' ? [step.on] : [step.from, step.to]));
  const hosts = new Set(names.length === 0 ? actors.map(({ name }) => name) : names);
  return Object.fromEntries([...hosts].map((name) => [name, name]));
}
