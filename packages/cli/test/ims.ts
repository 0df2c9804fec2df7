import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from '@jest/globals';

export const IMS = fileURLToPath(new URL('../../bin/ims.js', import.meta.url));
export const SCENARIOS = fileURLToPath(new URL('../../../../scenarios/', import.meta.url));
/** As scenarios/network.yaml has them. */
export const USIM: Readonly<Record<string, { readonly k: string; readonly opc: string }>> = {
  user1: { k: '465b5ce8b199b49faa5f0a2ee238a6bc', opc: 'cd63cb71954a9f4e48a5994e37a02baf' },
  user2: { k: 'fec86ba6eb707ed08905757b1bb44b8f', opc: '1006020f0a478bf6b699f15c062e42b3' },
};
export const MAIN_FLOW = join(SCENARIOS, 'tr-24.841-6.1.1.yaml');

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves once standard output has `text`; rejects where the process ends before. */
  says(text: string): Promise<void>;
}

/** Starts `ims` with these arguments, in a folder of its own. */
export function ims(...args: string[]): Running {
  const child = spawn(process.execPath, [IMS, ...args], {
    cwd: newFolder(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  let onOutput: () => void = () => undefined;
  child.stdout.on('data', (bytes: Buffer) => {
    stdout += bytes.toString();
    onOutput();
  });
  child.stderr.on('data', (bytes: Buffer) => {
    stderr += bytes.toString();
  });
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (status) => {
      resolve({ status, stdout, stderr });
    });
  });
  const says = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      onOutput = () => {
        if (stdout.includes(text)) {
          resolve();
        }
      };
      onOutput();
      void ended.then(() => {
        reject(new Error(`ended without saying ${text}:\n${stdout}${stderr}`));
      });
    });
  return { child, ended, says };
}

export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'ims-test-'));
}

/** The processes of elements whose parent, or whose parent once, is `pid`. */
export function alive(pids: readonly number[]): number[] {
  return pids.filter((pid) => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  });
}

/** The processes that a process has started and that are its own, where the system tells. */
export function childrenOf(parent: number): number[] {
  const file = `/proc/${parent}/task/${parent}/children`;
  return existsSync(file) ? readFileSync(file, 'utf8').split(' ').filter(Boolean).map(Number) : [];
}

/** Resolves once it is so, or after 50 s. Processes end when the system gets to it: there is no event of ours to wait for. */
export async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 1000 && !condition(); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A test that needs a program which is not ours: left out by name where it is missing, unless IMS_PEERS_REQUIRED is set. */
export function testWith(program: string): typeof test | typeof test.skip {
  const there = spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
  return there || process.env['IMS_PEERS_REQUIRED'] !== undefined ? test : test.skip;
}
