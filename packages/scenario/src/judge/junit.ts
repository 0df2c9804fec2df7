import { create } from 'xmlbuilder2';
import { describeDifference } from './describe.js';
import { lineOf } from './place-of.js';
import type { StepVerdict, Verdict } from './verdict.js';

/** What JUnit XML is written from: one scenario's run. */
export interface ScenarioResult {
  readonly title: string;
  /** The scenario file, as a reader finds it. */
  readonly file?: string | undefined;
  readonly verdict: Verdict;
  /** Actions that went wrong by themselves, each said in a line. */
  readonly actions: readonly string[];
  readonly timeS: number;
  /** Why it was not played to its end: an error, and steps that did not come were not reached. */
  readonly cutShort?: string | undefined;
  /** Why it was not played at all, through no fault of its own. */
  readonly notPlayed?: string | undefined;
}

type Element = ReturnType<typeof create>;

/** As `junitOf` for one scenario. */
export function junit(title: string, verdict: Verdict, actions: readonly string[], timeS: number): string {
  return junitOf([{ title, verdict, actions, timeS }]);
}

/**
 * Verdicts as JUnit XML: a test suite a scenario; in it a test case a step, one for messages that no step has, one for the actions.
 * Names say nothing of the run, so that a CI follows a case from one to the next; `line` is that of the header at fault.
 */
export function junitOf(results: readonly ScenarioResult[]): string {
  const totals = {
    tests: sum(results.map(testsOf)),
    failures: sum(results.map(failuresOf)),
    errors: sum(results.map(errorsOf)),
    time: sum(results.map(({ timeS }) => timeS)).toFixed(3),
  };
  const suites = create({ version: '1.0', encoding: 'UTF-8' }).ele('testsuites', totals);
  for (const result of results) {
    addSuite(suites, result);
  }
  return `${suites.end({ prettyPrint: true })}\n`;
}

/** Without a flow nobody judges what else came. */
function hasFlow({ verdict }: ScenarioResult): boolean {
  return verdict.steps.length > 0;
}

function testsOf(result: ScenarioResult): number {
  return result.verdict.steps.length + (hasFlow(result) ? 2 : 1);
}

function errorsOf({ cutShort }: ScenarioResult): number {
  return cutShort === undefined ? 0 : 1;
}

/** Of a run cut short, a step in which nothing was found was not reached. */
function isUnreached({ right, records }: StepVerdict, { cutShort }: ScenarioResult): boolean {
  return cutShort !== undefined && !right && records.length === 0;
}

function failuresOf(result: ScenarioResult): number {
  const { verdict, actions, cutShort } = result;
  const steps = verdict.steps.filter((one) => !one.right && !isUnreached(one, result)).length;
  const unexpected = hasFlow(result) ? Math.min(1, verdict.unexpected.length) : 0;
  return steps + unexpected + (cutShort === undefined ? Math.min(1, actions.length) : 0);
}

function addSuite(suites: Element, result: ScenarioResult): void {
  const { title, file, verdict, actions, timeS, cutShort, notPlayed } = result;
  const suite = suites.ele('testsuite', {
    name: printable(title),
    tests: testsOf(result),
    failures: failuresOf(result),
    errors: errorsOf(result),
    skipped:
      verdict.steps.filter((one) => one.skipped === true || isUnreached(one, result)).length +
      (notPlayed === undefined ? 0 : 1),
    time: timeS.toFixed(3),
    ...(file !== undefined && { file: printable(file) }),
  });
  const classname = printable(verdict.flow.clause === '' ? title : verdict.flow.clause);
  const whole = { classname, time: '0', ...(file !== undefined && { file: printable(file), line: 1 }) };
  let beforeUs = verdict.flow.beganAtUs;
  for (const one of verdict.steps) {
    const atUs = one.records[0]?.atUs;
    addStep(suite, one, { classname, timeS: secondsBetween(beforeUs, atUs) }, result);
    beforeUs = atUs === undefined ? beforeUs : Math.max(beforeUs ?? atUs, atUs);
  }
  const rest = hasFlow(result) ? suite.ele('testcase', { ...whole, name: 'no other message' }) : undefined;
  if (rest !== undefined && verdict.unexpected.length > 0) {
    const text = verdict.unexpected
      .map(({ from, to, bytes }) => `${from} to ${to}\n${bytes.toString('utf8')}`)
      .join('\n');
    const { length } = verdict.unexpected;
    const message = `${length} ${length === 1 ? 'message' : 'messages'} that no step has`;
    rest.ele('failure', { message, type: 'unexpected-message' }).txt(printable(text));
  }
  const played = suite.ele('testcase', { ...whole, name: 'every action went through' });
  if (notPlayed !== undefined) {
    played.ele('skipped', { message: printable(notPlayed) });
  }
  if (cutShort !== undefined) {
    const text = actions.length > 0 ? actions.join('\n') : cutShort;
    played.ele('error', { message: printable(cutShort), type: 'cut-short' }).txt(printable(text));
  } else if (actions.length > 0) {
    played
      .ele('failure', { message: printable(actions.join('; ')), type: 'action' })
      .txt(printable(actions.join('\n')));
  }
}

/** What a step took is what passed since those above it had come: the times of all steps are that of the flow. */
function secondsBetween(beforeUs: number | undefined, atUs: number | undefined): number {
  return atUs === undefined || beforeUs === undefined ? 0 : Math.max(0, atUs - beforeUs) / 1e6;
}

function addStep(
  suite: Element,
  one: StepVerdict,
  { classname, timeS }: { readonly classname: string; readonly timeS: number },
  result: ScenarioResult,
): void {
  const { file } = result;
  const { step, right, skipped, differences } = one;
  const name = printable(`step ${step.step}: ${step.title}`);
  const shown = file ?? step.at.file;
  const testCase = suite.ele('testcase', {
    classname,
    name,
    time: timeS.toFixed(6),
    ...(shown !== '' && {
      file: printable(shown),
      line: lineOf(step, differences[0]?.where ?? '', differences[0]?.bodyRow),
    }),
  });
  if (skipped === true) {
    testCase.ele('skipped', { message: 'optional, did not happen' });
  }
  if (isUnreached(one, result)) {
    testCase.ele('skipped', { message: 'not reached: the run was cut short' });
  } else if (!right) {
    const message = differences.map(({ where, why }) => `${where}: ${why}`).join('; ');
    const text = differences.map((difference) => describeDifference(difference).join('\n')).join('\n');
    testCase.ele('failure', { message: printable(message), type: 'step' }).txt(printable(text));
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** XML 1.0 has no control characters but tab, line feed and carriage return. */
function printable(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are what is replaced
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
}
