import type { MessageRecord } from '@ims-sim/trace';
import { firstLine } from './closest.js';
import { type Difference, NOTHING_BEFORE } from './compare-message.js';
import { answerCommand, commandIn } from './diameter-commands.js';
import { peekDns } from './dns-question.js';
import { difference, wrapped } from './fitting.js';
import { placeOf } from './place-of.js';
import type { StepVerdict, Verdict } from './verdict.js';

export interface FailureTextOptions {
  readonly columns: number;
  /** Files beneath this folder are written as from there. */
  readonly folder?: string | undefined;
}

/** What comes after the first steps that are wrong is often their doing. */
const MAX_STEPS_SHOWN = 6;
/** Differences of one step, and messages without a step, that are shown. */
const MAX_SHOWN = 6;

/**
 * Why a verdict is not `passed`, for a reader, in lines of `columns` at most: for each step that is wrong what was expected and where the
 * scenario says so, what came instead and in which message, who wrote it, and the clause; then the messages that no step has.
 */
export function failureText(verdict: Verdict, options: FailureTextOptions): string[] {
  const wrong = verdict.steps.filter(({ right }) => !right);
  const beganUs = beginning(verdict);
  const steps = wrong
    .slice(0, MAX_STEPS_SHOWN)
    .flatMap((one) => stepText(one, { ...options, verdict, beganUs }));
  const alsoWrong = wrong.slice(MAX_STEPS_SHOWN).map(({ step }) => step.step);
  if (alsoWrong.length > 0) {
    steps.push(...wrapped(`also wrong: ${numbers(alsoWrong)}`, options.columns, '', '  '));
  }
  const shown = verdict.unexpected
    .slice(0, MAX_SHOWN)
    .flatMap((record) =>
      wrapped(`no step has: ${startOf(record)} ${source(record, beganUs)}`, options.columns, '', '  '),
    );
  const more = verdict.unexpected.length - MAX_SHOWN;
  return [...steps, ...shown, ...(more > 0 ? [`and ${more} more that no step has`] : [])];
}

/** `step 9`, `steps 9 to 12, 14`. */
function numbers(steps: readonly number[]): string {
  const runs: [first: number, last: number][] = [];
  for (const step of steps) {
    const run = runs.at(-1);
    if (run !== undefined && run[1] === step - 1) {
      run[1] = step;
    } else {
      runs.push([step, step]);
    }
  }
  const written = runs.map(([first, last]) => (first === last ? String(first) : `${first} to ${last}`));
  return `${steps.length === 1 ? 'step' : 'steps'} ${written.join(', ')}`;
}

interface Text extends FailureTextOptions {
  readonly verdict: Verdict;
  readonly beganUs: number;
}

function stepText(one: StepVerdict, text: Text): string[] {
  const { step, differences } = one;
  const ofItself = differences.filter(({ why, since }) => why !== NOTHING_BEFORE && since === undefined);
  const shown = ofItself.slice(0, MAX_SHOWN).flatMap((each) => differenceText(one, each, text));
  const more = ofItself.length - MAX_SHOWN;
  const unheld = differences.flatMap(({ where, why }) => (why === NOTHING_BEFORE ? [where] : []));
  if (unheld.length > 0) {
    const line = `step ${step.step}, ${step.title}: ${unheld.join(', ')}: ${nothingBefore(step.follows, text.verdict)}`;
    shown.push(...wrapped(line, text.columns, '', '  '));
  }
  shown.push(...asItCame(one, text));
  if (ofItself.length === 0 && unheld.length === 0) {
    return shown; // nobody of this step is at fault
  }
  const clause = step.clause !== undefined && step.clause !== '' ? step.clause : text.verdict.flow.clause;
  const last = `${atFault(one)}; ${clause}${clause === text.verdict.flow.clause ? ` step ${step.step}` : ''}`;
  return [
    ...shown,
    ...(more > 0 ? [`  and ${more} more differences`] : []),
    ...wrapped(last, text.columns, '  ', '    '),
  ];
}

/** What came in the place of the message that empty headers refer to is told from one that did not come. */
function nothingBefore(follows: number | undefined, { steps }: Verdict): string {
  if (follows === undefined) {
    return NOTHING_BEFORE;
  }
  const came = steps.some(({ step, records }) => step.step === follows && records.length > 0);
  return came
    ? `the message that it must be like (step ${follows}) came too wrong to be told for it`
    : `${NOTHING_BEFORE} (step ${follows})`;
}

