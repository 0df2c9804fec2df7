import { create } from 'xmlbuilder2';
import { describeDifference } from './describe.js';
import type { Verdict } from './verdict.js';

/**
 * The verdict as JUnit XML: a test case a step, one for messages that no step has, one for `actions` that went wrong by themselves,
 * each said in a line. `timeS`: how long the run took.
 */
export function junit(title: string, verdict: Verdict, actions: readonly string[], timeS: number): string {
  const failures =
    verdict.steps.filter(({ right }) => !right).length +
    Math.min(1, verdict.unexpected.length) +
    Math.min(1, actions.length);
  const root = create({ version: '1.0', encoding: 'UTF-8' });
  const suites = root.ele('testsuites', {
    tests: verdict.steps.length + 2,
    failures,
    time: timeS.toFixed(3),
  });
  const suite = suites.ele('testsuite', {
    name: title,
    tests: verdict.steps.length + 2,
    failures,
    time: timeS.toFixed(3),
  });
  for (const { step, right, differences } of verdict.steps) {
    const name = `step ${step.step}: ${step.title}`;
    const testCase = suite.ele('testcase', { classname: verdict.flow.clause, name, time: '0' });
    if (!right) {
      const text = differences.map((difference) => describeDifference(difference).join('\n')).join('\n');
      testCase
        .ele('failure', { message: differences.map(({ where, why }) => `${where}: ${why}`).join('; ') })
        .txt(printable(text));
    }
  }
  const rest = suite.ele('testcase', { classname: verdict.flow.clause, name: 'no other message', time: '0' });
  if (verdict.unexpected.length > 0) {
    const text = verdict.unexpected
      .map(({ from, to, bytes }) => `${from} to ${to}\n${bytes.toString('utf8')}`)
      .join('\n');
    rest
      .ele('failure', { message: `${verdict.unexpected.length} messages that no step has` })
      .txt(printable(text));
  }
  const played = suite.ele('testcase', {
    classname: verdict.flow.clause,
    name: 'every action went through',
    time: '0',
  });
  if (actions.length > 0) {
    played.ele('failure', { message: actions.join('; ') }).txt(printable(actions.join('\n')));
  }
  return `${suites.end({ prettyPrint: true })}\n`;
}

/** XML 1.0 has no control characters but tab, line feed and carriage return. */
function printable(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are what is replaced
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
}
