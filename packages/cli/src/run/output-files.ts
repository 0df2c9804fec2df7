import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@ims-sim/element';
import { junit, type Scenario, type Verdict } from '@ims-sim/scenario';
import {
  captureAddresses,
  renderLadderSvg,
  renderLadderText,
  toJsonLine,
  type TraceRecord,
  writePcapng,
} from '@ims-sim/trace';
import { writableFolder } from '../writable-folder.js';
import { ladderOf, stepOf } from './verdict-ladder.js';

/** Writes what a run leaves into `folder`, each file whole: under another name first, then renamed. Gives their names. */
export function writeOutput(
  folder: string,
  scenario: Scenario,
  { verdict, failures }: { readonly verdict: Verdict; readonly failures: readonly string[] },
  records: readonly TraceRecord[],
  tookS: number,
): string[] {
  const ladder = ladderOf(scenario, verdict, records);
  const known = new Map(scenario.actors.flatMap(({ name, address }) => (address ? [[name, address]] : [])));
  const files: [name: string, content: string | Buffer][] = [
    ['ladder.svg', renderLadderSvg(ladder)],
    ['ladder.txt', `${renderLadderText(ladder, { columns: 100, unicode: true, colour: false })}\n`],
    [
      'trace.pcapng',
      writePcapng(records, {
        addressOf: captureAddresses(known),
        comment: (record) => commentOf(verdict, record),
      }),
    ],
    ['trace.jsonl', records.map((record) => `${toJsonLine(record)}\n`).join('')],
    ['junit.xml', junit(scenario.title, verdict, failures, tookS)],
  ];
  try {
    writableFolder('--out', folder);
    for (const [name, content] of files) {
      const file = join(folder, name);
      writeFileSync(`${file}.new`, content);
      renameSync(`${file}.new`, file);
    }
  } catch (error) {
    throw new UserError(`--out ${folder}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  return files.map(([name]) => name);
}

function commentOf(verdict: Verdict, record: TraceRecord): string | undefined {
  const found = stepOf(verdict, record);
  return found && `${verdict.flow.clause} step ${found.step.step}: ${found.right ? 'right' : 'WRONG'}`;
}
