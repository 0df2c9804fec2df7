import { meantHeader } from '@ims-sim/scenario/files';
import type { RecordedEntry, RecordedFlow, RecordedPlay } from './recorded.js';

const NONE: ReadonlySet<string> = new Set();

/** Headers of a stranger's that a scenario would be taken to have misspelt: they stand in its `ownHeaders`. Each once, as first written. */
export function likeMisspelt(play: RecordedPlay, { steps }: RecordedFlow): string[] {
  const found = new Map<string, string>();
  const known = new Set<string>();
  const see = (name: string): void => {
    if (known.has(name)) {
      return;
    }
    known.add(name);
    const key = name.toLowerCase();
    if (!found.has(key) && meantHeader(name, NONE) !== undefined) {
      found.set(key, name);
    }
  };
  for (const step of steps) {
    if (step.kind === 'message') {
      headersOfTable(step.table, see);
    }
  }
  for (const entry of [...play.before, ...play.play]) {
    headersOfEntry(entry, see);
  }
  return [...found.values()];
}

function headersOfTable(table: string, see: (name: string) => void): void {
  const lines = table.split('\n');
  for (let row = 1; row < lines.length && lines[row] !== ''; row++) {
    const line = lines[row] ?? '';
    see(line.slice(0, Math.max(0, line.indexOf(':'))));
  }
}

function headersOfEntry({ options, parallel }: RecordedEntry, see: (name: string) => void): void {
  Object.keys(options['headers'] ?? {}).forEach(see);
  parallel?.flat().forEach((entry) => {
    headersOfEntry(entry, see);
  });
}
