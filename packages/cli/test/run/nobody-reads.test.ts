import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { MAIN_FLOW, newFolder } from '../ims.js';

const IMS = fileURLToPath(new URL('../../../bin/ims.js', import.meta.url));
const WITHIN_MS = 60_000;

/** `ims run` of the main flow, its temporary files in a folder of its own. */
function started(folder: string) {
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary);
  const child = spawn(process.execPath, [IMS, 'run', MAIN_FLOW, '--out', join(folder, 'out')], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (bytes: Buffer) => {
    stderr += bytes.toString();
  });
  const ended = new Promise<{ readonly status: number | null; readonly stderr: string }>((resolve) => {
    child.once('close', (status) => {
      resolve({ status, stderr });
    });
  });
  return { child, ended, temporary };
}

test('whoever reads the output goes: the run ends as it would, with its files', async () => {
  const folder = newFolder();
  const { child, ended } = started(folder);
  child.stdout.once('data', () => child.stdout.destroy());
  expect(await ended).toEqual({ status: 0, stderr: '' });
  expect(existsSync(join(folder, 'out', 'junit.xml'))).toBe(true);
});

test('a runner that is killed: its elements take away what they had on disk for it', async () => {
  const { child, ended, temporary } = started(newFolder());
  let said = '';
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (bytes: Buffer) => {
      said += bytes.toString();
      if (said.includes('elements answer')) {
        resolve();
      }
    });
  });
  expect(readdirSync(temporary)).toEqual([expect.stringMatching(/^ims-sim-/)]);
  child.kill('SIGKILL');
  await ended;
  for (let waitedMs = 0; waitedMs < WITHIN_MS && readdirSync(temporary).length > 0; waitedMs += 50) {
    await after(50);
  }
  expect(readdirSync(temporary)).toEqual([]);
});
