import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { errorCode, UserError } from '@ims-sim/element';
import { didYouMean, yamlFlaw } from '@ims-sim/element/files';
import { counted } from './text.js';

const MAX_FILES = 10_000;
const MAX_DEPTH = 32;
/** As large as a scenario file may be. */
const MAX_LOOKED_AT = 8 * 1024 * 1024;
/** Of a file only its top-level keys are looked at, which stand at the beginning of a line. */
const KEY = /^["']?([A-Za-z]\w*)["']?[ \t]*:(?=\s|$)/gm;
const OF_A_SCENARIO = ['flow', 'play', 'actors'];
const OF_A_NETWORK = ['operators', 'subscribers'];
const ALL_KEYS = [...OF_A_SCENARIO, ...OF_A_NETWORK];

/**
 * The scenario files that `paths` lead to: files as they are, of folders every `*.yaml` in them and below that is a scenario, sorted.
 * Each once, however often and by whatever path it is named: `note` is told where that is more than once. Rejects with `UserError` where a path is not there, a folder has no scenario, or a YAML file in one is neither
 * scenario nor network.
 */
export function scenarioFiles(
  paths: readonly string[],
  note: (text: string) => void = () => undefined,
): string[] {
  const complaints: string[] = [];
  const found = paths.flatMap((path) => {
    const stat = statOf(path);
    if (stat?.isDirectory() !== true) {
      if (stat?.isFile() === true && isNetwork(path)) {
        throw new UserError(`${path}: this is a network file, not a scenario: it goes behind --network`);
      }
      return [path]; // whoever reads it says what else is wrong with it
    }
    const files = yamlFiles(path, 0, new Set());
    const scenarios = files.filter((file) => kindOf(file) === 'scenario');
    complaints.push(...files.filter((file) => kindOf(file) === 'neither').map(strangerIn));
    if (scenarios.length === 0 && complaints.length === 0) {
      complaints.push(`${path}: there is no scenario in this folder (a *.yaml with \`play\` or a \`flow\`)`);
    }
    return scenarios;
  });
  if (complaints.length > 0) {
    throw new UserError(complaints.join('\n'));
  }
  return eachOnce(found, note);
}

function eachOnce(found: readonly string[], note: (text: string) => void): string[] {
  const byPlace = new Map<string, string>();
  const again = new Set<string>();
  for (const file of found) {
    const first = byPlace.get(resolve(file));
    byPlace.set(resolve(file), first ?? file);
    if (first !== undefined) {
      again.add(first);
    }
  }
  const [one] = again;
  if (one !== undefined) {
    const more = again.size - 1;
    const those = more === 0 ? `${one} is` : `${one} and ${counted(more, 'more scenario')} are`;
    note(`${those} named more than once, and played once: --repeat N plays N times`);
  }
  return [...byPlace.values()];
}

/** Nothing of what cannot be looked at either, such as a link to itself: whoever reads it says why. */
function statOf(path: string): ReturnType<typeof statSync> {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (errorCode(error) === undefined) {
      throw error;
    }
    return undefined;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (errorCode(error) === undefined) {
      throw error;
    }
    throw new UserError(`${folder}: this folder cannot be read (${String(errorCode(error))})`, {
      cause: error,
    });
  }
}

/** Not looked into: what starts with a dot, and other people's packages. A folder that is its own descendant once. */
function yamlFiles(folder: string, depth: number, seen: Set<string>): string[] {
  const real = realpathSync(folder);
  if (depth > MAX_DEPTH || seen.has(real)) {
    return [];
  }
  seen.add(real);
  const files: string[] = [];
  for (const name of namesIn(folder)) {
    const path = join(folder, name);
    if (name.startsWith('.') || name === 'node_modules') {
      continue;
    }
    const stat = statOf(path);
    if (stat === undefined) {
      continue; // a link that leads nowhere
    }
    if (stat.isDirectory()) {
      files.push(...yamlFiles(path, depth + 1, seen));
    } else if (/\.ya?ml$/.test(name)) {
      files.push(path);
    }
    if (files.length > MAX_FILES) {
      throw new UserError(`${folder}: more than ${MAX_FILES} files`);
    }
  }
  return files;
}

/** Rejects, with `UserError`, a scenario where a network file is wanted; what else is wrong with it, its reader says. */
export function checkNetworkFile(file: string): void {
  if (statOf(file)?.isFile() === true && OF_A_SCENARIO.some((key) => keysOf(file).has(key))) {
    throw new UserError(`--network ${file}: this is a scenario, not a network file`);
  }
}

function isNetwork(file: string): boolean {
  const keys = keysOf(file);
  return OF_A_NETWORK.some((key) => keys.has(key)) && !OF_A_SCENARIO.some((key) => keys.has(key));
}

function keysOf(file: string): ReadonlySet<string> {
  return new Set([...textOf(file).matchAll(KEY)].map(([, key = '']) => key));
}

/** Empty of a file that cannot be read, or is too large: its reader says so. */
function textOf(file: string): string {
  try {
    return (statOf(file)?.size ?? 0) > MAX_LOOKED_AT ? '' : readFileSync(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === undefined) {
      throw error;
    }
    return '';
  }
}

function kindOf(file: string): 'scenario' | 'network' | 'neither' {
  const keys = keysOf(file);
  if (OF_A_SCENARIO.some((key) => keys.has(key))) {
    return 'scenario';
  }
  return OF_A_NETWORK.some((key) => keys.has(key)) ? 'network' : 'neither';
}

/** A scenario whose keys are misspelt, or that was cut short, must not be left out without a word. */
function strangerIn(file: string): string {
  const flaw = yamlFlaw(textOf(file), file);
  if (flaw !== undefined) {
    return flaw;
  }
  const keys = [...keysOf(file)];
  const [meant = ''] = keys.map((key) => didYouMean(key, ALL_KEYS)).filter((text) => text !== '');
  const has = keys.slice(0, 5).join(', ');
  return (
    `${file}: neither a scenario (\`flow\`, \`play\`, \`actors\`) nor a network (\`operators\`)` +
    `${has === '' ? '' : `: it has ${has}`}${meant}; take it out of the folder, or name the files that you mean`
  );
}
