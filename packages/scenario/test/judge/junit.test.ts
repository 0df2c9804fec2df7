import { describe, expect, test } from '@jest/globals';
import { junitOf } from '../../src/judge/junit.js';
import type { Verdict } from '../../src/judge/verdict.js';

const NO_FLOW: Verdict = {
  flow: { clause: '', participants: [], steps: [], symbols: new Map() } as unknown as Verdict['flow'],
  steps: [],
  unexpected: [],
  others: [],
  retransmissions: [],
  passed: true,
};
const RUN = { title: 'a call', file: 'call.yaml', verdict: NO_FLOW, actions: [], timeS: 1 };

describe('JUnit XML', () => {
  test('without a flow no case says that nothing else came; the one there is has a class name, file and line', () => {
    const xml = junitOf([RUN]);
    expect(xml).not.toContain('no other message');
    expect(xml).toContain('tests="1" failures="0" errors="0"');
    expect(xml).toMatch(/<testcase classname="a call" time="0" file="call.yaml" line="1" name="every action/);
  });

  test('an action that failed is a failure with a type', () => {
    const xml = junitOf([{ ...RUN, actions: ['call.yaml:3: got 404'] }]);
    expect(xml).toContain('failures="1" errors="0"');
    expect(xml).toContain('<failure message="call.yaml:3: got 404" type="action">');
  });

  test('a run cut short is an error, and no failure', () => {
    const xml = junitOf([{ ...RUN, cutShort: 'not over within 60 s (--timeout)' }]);
    expect(xml).toContain('failures="0" errors="1"');
    expect(xml).toContain('<error message="not over within 60 s (--timeout)" type="cut-short">');
    expect(xml).not.toContain('<failure');
  });
});
