import { execFile } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

const IMS = fileURLToPath(new URL('../../bin/ims.js', import.meta.url));
const BUNDLE = new URL('../bundle/', import.meta.url);
const EARLIER = 1_000;
const LATER = 2_000;

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ims-bundle-'));
  written('packages/cli/package.json', '{ "type": "module" }', EARLIER);
  mkdirSync(join(folder, 'packages/cli/bin'));
  copyFileSync(IMS, join(folder, 'packages/cli/bin/ims.js'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function written(name: string, text: string, atS: number): void {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  utimesSync(file, atS, atS);
}

async function says(): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'packages/cli/bin/ims.js')]);
  return stdout.trim();
}

const COMPILED = 'packages/cli/dist/src/main.js';
const BUNDLED = 'packages/cli/dist/bundle/main.js';

test('the bundle runs while no package was compiled after it', async () => {
  written(COMPILED, 'console.log("compiled")', LATER);
  written(BUNDLED, 'console.log("bundled")', LATER);
  written('packages/sip/dist/tsconfig.tsbuildinfo', '', EARLIER);
  expect(await says()).toBe('bundled');
});

test('a bundle older than any package is left alone', async () => {
  written(COMPILED, 'console.log("compiled")', EARLIER);
  written(BUNDLED, 'console.log("bundled")', EARLIER);
  written('packages/sip/dist/tsconfig.tsbuildinfo', '', LATER);
  expect(await says()).toBe('compiled');
});

test('without a bundle what was compiled runs, and without either it is said how to build', async () => {
  written(COMPILED, 'console.log("compiled")', EARLIER);
  expect(await says()).toBe('compiled');
  rmSync(join(folder, COMPILED));
  await expect(says()).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('npm run build') as unknown,
  });
});

test('what starts a process or a thread is in the bundle, and what the report reads', () => {
  for (const name of ['main', 'element-process', 'simulated-thread', 'seed-worker', 'seed-result']) {
    expect(existsSync(new URL(`${name}.js`, BUNDLE))).toBe(true);
  }
  const page = (at: URL): string[] => readdirSync(at).filter((name) => name.endsWith('.js'));
  expect(page(new URL('page/', BUNDLE))).toEqual(
    page(new URL('../../../report/dist/src/page/', import.meta.url)),
  );
});
