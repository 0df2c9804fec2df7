import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

const LAST_CHARACTERS = 200_000;
const STOP_WITHIN_MS = 4000;
/** What a program leaves behind in its group has this long to end, as long as it holds the program's output open. */
const LEFT_BEHIND_MS = 2000;

/** Every process group that the bench started and that has not ended, by its leader. */
const running = new Map();
const folders = new Set();
let interrupted = false;

process.on('exit', () => {
  for (const pid of running.keys()) {
    signalGroup(pid, 'SIGKILL');
  }
  for (const folder of folders) {
    rmSync(folder, { recursive: true, force: true });
  }
});
for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
]) {
  process.on(signal, () => {
    if (interrupted) {
      process.exit(status);
    }
    interrupted = true;
    console.error(`\nbench: ${signal}, stopping what runs`);
    // The whole group: npm's shell would not pass the signal on.
    void Promise.all([...running.values()].map(({ stop }) => stop({ isGroup: true }))).then(() =>
      process.exit(status),
    );
  });
}

/** Whether a signal asked the bench to end: what fails from then on failed for that. */
export function isInterrupted() {
  return interrupted;
}

/**
 * A program in a process group of its own, which ends with the bench whatever happens. `output` and `errors` give the last
 * 200,000 characters at least; `ended` resolves with its exit status (null: a signal, or it could not be started); `stop` ends
 * it in order, by `stopSignal`, and after 4 s without asking. `as`: the user that it runs as, by `uid` and `gid`. Throws once a
 * signal has asked the bench to end.
 */
export function start(command, args, { cwd, env, as, onOutput, stopSignal = 'SIGTERM' } = {}) {
  if (interrupted) {
    throw new Error('interrupted');
  }
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    ...as,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  const output = keepLast(child.stdout, onOutput);
  const errors = keepLast(child.stderr);
  let isOver = false;
  child.once('exit', () => {
    const kill = setTimeout(() => signalGroup(pid, 'SIGKILL'), LEFT_BEHIND_MS);
    child.once('close', () => clearTimeout(kill));
  });
  const ended = new Promise((resolve) => {
    child.once('error', () => resolve(null));
    child.once('close', (status) => resolve(status));
  }).then((status) => {
    signalGroup(pid, 'SIGKILL');
    running.delete(pid);
    isOver = true;
    return status;
  });
  const stop = async ({ isGroup = false } = {}) => {
    if (isGroup) {
      signalGroup(pid, stopSignal);
    } else {
      child.kill(stopSignal);
    }
    const kill = setTimeout(() => signalGroup(pid, 'SIGKILL'), STOP_WITHIN_MS);
    await ended;
    clearTimeout(kill);
  };
  const started = { pid, output, errors, ended, hasEnded: () => isOver, stop };
  if (pid !== undefined) {
    running.set(pid, started);
  }
  return started;
}

/** Runs a program to its end, or for `limitMs` at most. */
export async function run(command, args, { limitMs, ...options }) {
  const beganMs = performance.now();
  const child = start(command, args, options);
  const limit = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), limitMs);
  const status = await child.ended;
  clearTimeout(limit);
  return { status, output: child.output(), errors: child.errors(), tookMs: performance.now() - beganMs };
}

/** A folder that is gone when the bench ends. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'ims-bench-'));
  folders.add(folder);
  return folder;
}

/** Whether a command is there and can be started. */
export function isInstalled(command, ...args) {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 10_000 }).error === undefined;
}

/** Rejects, by name, where something else listens at one of the addresses: it would be measured instead. */
export async function checkFree(addresses, port) {
  for (const address of addresses) {
    const socket = createSocket('udp4');
    await new Promise((resolve, reject) => {
      socket.once('error', (cause) =>
        reject(new Error(`${address}:${port} cannot be used: is something else running there?`, { cause })),
      );
      socket.bind(port, address, resolve);
    });
    await new Promise((resolve) => socket.close(resolve));
  }
}

export function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function keepLast(stream, onOutput) {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk) => {
    text += chunk;
    if (text.length > 2 * LAST_CHARACTERS) {
      text = text.slice(-LAST_CHARACTERS);
    }
    onOutput?.(text);
  });
  return () => text;
}

function signalGroup(pid, signal) {
  try {
    if (pid !== undefined) {
      process.kill(-pid, signal);
    }
  } catch {
    // it has ended
  }
}
