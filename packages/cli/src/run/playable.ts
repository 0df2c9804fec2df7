import { type ElementSettings, type Network, unplacedElements } from '@ims-sim/element';
import { canonicalAddress, prettyEndpoint } from '@ims-sim/host';
import type { Action, Actor, Scenario, ScenarioFault } from '@ims-sim/scenario';
import { placeInFile } from '@ims-sim/scenario/files';
import type { RunFlags } from './flags.js';
import { placeOfElement, placeOfExternal, type Whereabouts } from './place-of-external.js';
import { ownAddresses } from './real-ground.js';
import { firstLines } from './text.js';

/** What of a scenario cannot be played with these options, whatever its network is: a line a complaint. */
export function againstFlags(scenario: Scenario, { simulate, attach }: RunFlags): string[] {
  const { actors, before, play } = scenario;
  const moved = simulate ? undefined : firstOf([...before, ...play], 'advance');
  const complaints: string[] = [];
  if (moved !== undefined) {
    const { line, column } = moved.at;
    complaints.push(`${moved.at.file}:${line}:${column}: the clock can only be moved with --simulate`);
  }
  const ownHosts = actors.flatMap((actor) =>
    actor.kind === 'ue' || !attach
      ? []
      : [
          `${placeOfActor(actor, scenario)}: the DNS of a network that is up cannot be told where ${actor.host} is: ` +
            'play it without --attach',
        ],
  );
  return [...complaints, ...ownHosts, ...(simulate ? [] : sharedAddresses(scenario))];
}

function sharedAddresses(scenario: Scenario): string[] {
  const own = new Set(ownAddresses().map(canonicalAddress));
  const taken = new Map<string, string>();
  return scenario.actors.flatMap((actor) => {
    const address =
      actor.kind !== 'ue' || actor.address === undefined ? undefined : canonicalAddress(actor.address);
    if (address === undefined || !own.has(address)) {
      return [];
    }
    const other = taken.get(address);
    taken.set(address, actor.name);
    const at = prettyEndpoint({ address, port: 5060 });
    return other === undefined
      ? []
      : [
          `${placeInFile(scenario.file, ['actors', actor.name, 'symbol'])}: actors.${other} and actors.${actor.name} ` +
            `would both listen at ${at}: give one another address`,
        ];
  });
}

function firstOf(actions: readonly Action[], kind: Action['kind']): Action | undefined {
  for (const action of actions) {
    const inner =
      action.kind === 'parallel' ? action.branches.flat() : action.kind === 'repeat' ? action.actions : [];
    const found = action.kind === kind ? action : firstOf(inner, kind);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

/** What of a scenario cannot be played on this network: a line a complaint, with the place that has it. */
export function againstNetwork(network: Network, whereabouts: Whereabouts, { simulate }: RunFlags): string[] {
  const { scenario } = whereabouts;
  if (network.profile !== scenario.profile) {
    const { file, profile } = scenario;
    const where = whereabouts.networkFile ?? 'its network';
    return [
      `${placeInFile(file, ['profile'])}: is for the profile ${profile}, and ${where} has ${network.profile}`,
    ];
  }
  const outside = outsideOf(network, scenario);
  if (simulate && outside !== undefined) {
    return [
      `${placeOfExternal(outside, whereabouts)}: ${outside.name} is external, and a simulation has nobody outside: ` +
        'play it without --simulate, or let `elements` say `play`',
    ];
  }
  return [...againstDns(network, whereabouts), ...outOfReach(network, whereabouts)];
}

function outsideOf(
  { dns, elements }: Network,
  scenario: Scenario,
): Network['dns'] | ElementSettings | undefined {
  return dns.external === undefined
    ? elements.find((element) => element.external !== undefined && !isNobody(element, scenario))
    : dns;
}

function isNobody({ name, operator }: ElementSettings, { elements }: Scenario): boolean {
  return (elements.get(name) ?? elements.get(operator))?.kind === 'nothing';
}

/** A DNS that is somebody else's has its records from the user: of elements that all stand where he said. */
function againstDns(network: Network, whereabouts: Whereabouts): string[] {
  const { name, external } = network.dns;
  const { scenario } = whereabouts;
  if (external === undefined) {
    return [];
  }
  const servers = scenario.actors.flatMap((actor) =>
    actor.kind === 'ue'
      ? []
      : [
          `${placeOfActor(actor, scenario)}: ${name} is external, and cannot be told where ${actor.host} is: ` +
            `let \`elements\` say \`${name}: play\``,
        ],
  );
  const unplaced = unplacedElements(network).map(
    (element) =>
      `${placeOfElement(element, whereabouts)}: expected \`listen\`: ${name} is external ` +
      `(${placeOfExternal(network.dns, whereabouts)}), and cannot be told of a port that is found when it starts`,
  );
  return firstLines([...servers, ...unplaced]);
}

function placeOfActor(actor: Exclude<Actor, { readonly kind: 'ue' }>, { file }: Scenario): string {
  const path = ['actors', actor.name, actor.kind === 'network-agent' ? 'agent' : 'as'];
  return `${placeInFile(file, path)}: actors.${actor.name}`;
}

/** Faults take place in what elements of ours write: what an external one writes never meets them. */
function outOfReach(network: Network, whereabouts: Whereabouts): string[] {
  const { scenario } = whereabouts;
  return scenario.faults.flatMap((fault, index) => {
    const sender = fault.may === true ? undefined : strangerWhoSends(fault, network);
    if (sender === undefined) {
      return [];
    }
    const { name } = sender;
    const { line, column } = fault.at ?? { line: 1, column: 1 };
    const isThere = !('operator' in sender) || !isNobody(sender, scenario);
    const who = isThere
      ? `${name} is external (${placeOfExternal(sender, whereabouts)}), and nobody here reaches what it writes`
      : `\`elements\` has nobody as ${name}`;
    const otherwise = isThere ? ', or have the fault in what it is sent' : '';
    return [
      `${scenario.file}:${line}:${column}: faults.${index}: \`${fault.text}\` can never take place: ${who}: ` +
        `let \`elements\` say \`${name}: play\`${otherwise}`,
    ];
  });
}

function strangerWhoSends(
  { match: { from, alsoFrom = [], message } }: ScenarioFault,
  { dns, elements }: Network,
): Network['dns'] | ElementSettings | undefined {
  const isAnswerOfDns = message.protocol === 'dns' && message.response;
  if (dns.external !== undefined && (from === dns.name || (from === undefined && isAnswerOfDns))) {
    return dns;
  }
  const names = from === undefined ? [] : [from, ...alsoFrom];
  return elements.find(({ name, external, actor }) => external && actor !== true && names.includes(name));
}
