import { existsSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { type Network, UserError } from '@ims-sim/element';
import { readNetworkFile } from '@ims-sim/element/files';
import {
  playFromSipp,
  type RecordedEntry,
  SIPP_ACTOR,
  type SippComplaint,
  type SippPlay,
  withPartner,
  yaml,
} from '@ims-sim/record';
import { type Person, peopleOf, smallNetwork, smallNetworkYaml } from '../new/scenario-text.js';
import { writableFolder } from '../writable-folder.js';
import { readable } from './captured.js';
import { checked } from './checked.js';
import { sayChecked } from './say-checked.js';
import { counted } from './counted.js';

export interface ImportFlags {
  /** The scenario file to write; undefined: beside the SIPp file. */
  readonly out?: string;
  /** Undefined: the usual one where it is there, else a small one within the scenario. */
  readonly network?: string;
}

const USUAL_NETWORK = join('scenarios', 'network.yaml');
const PARTNER = 'UE2';
const MAX_BYTES = 1 << 20;

/**
 * `ims import sipp`: a scenario of ours out of a SIPp scenario, as far as it goes, with somebody at the other side; what could not be taken
 * is said by its line. Rejects with `UserError` where the file is no SIPp scenario.
 */
export async function importSipp(file: string, flags: ImportFlags): Promise<void> {
  const out = flags.out ?? join(dirname(file), `${basename(file).replace(/\.xml$/, '')}.yaml`);
  if (existsSync(out)) {
    throw new UserError(`${out}: it is there already: name another file with --out, or take it away`);
  }
  const taken = playFromSipp(readable(file, MAX_BYTES).toString('latin1'));
  if (typeof taken === 'string') {
    throw new UserError(`${file}: ${taken}`);
  }
  if (taken.play.length === 0) {
    const why = taken.complaints.map(({ line, text }) => `\n  ${file}:${line}: ${text}`).join('');
    throw new UserError(`${file}: nothing in it is an action of a scenario${why}`);
  }
  writableFolder('--out', dirname(out));
  const imported = scenarioOf(taken, networkOf(flags.network, out), basename(file));
  write(out, imported.text, imported.files);
  const complaints = [...taken.complaints, ...imported.complaints].sort((a, b) => a.line - b.line);
  for (const { line, text } of complaints) {
    console.log(`  ${file}:${line}: ${text}`);
  }
  if (taken.leftOut.length > 0) {
    console.log(
      `  ${file}: ${counted(taken.leftOut.length, 'command')} of other ways left out: a comment in ${out} names them`,
    );
  }
  const left = complaints.length;
  const places = left === 0 ? '' : `; ${left} ${left === 1 ? 'place' : 'places'} to look at`;
  console.log(`  written   ${counted(taken.play.length, 'action')}: ${out}${places}`);
  sayChecked(await checked(out, true), out, 'see the places to look at');
}

interface ItsNetwork {
  readonly network: Network;
  /** The key `network` of the scenario. */
  readonly yaml: string;
}

function networkOf(named: string | undefined, out: string): ItsNetwork {
  const file = named ?? (existsSync(USUAL_NETWORK) ? USUAL_NETWORK : undefined);
  return file === undefined
    ? { network: smallNetwork, yaml: smallNetworkYaml() }
    : {
        network: readNetworkFile(file),
        yaml: yaml({ network: relative(dirname(resolve(out)), resolve(file)) }),
      };
}

interface Imported {
  readonly text: string;
  readonly files: ReadonlyMap<string, string>;
  readonly complaints: readonly SippComplaint[];
}

function scenarioOf(taken: SippPlay, { network, yaml: networkYaml }: ItsNetwork, source: string): Imported {
  const people = peopleOf(network);
  const [own] = people;
  if (own === undefined) {
    throw new UserError(
      `${source}: the network has no subscriber and P-CSCF for the UE of the SIPp scenario`,
    );
  }
  const his = partnerOf(taken, people, own);
  const complete = his.partner && withPartner(taken, { name: PARTNER, actorIdentity: own.publicIdentity });
  const play = (complete?.play ?? taken.play.map(plain)).map((entry) => towardsTarget(entry, his.strangers));
  const partner = complete?.isNeeded === true ? his.partner : undefined;
  const variables = new Map(taken.variables);
  if (partner !== undefined && (variables.has('target') || his.strangers.length > 0)) {
    variables.set('target', partner.publicIdentity);
  }
  const registers = taken.play.some(({ sentence }) => / registers/.test(sentence));
  const before = [
    ...(registers ? [] : [`${SIPP_ACTOR} registers`]),
    ...(partner ? [`${PARTNER} registers`] : []),
  ];
  const participants = {
    [SIPP_ACTOR]: 'UE',
    [own.proxy]: 'P-CSCF',
    ...(partner && partner.proxy !== own.proxy && { [partner.proxy]: 'P-CSCF of UE2' }),
    ...(partner && { [PARTNER]: 'UE2' }),
  };
  const parts = [
    `${yaml({ title: taken.name, clause: `SIPp ${source}`, profile: network.profile })}${networkYaml}`,
    ...(variables.size > 0 ? [yaml({ variables: Object.fromEntries(variables) })] : []),
    yaml({ actors: { [SIPP_ACTOR]: actorOf(own), ...(partner && { [PARTNER]: actorOf(partner) }) } }),
    yaml({ participants }),
    ...(before.length > 0 ? [yaml({ before })] : []),
    `${yaml({ play: play.map(entryOf) })}${leftOutOf(taken, source)}`,
    '# What must come of it: a table here, or `ims record` of a run. Without one, each action must go through.\nothers: allowed\n',
  ];
  const text = `# yaml-language-server: $schema=scenario.schema.json\n# Taken over from ${source}.\n${parts.join('\n')}`;
  return {
    text,
    files: new Map([...taken.files, ...(complete?.files ?? [])]),
    complaints: [...his.complaints, ...(complete?.complaints ?? [])],
  };
}

/** As a comment: our scenarios have no conditions. */
function leftOutOf({ leftOut }: SippPlay, source: string): string {
  return leftOut.length === 0
    ? ''
    : `# On other ways through ${source}, and left out:\n${leftOut
        .map(({ line, text }) => `#   line ${line}: ${printable(text)}\n`)
        .join('')}`;
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}

interface OtherSide {
  readonly partner: Person | undefined;
  /** Whom the file names, and who is nobody of the network. */
  readonly strangers: readonly string[];
  readonly complaints: readonly SippComplaint[];
}

/** Whom the file names, or, where the command line of SIPp would, somebody, of another operator if there is one. */
function partnerOf({ play }: SippPlay, people: readonly Person[], own: Person): OtherSide {
  const others = people.filter((one) => one !== own);
  const usual = others.find(({ operator }) => operator !== own.operator) ?? others[0];
  const named = play.flatMap(({ towards }) =>
    (towards.kind === 'calls' || towards.kind === 'asks') && !towards.uri.includes('${') ? [towards] : [],
  );
  const known = named.flatMap(
    ({ uri }) => others.find(({ publicIdentity }) => publicIdentity === uri) ?? [],
  )[0];
  const partner = known ?? usual;
  const isAlone = partner === undefined && play.some(({ towards }) => towards.kind !== 'nobody');
  const strange = partner === undefined ? [] : named.filter(({ uri }) => uri !== partner.publicIdentity);
  return {
    partner,
    strangers: strange.map(({ uri }) => uri),
    complaints: [
      ...strange.map(({ line, uri }) => ({
        line,
        text: `${uri} is nobody of the network that could answer: \${target} stands for it`,
      })),
      ...(isAlone
        ? [{ line: 1, text: 'the network has one subscriber only: there is nobody at the other side' }]
        : []),
    ],
  };
}

function towardsTarget(entry: RecordedEntry, strangers: readonly string[]): RecordedEntry {
  const { sentence, options, parallel } = entry;
  const said = strangers.reduce((text, uri) => text.replace(` ${uri}`, () => ' ${target}'), sentence);
  return {
    sentence: said,
    options,
    ...(parallel && { parallel: parallel.map((list) => list.map((one) => towardsTarget(one, strangers))) }),
  };
}

function plain({ sentence, options }: RecordedEntry): RecordedEntry {
  return { sentence, options };
}

function entryOf({ sentence, options, parallel }: RecordedEntry): unknown {
  if (parallel !== undefined) {
    return { parallel: parallel.map((list) => list.map(entryOf)) };
  }
  return Object.keys(options).length === 0 ? sentence : { [sentence]: options };
}

function actorOf({ publicIdentity, privateIdentity, proxy }: Person): unknown {
  return { ue: publicIdentity, privateIdentity, proxy };
}

function write(out: string, text: string, files: ReadonlyMap<string, string>): void {
  const stem = basename(out).replace(/\.ya?ml$/, '');
  let scenario = text;
  try {
    for (const [name, content] of files) {
      scenario = scenario.replaceAll(name, `${stem}-${name}`);
      writeFileSync(join(dirname(out), `${stem}-${name}`), content);
    }
    writeFileSync(out, scenario, { flag: 'wx' });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(`${out}: could not be written: ${why}`, { cause: error });
  }
}
