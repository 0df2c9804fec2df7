#!/usr/bin/env node
import { existsSync, readdirSync, statSync } from 'node:fs';

const compiled = new URL('../dist/src/main.js', import.meta.url);
const bundled = new URL('../dist/bundle/main.js', import.meta.url);

/** The bundle, unless a package was compiled after it was made (`tsc -b` alone). */
function newest() {
  const madeMs = writtenMs(bundled);
  if (madeMs === undefined) {
    return existsSync(compiled) ? compiled : undefined;
  }
  const packages = new URL('../../', import.meta.url);
  const isStale = readdirSync(packages).some(
    (name) => (writtenMs(new URL(`${name}/dist/tsconfig.tsbuildinfo`, packages)) ?? 0) > madeMs,
  );
  return isStale ? compiled : bundled;
}

function writtenMs(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}

const main = newest();
if (main === undefined) {
  console.error('ims: not built yet. Run `npm ci` (or `npm run build`) in the project first.');
  process.exitCode = 2;
} else {
  await import(main.href);
}
