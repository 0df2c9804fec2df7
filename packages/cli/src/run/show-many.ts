import type { TraceRecord } from '@ims-sim/trace';
import { relative } from 'node:path';
import { failureLines } from './failure-lines.js';
import { LiveArea } from './live-area.js';
import type { Planned } from './plan.js';
import type { Result } from './result.js';
import type { Show } from './show.js';
import { hasColour, oneLine, WIDTH } from './text.js';

interface Running {
  text: string;
  messages: number;
}

/** Several scenarios: a line for each that runs, on a terminal; a line for each that has ended; then a table of all, and what failed. */
export function showMany(out: NodeJS.WriteStream, count: number, folder: string): Show {
  const running = new Map<Planned, Running>();
  const live = new LiveArea(out, () => [...running].map(([planned, its]) => runningLine(planned, its)));
  const colour = hasColour(out);
  let done = 0;
  const line = (text: string): void => {
    live.clear();
    out.write(`${text}\n`);
  };
  const changed = (): void => {
    if (out.isTTY) {
      live.changed();
    }
  };
  return {
    began(planned) {
      running.set(planned, { text: '', messages: 0 });
      changed();
    },
    progress(planned, _label, text) {
      const its = running.get(planned);
      if (its) {
        its.text = text;
        changed();
      }
    },
    record(planned, record: TraceRecord) {
      const its = running.get(planned);
      if (its && record.kind === 'message') {
        its.messages++;
        changed();
      }
    },
    ended(result) {
      running.delete(result.planned);
      done++;
      line(`${String(done).padStart(String(count).length)} of ${count}  ${row(result, colour)}`);
      changed();
    },
    close(results) {
      live.clear();
      for (const text of [...table(results, colour), ...whatFailed(results), ...total(results, count, folder)]) {
        line(text);
      }
    },
  };
}

function runningLine({ scenario, round }: Planned, { text, messages }: Running): string {
  const what = messages > 0 ? `${messages} messages, ${text}` : text;
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
  const steps = result.kind === 'unusable' ? '' : stepsOf(result);
  const { scenario, round } = result.planned;
  const seed = result.kind === 'judged' && result.seed !== undefined ? `  seed ${result.seed}` : '';
  const text = `${steps.padStart(7)}  ${result.tookS.toFixed(2).padStart(6)} s  ${name(scenario.file, round)}${seed}`;
  return `${colour ? `${COLOURS[word]}${padded}\u001b[0m` : padded} ${cut(text)}`;
}

function stepsOf({ verdict }: Result & { kind: 'judged' }): string {
  return `${verdict.steps.filter(({ right }) => right).length}/${verdict.steps.length}`;
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
  const head = `${'verdict'.padEnd(8)} ${'steps'.padStart(7)}  ${'time'.padStart(8)}  scenario`;
  return results.length === 0 ? [] : ['', head, ...results.map((result) => row(result, colour))];
}

function whatFailed(results: readonly Result[]): string[] {
  return results.flatMap((result) => {
    if (result.kind === 'judged' && result.passed) {
      return [];
    }
    const { planned } = result;
    const head = `${WORDS[wordOf(result)]}: ${name(planned.scenario.file, planned.round)}: ${planned.scenario.title}`;
    const lines = result.kind === 'unusable' ? result.complaint.split('\n') : failureLines(result);
    const where = result.kind === 'judged' && result.files.length > 0 ? [`  report: ${planned.out}/report.html`] : [];
    return ['', head, ...lines.map((text) => `  ${text}`.trimEnd()), ...where];
  });
}

function total(results: readonly Result[], count: number, folder: string): string[] {
  const passed = results.filter((result) => result.kind === 'judged' && result.passed).length;
  const left = count - results.length;
  return [
    '',
    `${passed === count ? 'passed' : 'FAILED'}: ${passed} of ${count}${left > 0 ? `, ${left} not played` : ''}`,
    `  written into ${folder}`,
  ];
}
