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
    errors: 0,
    time: sum(results.map(({ timeS }) => timeS)).toFixed(3),
  };
  const suites = create({ version: '1.0', encoding: 'UTF-8' }).ele('testsuites', totals);
  for (const result of results) {
    addSuite(suites, result);
  }
  return `${suites.end({ prettyPrint: true })}\n`;
}

function testsOf({ verdict }: ScenarioResult): number {
  return verdict.steps.length + 2;
}

function failuresOf({ verdict, actions }: ScenarioResult): number {
  const steps = verdict.steps.filter(({ right }) => !right).length;
  return steps + Math.min(1, verdict.unexpected.length) + Math.min(1, actions.length);
}

function addSuite(suites: Element, result: ScenarioResult): void {
  const { title, file, verdict, actions, timeS } = result;
  const suite = suites.ele('testsuite', {
    name: printable(title),
    tests: testsOf(result),
    failures: failuresOf(result),
    errors: 0,
    skipped: verdict.steps.filter(({ skipped }) => skipped === true).length,
    time: timeS.toFixed(3),
    ...(file !== undefined && { file: printable(file) }),
  });
  const classname = printable(verdict.flow.clause);
  for (const one of verdict.steps) {
    addStep(suite, one, classname, file);
  }
  const rest = suite.ele('testcase', { classname, name: 'no other message', time: '0' });
  if (verdict.unexpected.length > 0) {
    const text = verdict.unexpected
      .map(({ from, to, bytes }) => `${from} to ${to}\n${bytes.toString('utf8')}`)
      .join('\n');
    const message = `${verdict.unexpected.length} messages that no step has`;
    rest.ele('failure', { message }).txt(printable(text));
  }
  const played = suite.ele('testcase', { classname, name: 'every action went through', time: '0' });
  if (actions.length > 0) {
    played.ele('failure', { message: printable(actions.join('; ')) }).txt(printable(actions.join('\n')));
  }
}

function addStep(suite: Element, one: StepVerdict, classname: string, file: string | undefined): void {
  const { step, right, skipped, differences } = one;
  const name = printable(`step ${step.step}: ${step.title}`);
  const shown = file ?? step.at.file;
  const testCase = suite.ele('testcase', {
    classname,
    name,
    time: '0',
    ...(shown !== '' && {
      file: printable(shown),
      line: lineOf(step, differences[0]?.where ?? '', differences[0]?.bodyRow),
    }),
  });
  if (skipped === true) {
    testCase.ele('skipped', { message: 'optional, did not happen' });
  }
  if (!right) {
    const message = differences.map(({ where, why }) => `${where}: ${why}`).join('; ');
    const text = differences.map((difference) => describeDifference(difference).join('\n')).join('\n');
    testCase.ele('failure', { message: printable(message) }).txt(printable(text));
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
