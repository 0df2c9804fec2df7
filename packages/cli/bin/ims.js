#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/src/main.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  console.error('ims: not built yet. Run `npm ci` (or `npm run build`) in the project first.');
  process.exitCode = 2;
}
