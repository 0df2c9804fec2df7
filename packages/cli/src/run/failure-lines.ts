import { failureText } from '@ims-sim/scenario';
import { propertyText } from '../simulate/properties/property.js';
import { repeatCommand, type SeedResult } from '../simulate/seeds.js';
import { excerptLines } from './ladder-excerpt.js';
import type { Judged, Result, Seeds } from './result.js';
import { counted, visible, WIDTH, wrap } from './text.js';

const SEEDS_SHOWN = 5;
/** Numbers of further ones. */
const SEEDS_NAMED = 40;
/** Of a seed's flow: with messages lost by chance, what comes after the first step that is wrong says little. */
const FLOW_LINES_OF_SEED = 8;

export interface FailureLinesOptions {
  readonly colour: boolean;
}

/** What went wrong, for a reader: where the file says what was expected, what came instead, and who sent it. */
export function failureLines(result: Result, { colour }: FailureLinesOptions = { colour: false }): string[] {
  switch (result.kind) {
    case 'judged':
      return result.passed ? [] : [...ofJudged(result).map(visible), ...excerptOf(result, colour)];
    case 'seeds':
      return result.passed ? [] : ofSeeds(result, colour);
    case 'unusable':
      return [
        ...visible(result.complaint).split('\n'),
        ...(result.left === undefined ? [] : excerptOf(result.left, colour)),
      ];
  }
}

function ofJudged({ verdict, failures, broken, seed, command }: Judged): string[] {
  return [
    ...failures.flatMap(({ at, text }) => within(`${at.file}:${at.line}: ${text}`, '', '  ')),
    ...(verdict.passed ? [] : failureText(verdict, { columns: WIDTH - 2, folder: process.cwd() })),
    ...broken.flatMap((each) => within(propertyText(each), '', '  ')),
    ...(seed === undefined ? [] : [`again: ${command}`]),
  ];
}

function excerptOf({ excerpt }: Judged, colour: boolean): string[] {
  return excerpt === undefined ? [] : ['', ...excerptLines(excerpt, { colour })];
}

/**
 * Each failing seed as a single run says it: what did not hold or went wrong, the flow's first step that is wrong, the ladder around it, and
 * what plays it again.
 */
function ofSeeds({ seeds, again, planned }: Seeds, colour: boolean): string[] {
  const { scenario, againWith } = planned;
  const { file } = scenario;
  const wrong = seeds.filter(({ passed }) => !passed);
  return [
    ...wrong.slice(0, SEEDS_SHOWN).flatMap((one) => {
      const judged = again.find(({ seed }) => seed === one.seed);
      return [
        `seed ${one.seed}${restartsOf(one)}:`,
        ...one.failures.flatMap((text) => within(text, '  ', '    ')),
        ...(judged === undefined ? [] : flowOfSeed(judged, colour)),
        `  again: ${repeatCommand(file, one.seed, againWith)}`,
      ];
    }),
    ...moreSeeds(wrong),
  ];
}

function restartsOf({ restarts }: SeedResult): string {
  return restarts === 0 ? '' : `, with ${counted(restarts, 'restart')}`;
}

function flowOfSeed({ verdict, excerpt }: Judged, colour: boolean): string[] {
  const first = verdict.steps.find(({ right }) => !right);
  const text =
    first === undefined
      ? []
      : failureText(
          { ...verdict, steps: [first], unexpected: [] },
          { columns: WIDTH - 6, folder: process.cwd() },
        );
  return [
    ...text.slice(0, FLOW_LINES_OF_SEED).map((line) => `    ${line}`),
    ...(excerpt === undefined
      ? []
      : excerptLines(excerpt, { colour, columns: WIDTH - 4 }).map((line) => `  ${line}`)),
  ];
}

/** Broken into lines, two columns shorter than a line is: they are indented by whoever shows them. */
function within(text: string, first: string, further: string): string[] {
  return wrap(text, `  ${first}`, `  ${further}`).map((line) => short(line.slice(2)));
}

/** A word may be longer than a line is. */
function short(line: string): string {
  return line.length > WIDTH - 2 ? `${line.slice(0, WIDTH - 3)}…` : line;
}

/** What failed with which seed, and how to see it again. */
export function seedLines({ seeds, planned }: Seeds, file: string): string[] {
  const wrong = seeds.filter(({ passed }) => !passed);
  return [
    ...wrong
      .slice(0, SEEDS_SHOWN)
      .flatMap(({ seed, failures }) => [
        `seed ${seed}: again: ${repeatCommand(file, seed, planned.againWith)}`,
        ...failures.map((text) => `  ${text}`),
      ]),
    ...moreSeeds(wrong),
  ];
}

function moreSeeds(wrong: readonly SeedResult[]): string[] {
  const more = wrong.slice(SEEDS_SHOWN);
  const named = more.slice(0, SEEDS_NAMED).map(({ seed }) => seed);
  const left = more.length - named.length;
  return more.length === 0
    ? []
    : wrap(
        `and ${counted(more.length, 'more seed')}: ${named.join(' ')}${left > 0 ? ` and ${counted(left, 'other')}` : ''}`,
        '',
        '  ',
      );
}
