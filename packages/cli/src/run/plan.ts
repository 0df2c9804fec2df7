import { isIP } from 'node:net';
import { type Network, UserError } from '@ims-sim/element';
import { readNetworkFile } from '@ims-sim/element/files';
import { prettyEndpoint } from '@ims-sim/host';
import { matchPattern, patternFlaw, type Scenario } from '@ims-sim/scenario';
import { networkOf, readScenarioFile } from '@ims-sim/scenario/files';
import { asItIsUp } from '../ready-file.js';
import type { RunFlags } from './flags.js';
import { type Leftovers, leftoversOf } from './leftovers.js';
import { outFolders } from './out-folders.js';
import { againstFlags, againstNetwork } from './playable.js';
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
  const complaints = scenarios.flatMap((scenario) => againstFlags(scenario, flags));
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
      return {
        scenario,
        network: networks[index] as Network,
        networkFile: networkFileOf(scenario, flags),
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

/** Rejects with `UserError` where the scenario cannot be played on it. */
function theNetwork(scenario: Scenario, instead: Network | undefined, flags: RunFlags): Network {
  const said = networkOf(scenario, instead);
  const network = flags.readyFile === undefined ? said : asItIsUp(said, flags.readyFile);
  const complaints = againstNetwork(
    network,
    { scenario, networkFile: networkFileOf(scenario, flags) },
    flags,
  );
  if (complaints.length > 0) {
    throw new UserError(complaints.join('\n'));
  }
  return network;
}

function networkFileOf({ network }: Scenario, flags: RunFlags): string | undefined {
  return flags.network ?? (network.kind === 'file' ? network.path : undefined);
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
