import { type Clock, systemClock } from '@ims-sim/host';
import { relative } from 'node:path';
import { failureLines } from './failure-lines.js';
import type { Planned } from './plan.js';
import { hasPassed, type Result } from './result.js';
import { type Running, RunningScenarios } from './running-scenarios.js';
import type { Show } from './show.js';
import { stepCounts } from './step-counts.js';
import { counted, hasColour, oneLine, warningLines, WIDTH, wrap } from './text.js';

/**
 * Several scenarios: a line for each that runs, on a terminal; a line for each that has ended, and where nothing is rewritten
 * each 5 s what runs; then a table of all, and what failed.
 */
export function showMany(
  out: NodeJS.WriteStream,
  count: number,
  folder: string,
  clock: Clock = systemClock,
): Show {
  const running = new RunningScenarios(out, clock, runningLine);
  const colour = hasColour(out);
  let done = 0;
  return {
    began(planned) {
      running.began(planned);
    },
    progress(planned, _label, text) {
      running.update(planned, (its) => {
        its.text = text;
      });
    },
    warn(_planned, text) {
      warningLines(text).forEach((line) => {
        running.say(line);
      });
    },
    record(planned, { kind }) {
      running.update(planned, (its) => {
        its.messages += kind === 'message' ? 1 : 0;
      });
    },
    ended(result) {
      done++;
      const place = `${String(done).padStart(String(count).length)} of ${count}`;
      running.ended(result.planned, `${place}  ${row(result, colour)}`);
    },
    close(results) {
      running.close();
      for (const text of [
        ...table(results, colour),
        ...whatFailed(results, colour),
        ...total(results, count, folder),
      ]) {
        running.say(text);
      }
    },
  };
}

function runningLine({ scenario, round }: Planned, { text, messages }: Running): string {
  const what = messages > 0 ? `${counted(messages, 'message')}, ${text}` : text;
  return `  · ${oneLine(name(scenario.file, round), 44).padEnd(44)} ${oneLine(what, 48)}`;
}

const WORDS = { passed: 'passed', failed: 'FAILED', unusable: 'UNUSABLE' } as const;
const COLOURS = { passed: '\u001b[32m', failed: '\u001b[31m', unusable: '\u001b[31m' } as const;

function wordOf(result: Result): keyof typeof WORDS {
  return result.kind === 'unusable' ? 'unusable' : result.passed ? 'passed' : 'failed';
}

function row(result: Result, colour: boolean): string {
  const word = wordOf(result);
  const padded = WORDS[word].padEnd(8);
  const { scenario, round } = result.planned;
  const took = result.tookS.toFixed(2).padStart(6);
  const text = cut(`${stepsOf(result).padStart(9)}  ${took} s  ${name(scenario.file, round)}`);
  return `${colour ? `${COLOURS[word]}${padded}\u001b[0m` : padded} ${text}`;
}

/** Steps that were right, of those that happened or had to, or seeds that passed. */
function stepsOf(result: Result): string {
  switch (result.kind) {
    case 'judged': {
      const { right, of } = stepCounts(result.verdict);
      return `${right}/${of}`;
    }
    case 'seeds':
      return `${result.seeds.filter(({ passed }) => passed).length}/${result.seeds.length}`;
    case 'unusable':
      return '';
  }
}

function name(file: string, round: number | undefined): string {
  const here = relative('', file);
  return `${here.startsWith('..') ? file : here}${round === undefined ? '' : ` (${round})`}`;
}

/** Spaces stay: columns stand one below the other. */
function cut(text: string): string {
  return text.length > WIDTH - 20 ? `${text.slice(0, WIDTH - 21)}…` : text;
}

function table(results: readonly Result[], colour: boolean): string[] {
  const column = results.some(({ kind }) => kind === 'seeds') ? 'seeds' : 'steps';
  const head = `${'verdict'.padEnd(8)} ${column.padStart(9)}  ${'time'.padStart(8)}  scenario`;
  return results.length === 0 ? [] : ['', head, ...results.map((result) => row(result, colour))];
}

function whatFailed(results: readonly Result[], colour: boolean): string[] {
  return results.flatMap((result) => {
    if (hasPassed(result)) {
      return [];
    }
    const { scenario, round, out } = result.planned;
    const head = `${WORDS[wordOf(result)]}: ${name(scenario.file, round)}: ${scenario.title}`;
    const folders =
      result.kind === 'seeds'
        ? result.files
        : result.kind === 'judged' || result.left !== undefined
          ? [out]
          : [];
    return [
      '',
      ...wrap(head, '', '  '),
      ...failureLines(result, { colour }).map((text) => `  ${text}`.trimEnd()),
      ...folders.map((folder) => `  report: ${folder}/report.html`),
    ];
  });
}

function total(results: readonly Result[], count: number, folder: string): string[] {
  const passed = results.filter(hasPassed).length;
  const left = count - results.length;
  const failed = results.length - passed;
  const said =
    failed > 0
      ? `FAILED: ${failed} of ${count}, ${passed} passed`
      : `${left > 0 ? 'stopped' : 'passed'}: ${passed} of ${count}`;
  return ['', `${said}${left > 0 ? `, ${left} not played` : ''}`, `  written into ${folder}`];
}
