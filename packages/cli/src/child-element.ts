import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ElementCommand, ElementStart, Listening, ToElement } from '@ims-sim/element';
import { CLOCK_ORIGIN, clockOrigin } from '@ims-sim/host';
import { ElementChannel } from './element-channel.js';

const PROCESS = fileURLToPath(new URL('./element-process.js', import.meta.url));
const LAST_LINES = 15;
/** A told element has this long to end in order before it is killed. */
const STOP_WITHIN_MS = 2000;

/** The process of one element, from the runner's side. */
export interface ChildElement {
  readonly name: string;
  readonly pid: number;
  /** Gives the configuration; resolves with where it listens, rejects with `UserError` where it cannot start. */
  start(start: ElementStart): Promise<Listening>;
  /** Tells it where the others are; resolves once it is ready to serve. */
  meetOthers(message: Extract<ToElement, { kind: 'others' }>): Promise<void>;
  /** An operator's word; gives why it could not be done, or undefined. One at a time. */
  command(command: ElementCommand): Promise<string | undefined>;
  /** Resolves once it has dealt with all that had come to it, and told the trace; or once it is gone. */
  turn(): Promise<void>;
  /** `kill -9`: no `crashed` comes of it. Resolves once the process is gone. */
  kill(): Promise<void>;
  /** Resolves, once, when the process ends without having been told to. */
  readonly crashed: Promise<Crash>;
  /** Resolves with how the process ended: `killed by SIGKILL`. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

/** An element that ended on its own, and the last lines that it logged. */
export interface Crash {
  readonly name: string;
  readonly how: string;
  readonly lastLines: readonly string[];
}

/** How an element ended, for a reader: `what` says when, or what came of it. */
export function endOf({ name, how, lastLines }: Crash, what: string): string {
  return lastLines.length === 0
    ? `${name} ${how}${what}; it wrote nothing`
    : [`${name} ${how}${what}; its last lines:`, ...lastLines].join('\n  ');
}

/** Starts the process; its code loads while the caller prepares the configuration. */
export function forkElement(name: string, kind: string, onLine: (line: string) => void): ChildElement {
  const child = fork(PROCESS, [kind], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: nodeOptions(name),
    env: { ...process.env, [CLOCK_ORIGIN]: String(clockOrigin) },
  });
  const lastLines = rememberLines(child, onLine);
  const ended = endOfProcess(child);
  const lastWords = (how: string): string => endOf({ name, how, lastLines }, '');
  const channel = new ElementChannel({ name, child, ended, lastWords });
  let told = false;
  return {
    name,
    pid: child.pid ?? -1,
    start: async (start) => (await channel.ask('listening', { kind: 'start', start })).listening,
    meetOthers: async (message) => void (await channel.ask('ready', message)),
    command: async (command) => (await channel.ask('done', { kind: 'command', command })).failure,
    turn: () => channel.turn(),
    async kill() {
      told = true;
      child.kill('SIGKILL');
      await ended;
    },
    crashed: ended.then((how) => (told ? new Promise<never>(() => undefined) : { name, how, lastLines })),
    ended,
    async stop() {
      told = true;
      if (child.exitCode === null && child.signalCode === null) {
        channel.tell({ kind: 'stop' });
        const kill = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
        await ended;
        clearTimeout(kill);
      }
    },
  };
}

function endOfProcess(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      resolve(error.message);
    });
    child.once('close', (code, signal) => {
      resolve(signal ? `killed by ${signal}` : `ended with status ${code ?? 'unknown'}`);
    });
  });
}

function rememberLines(child: ChildProcess, onLine: (line: string) => void): string[] {
  const lastLines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) {
      createInterface({ input: stream }).on('line', (line) => {
        lastLines.push(line.slice(0, 500));
        if (lastLines.length > LAST_LINES) {
          lastLines.shift();
        }
        onLine(line);
      });
    }
  }
  return lastLines;
}

/**
 * Room for what lives as long as a transaction: with V8's 16 MiB a busy element copies it again and again (measured: a tenth of
 * its CPU). It is used as far as it is needed.
 */
const YOUNG_GENERATION = '--max-semi-space-size=32';

/** `IMS_NODE_OPTIONS_<name>` or `IMS_NODE_OPTIONS`, e.g. `--cpu-prof`, for whoever profiles an element. */
function nodeOptions(name: string): string[] {
  const options = process.env[`IMS_NODE_OPTIONS_${name}`] ?? process.env['IMS_NODE_OPTIONS'];
  return [YOUNG_GENERATION, ...(options === undefined ? [] : options.split(' '))];
}
