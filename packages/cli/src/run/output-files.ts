import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@ims-sim/element';
import { renderReport } from '@ims-sim/report';
import { type Flow, junitOf, type Verdict } from '@ims-sim/scenario';
import {
  captureAddresses,
  renderLadderSvg,
  renderLadderText,
  toJsonLine,
  type TraceRecord,
  writePcapng,
} from '@ims-sim/trace';
import { propertyText } from '../simulate/properties/property.js';
import { VERSION } from '../version.js';
import { writableFolder } from '../writable-folder.js';
import { seedLines } from './failure-lines.js';
import type { Planned } from './plan.js';
import type { Judged, Result } from './result.js';
import { ladderOf, stepOf } from './verdict-ladder.js';

const OUTPUT = ['ladder.svg', 'ladder.txt', 'trace.pcapng', 'trace.jsonl', 'junit.xml', 'report.html'];

/** Takes away what an earlier run has left: what is found in a folder is of this run. */
export function clearOutput(folder: string): void {
  for (const name of OUTPUT) {
    rmSync(join(folder, name), { force: true });
  }
}

/** Writes what a run leaves into its folder, each file whole: under another name first, then renamed. Gives their names. */
export function writeOutput(judged: Judged): string[] {
  const { planned, verdict, records } = judged;
  const { scenario, out } = planned;
  const ladder = ladderOf(scenario, verdict, records);
  const addresses = new Map(
    scenario.actors.flatMap((actor) =>
      actor.kind === 'ue' && actor.address !== undefined ? [[actor.name, actor.address] as const] : [],
    ),
  );
  return writeFiles(out, [
    ['ladder.svg', renderLadderSvg(ladder)],
    ['ladder.txt', `${renderLadderText(ladder, { columns: 100, unicode: true, colour: false })}\n`],
    [
      'trace.pcapng',
      writePcapng(records, {
        addressOf: captureAddresses(addresses),
        comment: (record) => commentOf(verdict, record),
      }),
    ],
    ['trace.jsonl', records.map((record) => `${toJsonLine(record)}\n`).join('')],
    ['junit.xml', junitOf([suiteOf(judged)])],
    ['report.html', reportOf(judged)],
  ]);
}

/** What all scenarios of a run leave together: one junit.xml; `why` those of `unplayed` were not played stands in it. */
export function writeOverall(
  folder: string,
  results: readonly Result[],
  unplayed: readonly Planned[] = [],
  why = '',
): void {
  const suites = [...results.map(suiteOf), ...unplayed.map((planned) => skippedSuite(planned, why))];
  writeFiles(folder, [['junit.xml', junitOf(suites)]]);
}

function skippedSuite(planned: Planned, notPlayed: string): Parameters<typeof junitOf>[0][number] {
  const { file, flow } = planned.scenario;
  return {
    title: titleOf(planned),
    file,
    timeS: 0,
    verdict: nothingJudged(flow, false),
    actions: [],
    notPlayed,
  };
}

function nothingJudged(flow: Flow, passed: boolean): Verdict {
  return { flow, steps: [], unexpected: [], others: [], retransmissions: [], passed };
}

function writeFiles(
  folder: string,
  files: readonly (readonly [name: string, content: string | Buffer])[],
): string[] {
  try {
    writableFolder('--out', folder);
    for (const [name, content] of files) {
      const file = join(folder, name);
      try {
        writeFileSync(`${file}.new`, content);
        renameSync(`${file}.new`, file);
      } catch (error) {
        rmSync(`${file}.new`, { force: true });
        throw error;
      }
    }
  } catch (error) {
    if (error instanceof UserError) {
      throw error;
    }
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(`--out ${folder}: ${why}`, { cause: error });
  }
  return files.map(([name]) => name);
}

function suiteOf(result: Result): Parameters<typeof junitOf>[0][number] {
  const { planned } = result;
  const timeS = secondsOf(result);
  const { file, flow } = planned.scenario;
  const suite = { title: titleOf(planned), file, timeS };
  if (result.kind === 'unusable' && result.left !== undefined) {
    const actions = result.left.failures.map(({ at, text }) => `${at.file}:${at.line}: ${text}`);
    return { ...suite, verdict: result.left.verdict, actions, cutShort: result.complaint };
  }
  if (result.kind === 'judged') {
    const actions = [
      ...result.failures.map(({ at, text }) => `${at.file}:${at.line}: ${text}`),
      ...result.broken.map(propertyText),
    ];
    return { ...suite, verdict: result.verdict, actions, cutShort: result.cutShort };
  }
  const actions = result.kind === 'unusable' ? [result.complaint] : seedLines(result, file);
  return {
    ...suite,
    verdict: nothingJudged(flow, actions.length === 0),
    actions,
    cutShort: result.kind === 'unusable' ? result.complaint : undefined,
  };
}

/** Of a simulation virtual seconds: the same seed leaves the same files, byte for byte. Of several seeds, theirs together. */
function secondsOf(result: Result): number {
  switch (result.kind) {
    case 'seeds':
      return result.seeds.reduce((all, { tookS = 0 }) => all + tookS, 0);
    case 'unusable':
      return result.seed === undefined
        ? result.tookS
        : result.left === undefined
          ? 0
          : flowSeconds(result.left);
    case 'judged':
      return result.seed === undefined ? result.tookS : flowSeconds(result);
  }
}

/** From the flow's beginning to the last message of its verdict: of one scenario of many the whole trace is not kept. */
function flowSeconds(result: Judged): number {
  const { flow, steps, unexpected, others, retransmissions } = result.verdict;
  let firstUs = flow.beganAtUs ?? Infinity;
  let lastUs = -Infinity;
  for (const list of [...steps.map(({ records }) => records), unexpected, others ?? [], retransmissions]) {
    for (const { atUs } of list) {
      firstUs = Math.min(firstUs, atUs);
      lastUs = Math.max(lastUs, atUs);
    }
  }
  return Math.max(0, lastUs - firstUs) / 1e6;
}

function titleOf({ scenario, round }: Planned): string {
  return round === undefined ? scenario.title : `${scenario.title} (${round})`;
}

function reportOf(judged: Judged): string {
  const { planned, verdict, records, failures, broken, seed, command } = judged;
  const { scenario } = planned;
  const at = { file: scenario.file, line: 1, column: 1 };
  return renderReport({
    title: titleOf(planned),
    verdict,
    records,
    participants: scenario.participants.map(([name, label]) => ({ name, label })),
    failures: [...failures, ...broken.map((each) => ({ at, text: propertyText(each) }))],
    meta: { seed, tookS: secondsOf(judged), version: VERSION, command },
  });
}

function commentOf(verdict: Verdict, record: TraceRecord): string | undefined {
  const found = stepOf(verdict, record);
  return found && `${verdict.flow.clause} step ${found.step.step}: ${found.right ? 'right' : 'WRONG'}`;
}
