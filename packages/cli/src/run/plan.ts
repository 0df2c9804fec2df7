import { isIP } from 'node:net';
import { type ElementSettings, type Network, unplacedElements, UserError } from '@ims-sim/element';
import { readNetworkFile } from '@ims-sim/element/files';
import { canonicalAddress, prettyEndpoint } from '@ims-sim/host';
import { type Action, matchPattern, patternFlaw, type Scenario } from '@ims-sim/scenario';
import { networkOf, readScenarioFile } from '@ims-sim/scenario/files';
import { asItIsUp } from '../ready-file.js';
import type { RunFlags } from './flags.js';
import { type Leftovers, leftoversOf } from './leftovers.js';
import { outFolders } from './out-folders.js';
import { ownAddresses } from './real-ground.js';
import { checkNetworkFile, scenarioFiles } from './scenario-files.js';
import { counted } from './text.js';

/** One scenario, to be played once. */
export interface Planned {
  readonly scenario: Scenario;
  readonly network: Network;
  /** What the network was read from: what has the same name may be the same network. */
  readonly networkFile: string | undefined;
  readonly leftovers: Leftovers;
  /** Where its files go. */
  readonly out: string;
  /** Options that change what is played, as a command that repeats it has them: each behind a space. */
  readonly againWith: string;
  /** From 1, where it is played more than once. */
  readonly round?: number | undefined;
}

/**
 * Reads and checks all that is to be played; `note` is told what of it may have been meant otherwise. Rejects with `UserError`, all
 * complaints in it, before anything starts.
 */
export function plan(paths: readonly string[], flags: RunFlags, note?: (text: string) => void): Planned[] {
  const scenarios = chosen(readAll(scenarioFiles(paths, note)), flags.grep);
  const complaints = scenarios.flatMap((scenario) => complaintsAbout(scenario, flags));
  if (complaints.length > 0) {
    throw new UserError(complaints.join('\n'));
  }
  if (flags.network !== undefined) {
    checkNetworkFile(flags.network);
  }
  const instead = flags.network === undefined ? undefined : readNetworkFile(flags.network);
  const networks = gathered(scenarios, (scenario) => theNetwork(scenario, instead, flags));
  const files = scenarios.map(({ file }) => file);
  const folders = outFolders(flags.out, files, { repeat: flags.repeat });
  return Array.from({ length: flags.repeat }, (_, round) =>
    scenarios.map((scenario, index): Planned => {
      const { network: source } = scenario;
      return {
        scenario,
        network: networks[index] as Network,
        networkFile: flags.network ?? (source.kind === 'file' ? source.path : undefined),
        leftovers: leftoversOf(scenario),
        againWith: againWith(flags),
        out: folders[index]?.[round] ?? flags.out,
        round: flags.repeat > 1 ? round + 1 : undefined,
      };
    }),
  ).flat();
}

function againWith({ network, keepGoing, attach, readyFile }: RunFlags): string {
  const quoted = (file: string): string => (/^[\w./@:+-]+$/.test(file) ? file : `'${file}'`);
  return [
    ...(network === undefined ? [] : [` --network ${quoted(network)}`]),
    ...(keepGoing ? [' --keep-going'] : []),
    ...(attach ? [' --attach'] : []),
    ...(readyFile === undefined ? [] : [` --ready-file ${quoted(readyFile)}`]),
  ].join('');
}

function readAll(files: readonly string[]): Scenario[] {
  return gathered(files, (file) => readScenarioFile(file));
}

/** What `make` makes of each; the complaints of all that cannot be used in one. */
function gathered<T, U>(all: readonly T[], make: (one: T) => U): U[] {
  const complaints = new Set<string>();
  const made = all.flatMap((one) => {
    try {
      return [make(one)];
    } catch (error) {
      if (!(error instanceof UserError)) {
        throw error;
      }
      complaints.add(error.message);
      return [];
    }
  });
  if (complaints.size > 0) {
    throw new UserError([...complaints].join('\n'));
  }
  return made;
}

function chosen(scenarios: readonly Scenario[], grep: string | undefined): readonly Scenario[] {
  if (grep === undefined) {
    return scenarios;
  }
  const flaw = patternFlaw(grep);
  if (flaw !== undefined) {
    throw new UserError(`--grep ${grep}: not a regular expression: ${flaw}`);
  }
  const found = scenarios.filter(({ title, file, flow }) =>
    [title, file, flow.clause].some((text) => matches(grep, text)),
  );
  if (found.length === 0) {
    throw new UserError(
      `--grep ${grep}: matches none of ${counted(scenarios.length, 'scenario')} (title, file, clause)`,
    );
  }
  return found;
}

