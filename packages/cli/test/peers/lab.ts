import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@ims-sim/host/test-kit';

const IMS = fileURLToPath(new URL('../../../bin/ims.js', import.meta.url));
const TEMPLATES = fileURLToPath(new URL('../../../test/peers/', import.meta.url));
const STOP_WITHIN_MS = 3_000;
/** Only what is never said takes so long. */
const SAYS_WITHIN_MS = 60_000;

/** A program that runs, ours or somebody else's. */
export interface Program {
  /** Both outputs so far. */
  readonly output: () => string;
  /** Its exit status; null where a signal ended it. */
  readonly ended: Promise<number | null>;
  /** Resolves once its output matches; rejects, with that output, where it ends or `withinMs` pass before. */
  says(what: RegExp, withinMs?: number): Promise<void>;
  /** Ends it and all processes that it started. */
  stop(): Promise<void>;
}

/** What `ims up --ready-file` says. */
export interface Ready {
  readonly dns: string;
  readonly elements: Readonly<
    Record<string, { readonly sip?: string; readonly diameter?: string; readonly http?: string }>
  >;
}

export type Values = Readonly<Record<string, string | number>>;

/** A folder and programs that end with the test. */
export interface Lab {
  readonly folder: string;
  /** A file of `test/peers`, with `@NAME@` replaced by `values.NAME`, written into the folder (as `as`): its path. */
  template(name: string, values: Values, as?: string): string;
  start(program: string, args: readonly string[], environment?: NodeJS.ProcessEnv): Program;
  /** `ims` with these arguments, in the folder. */
  ims(...args: readonly string[]): Program;
  /** `ims up` with that network file, up to where all elements answer. */
  network(template: string, values: Values): Promise<Ready>;
}

/** Runs `work`, and leaves nothing behind: no process, no file. */
export async function withLab(work: (lab: Lab) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ims-peers-'));
  const programs: Program[] = [];
  const start: Lab['start'] = (program, args, environment = {}) => {
    const started = startProgram(program, args, folder, environment);
    programs.push(started);
    return started;
  };
  const template: Lab['template'] = (name, values, as = basename(name)) => {
    const path = join(folder, as);
    writeFileSync(path, filled(readFileSync(join(TEMPLATES, name), 'utf8'), { FOLDER: folder, ...values }));
    return path;
  };
  const ims: Lab['ims'] = (...args) => start(process.execPath, [IMS, ...args]);
  const network: Lab['network'] = async (name, values) => {
    const readyFile = join(folder, `${basename(name)}.json`);
    const up = ims('up', template(name, values), '--ready-file', readyFile);
    await up.says(/up; Ctrl-C stops it/);
    return JSON.parse(readFileSync(readyFile, 'utf8')) as Ready;
  };
  mkdirSync(join(folder, 'run'));
  try {
    await work({ folder, template, start, ims, network });
  } finally {
    await Promise.all(programs.reverse().map((program) => program.stop()));
    rmSync(folder, { recursive: true, force: true });
  }
}

function filled(text: string, values: Values): string {
  return text.replaceAll(/@([A-Z][A-Z0-9_]*)@/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`the template wants ${whole}`);
    return String(value);
  });
}

function startProgram(
  program: string,
  args: readonly string[],
  cwd: string,
  environment: NodeJS.ProcessEnv,
): Program {
  // A process group of its own: Kamailio and SIPp have children, and Ctrl-C at the terminal is the test runner's.
  const child = spawn(program, args, {
    cwd,
    detached: true,
    env: { ...process.env, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  let ended = false;
  const listeners = new Set<() => void>();
  const more = (bytes: Buffer): void => {
    output += bytes.toString('latin1');
    for (const listener of listeners) listener();
  };
  child.stdout.on('data', more);
  child.stderr.on('data', more);
  child.stdin.on('error', () => undefined); // it need not read
  const end = new Promise<number | null>((resolve) => {
    child.once('error', (error) => {
      more(Buffer.from(`${program}: ${error.message}\n`));
      ended = true;
      resolve(null);
    });
    child.once('close', (status) => {
      ended = true;
      for (const listener of listeners) listener();
      resolve(status);
    });
  });
  const says: Program['says'] = (what, withinMs = SAYS_WITHIN_MS) =>
    new Promise((resolve, reject) => {
      const done = (settle: () => void): void => {
        clearTimeout(timer);
        listeners.delete(look);
        settle();
      };
      const fail = (how: string): void => {
        done(() => reject(new Error(`${program} ${how} without saying ${String(what)}:\n${output}`)));
      };
      const look = (): void => {
        if (what.test(output)) done(resolve);
        else if (ended) fail('ended');
      };
      const timer = setTimeout(() => {
        fail(`ran ${withinMs} ms`);
      }, withinMs);
      listeners.add(look);
      look();
    });
  return { output: () => output, ended: end, says, stop: () => stop(child, end) };
}

async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  signalGroup(child, 'SIGINT');
  const timer = setTimeout(() => {
    signalGroup(child, 'SIGKILL');
  }, STOP_WITHIN_MS);
  await ended;
  clearTimeout(timer);
  signalGroup(child, 'SIGKILL'); // what it left behind in its group
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // The group is gone.
  }
}

/** Ports of the loopback address that are free for UDP and for TCP, all different. */
export async function freePorts<const Names extends readonly string[]>(
  ...names: Names
): Promise<Record<Names[number], number>> {
  const ports = new Map<string, number>();
  for (const name of names) {
    let port = await freePort();
    while ([...ports.values()].includes(port)) {
      port = await freePort();
    }
    ports.set(name, port);
  }
  return Object.fromEntries(ports) as Record<Names[number], number>;
}
