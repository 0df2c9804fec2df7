import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { elementsOf, type Network, type SubscriberSettings, UserError } from '@ims-sim/element';
import { readNetworkFile } from '@ims-sim/element/files';
import { playFromSipp, type SippPlay, yaml } from '@ims-sim/record';

export interface ImportFlags {
  /** The scenario file to write; undefined: beside the SIPp file. */
  readonly out?: string;
  readonly network: string;
}

/**
 * `ims import sipp`: a scenario of ours out of a SIPp scenario, as far as it goes; what could not be taken is said by its line. Throws
 * `UserError` where the file is no SIPp scenario.
 */
export function importSipp(file: string, flags: ImportFlags): void {
  const out = flags.out ?? join(dirname(file), `${basename(file).replace(/\.xml$/, '')}.yaml`);
  if (existsSync(out)) {
    throw new UserError(`${out}: it is there already: name another file with --out, or take it away`);
  }
  let text: string;
  try {
    text = readFileSync(file, 'latin1');
  } catch (error) {
    throw new UserError(
      `${file}: cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    );
  }
  const taken = playFromSipp(text);
  if (typeof taken === 'string') {
    throw new UserError(`${file}: ${taken}`);
  }
  if (taken.play.length === 0) {
    throw new UserError(`${file}: nothing in it is an action of a scenario`);
  }
  const network = readNetworkFile(flags.network);
  const path = relative(dirname(resolve(out)), resolve(flags.network));
  const stem = basename(out).replace(/\.ya?ml$/, '');
  let scenario = scenarioOf(taken, network, path, basename(file));
  for (const [name, content] of taken.files) {
    scenario = scenario.replaceAll(name, `${stem}-${name}`);
    writeFileSync(join(dirname(out), `${stem}-${name}`), content);
  }
  writeFileSync(out, scenario, { flag: 'wx' });
  for (const { line, text: complaint } of taken.complaints) {
    console.log(`  ${file}:${line}: ${complaint}`);
  }
  const left = taken.complaints.length;
  console.log(
    `  written   ${taken.play.length} actions: ${out}${left > 0 ? `; ${left} places to look at` : ''}`,
  );
}

function scenarioOf(taken: SippPlay, network: Network, networkPath: string, source: string): string {
  const [subscriber] = network.subscribers;
  const proxy = subscriber && elementsOf(network, subscriber.operator, 'p-cscf')[0];
  if (!subscriber || !proxy) {
    throw new UserError(`${networkPath}: has no subscriber and P-CSCF for the UE of the SIPp scenario`);
  }
  const registers = taken.play.some(({ sentence }) => / registers/.test(sentence));
  const parts = [
    yaml({ title: taken.name, clause: `SIPp ${source}`, profile: network.profile, network: networkPath }),
    ...(taken.variables.size > 0 ? [yaml({ variables: Object.fromEntries(taken.variables) })] : []),
    yaml({ actors: { UE1: actorOf(subscriber, proxy.name) } }),
    yaml({ participants: { UE1: 'UE', [proxy.name]: 'P-CSCF' } }),
    ...(registers ? [] : [yaml({ before: ['UE1 registers'] })]),
    yaml({
      play: taken.play.map(({ sentence, options }) =>
        Object.keys(options).length === 0 ? sentence : { [sentence]: options },
      ),
    }),
    '# What must come of it: a table here, or `ims record` of a run. Without one, each action must go through.\nothers: allowed\n',
  ];
  return `# yaml-language-server: $schema=scenario.schema.json\n# Taken over from ${source}.\n${parts.join('\n')}`;
}

function actorOf(subscriber: SubscriberSettings, proxy: string): unknown {
  const [{ publicIdentities }] = subscriber.implicitSets;
  return {
    ue: publicIdentities[0].identity,
    privateIdentity: subscriber.privateIdentities[0].identity,
    proxy,
  };
}