/** What was passed on as it came: one line for all that went wrong at the same step. */
function asItCame({ step, differences }: StepVerdict, { columns }: Text): string[] {
  const bySince = new Map<string, string[]>();
  for (const { where, why, since } of differences) {
    if (since !== undefined) {
      bySince.set(why, [...(bySince.get(why) ?? []), where]);
    }
  }
  return [...bySince].flatMap(([why, names]) =>
    wrapped(`step ${step.step}, ${step.title}: ${names.join(', ')}: ${why}`, columns, '', '  '),
  );
}

function differenceText(one: StepVerdict, each: Difference, text: Text): string[] {
  const { step, records, closest } = one;
  const { where, expected, got, why, bodyRow } = each;
  const isMissing = records.length === 0;
  const heading = `step ${step.step}, ${step.title}: ${isMissing ? why : `${where}: ${why}`}`;
  const place = `(${placeOf(step, where, text.folder, bodyRow)})`;
  const room = text.columns - INDENT;
  const [wanted, found] = isMissing
    ? [difference(expected, '', room)[0], difference('', got, room)[1]]
    : where === 'body' && expected.includes('\n')
      ? ['the body of the table', 'another body'] // `why` has where in it, and both texts
      : difference(expected, got, room);
  const lines = [
    ...wrapped(heading, text.columns, '', '  '),
    ...labelled('expected', wanted === '' ? '(nothing)' : wanted, place, text.columns),
  ];
  if (!isMissing) {
    return [
      ...lines,
      ...labelled('got', found === '' ? '(nothing)' : found, gotIn(one, where, text), text.columns),
    ];
  }
  return [
    ...lines,
    ...(closest === undefined || closest.length === 0
      ? labelled('got', got === '' ? 'nothing like it' : found, '', text.columns)
      : closest.flatMap((record) =>
          labelled('closest', startOf(record), source(record, text.beganUs), text.columns),
        )),
  ];
}

/** Two spaces, the label, two spaces. */
const INDENT = 12;

/** The value, and what is said of it behind it or beneath it. */
function labelled(label: string, value: string, note: string, columns: number): string[] {
  const lines = wrapped(value, columns, `  ${label.padEnd(INDENT - 4)}  `, ' '.repeat(INDENT));
  const last = lines.at(-1) ?? '';
  return note === ''
    ? lines
    : last.length + 2 + note.length <= columns
      ? [...lines.slice(0, -1), `${last}  ${note}`]
      : [...lines, ...wrapped(note, columns, ' '.repeat(INDENT), ' '.repeat(INDENT))];
}

/** Of a question and its answer, that which has the difference. */
function gotIn({ step, records }: StepVerdict, where: string, { beganUs }: Text): string {
  const isOfAnswer =
    (step.kind === 'diameter' && where.startsWith(answerCommand(step))) ||
    (step.kind === 'dns' && where !== 'question');
  const record = (isOfAnswer ? records[1] : undefined) ?? records[0];
  return record === undefined
    ? ''
    : record.kind === 'message'
      ? source(record, beganUs)
      : `(on ${record.element})`;
}

/** Who wrote what is wrong, or did not write it. */
function atFault({ step, records, differences }: StepVerdict): string {
  const did = records.length === 0 ? 'was to be written by' : 'written by';
  switch (step.kind) {
    case 'message':
      return `${did} ${step.from}`;
    case 'decision':
      return `${records.length === 0 ? 'was to be decided by' : 'decided by'} ${step.on}`;
    case 'diameter':
      return `${did} ${isOfAnswer(differences, answerCommand(step)) ? step.to : step.from}`;
    case 'dns':
      return `${did} ${records.length > 0 ? step.to : step.from}`;
  }
}

function isOfAnswer(differences: readonly Difference[], command: string): boolean {
  return differences.length > 0 && differences.every(({ where }) => where.startsWith(command));
}

function source({ id, atUs, from, to }: MessageRecord, beganUs: number): string {
  return `(message ${id}, ${((atUs - beganUs) / 1e6).toFixed(6)} s, ${from} to ${to})`;
}

function startOf(record: MessageRecord): string {
  switch (record.protocol) {
    case 'sip':
    case 'http':
      return firstLine(record);
    case 'diameter':
      return commandIn(record.bytes) ?? 'Diameter';
    case 'dns':
      return peekDns(record.bytes)?.what ?? 'DNS';
  }
}

/** Times are told from when the flow began. */
function beginning({ flow, steps, unexpected }: Verdict): number {
  const times = [...steps.flatMap(({ records }) => records), ...unexpected].map(({ atUs }) => atUs);
  return flow.beganAtUs ?? times.reduce((least, atUs) => Math.min(least, atUs), times[0] ?? 0);
}