/** Bounded in time, as the patterns of scenario files are: backtracking may take for ever. */
function matches(grep: string, text: string): boolean {
  const result = matchPattern(grep, text, 'i');
  if (result.kind === 'unusable') {
    throw new UserError(`--grep ${grep}: ${result.why}; write it simpler`);
  }
  return result.kind === 'matches';
}

function theNetwork(scenario: Scenario, instead: Network | undefined, flags: RunFlags): Network {
  const said = networkOf(scenario, instead);
  const network = flags.readyFile === undefined ? said : asItIsUp(said, flags.readyFile);
  const { file, profile } = scenario;
  if (network.profile !== profile) {
    const where = flags.network ?? (scenario.network.kind === 'file' ? scenario.network.path : 'its network');
    throw new UserError(`${file}: is for the profile ${profile}, and ${where} has ${network.profile}`);
  }
  const outside =
    network.dns.external === undefined
      ? network.elements.find((element) => element.external !== undefined && !isNobody(element, scenario))
      : network.dns;
  if (flags.simulate && outside !== undefined) {
    throw new UserError(
      `${file}: ${outside.name} is external, and a simulation has nobody outside: ` +
        'play it without --simulate, or let `elements` say `play`',
    );
  }
  checkDns(network, scenario);
  return network;
}

/** A DNS that is somebody else's has its records from the user: of elements that all stand where he said. */
function checkDns(network: Network, { file, actors }: Scenario): void {
  const { name, external } = network.dns;
  const server = actors.find((actor) => actor.kind !== 'ue');
  if (external !== undefined && server !== undefined) {
    throw new UserError(
      `${file}: actors.${server.name}: ${name} is external, and cannot be told where ${server.host} is: ` +
        `let \`elements\` say \`${name}: play\``,
    );
  }
  const unplaced = unplacedElements(network).map((element) => element.name);
  if (unplaced.length > 0) {
    throw new UserError(
      `${file}: ${name} is external, and cannot be told of a port that is found when an element starts: ` +
        `give \`listen\` in the network file to ${unplaced.join(', ')}`,
    );
  }
}

function isNobody({ name, operator }: ElementSettings, { elements }: Scenario): boolean {
  return (elements.get(name) ?? elements.get(operator))?.kind === 'nothing';
}

function complaintsAbout({ file, actors, before, play }: Scenario, { simulate, attach }: RunFlags): string[] {
  const moved = simulate ? undefined : firstOf([...before, ...play], 'advance');
  const own = new Set(ownAddresses().map(canonicalAddress));
  const taken = new Map<string, string>();
  const complaints: string[] = [];
  if (moved !== undefined) {
    const { line, column } = moved.at;
    complaints.push(`${moved.at.file}:${line}:${column}: the clock can only be moved with --simulate`);
  }
  for (const actor of actors) {
    if (actor.kind !== 'ue') {
      if (attach) {
        complaints.push(
          `${file}: actors.${actor.name}: the DNS of a network that is up cannot be told where ${actor.host} is: ` +
            'play it without --attach',
        );
      }
      continue;
    }
    const address = actor.address === undefined ? undefined : canonicalAddress(actor.address);
    if (simulate || address === undefined || !own.has(address)) {
      continue;
    }
    const other = taken.get(address);
    taken.set(address, actor.name);
    if (other !== undefined) {
      const at = prettyEndpoint({ address, port: 5060 });
      complaints.push(
        `${file}: actors.${other} and actors.${actor.name} would both listen at ${at}: give one another address`,
      );
    }
  }
  return complaints;
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

/** What a run has for itself: sockets at places that the network file or an actor fixes, and what an HSS keeps on disk. */
export function claimsOf({ network, scenario }: Planned): ReadonlySet<string> {
  const endpoints = [network.dns, ...network.elements].flatMap(({ listen }) => (listen ? [listen] : []));
  const own = ownAddresses();
  return new Set([
    ...endpoints.filter(({ port }) => port > 0).map(prettyEndpoint),
    ...network.elements.flatMap(({ provisioning, protectedPorts, database, postgresql }) => [
      ...(provisioning?.listen ? [prettyEndpoint(provisioning.listen)] : []),
      ...(protectedPorts ? [`port ${protectedPorts.client}`, `port ${protectedPorts.server}`] : []),
      ...(database === undefined ? [] : [database]),
      ...(postgresql === undefined ? [] : [postgresql]),
    ]),
    ...scenario.actors.flatMap((actor) =>
      actor.kind === 'ue' &&
      actor.address !== undefined &&
      isIP(actor.address) > 0 &&
      own.includes(actor.address)
        ? [`UE ${actor.address}`]
        : [],
    ),
  ]);
}
