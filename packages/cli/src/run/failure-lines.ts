import { failureText } from '@ims-sim/scenario';
import { repeatCommand } from '../simulate/seeds.js';
import type { Judged, Result, Seeds } from './result.js';
import { WIDTH, wrap } from './text.js';

const SEEDS_SHOWN = 5;

/** What went wrong, for a reader: where the file says what was expected, what came instead, and who sent it. */
export function failureLines(result: Result): string[] {
  switch (result.kind) {
    case 'judged':
      return result.passed ? [] : ofJudged(result);
    case 'seeds':
      return seedLines(result, result.planned.scenario.file);
    case 'unusable':
      return result.complaint.split('\n');
  }
}

function ofJudged({ verdict, failures, broken, seed, command }: Judged): string[] {
  return [
    ...failures.map(({ at, text }) => `${at.file}:${at.line}: ${text}`),
    ...(verdict.passed ? [] : failureText(verdict, { columns: WIDTH - 2, folder: process.cwd() })),
    ...broken.flatMap(({ property, text }) => wrap(`${property}: ${text}`, '', '  ').map(short)),
    ...(seed === undefined ? [] : [`again: ${command}`]),
  ];
}

/** A word may be longer than a line is. */
function short(line: string): string {
  return line.length > WIDTH - 2 ? `${line.slice(0, WIDTH - 3)}…` : line;
}

/** What failed with which seed, and how to see it again. */
export function seedLines({ seeds }: Seeds, file: string): string[] {
  const wrong = seeds.filter(({ passed }) => !passed);
  const more = wrong.length - SEEDS_SHOWN;
  return [
    ...wrong
      .slice(0, SEEDS_SHOWN)
      .flatMap(({ seed, failures }) => [
        `seed ${seed}: again: ${repeatCommand(file, seed)}`,
        ...failures.map((text) => `  ${text}`),
      ]),
    ...(more > 0
      ? [
          `and ${more} more seeds: ${wrong
            .slice(SEEDS_SHOWN, 50)
            .map(({ seed }) => seed)
            .join(' ')}`,
        ]
      : []),
  ];
}
