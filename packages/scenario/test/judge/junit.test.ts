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

  test('a run that was not played is skipped, and says why', () => {
    const xml = junitOf([RUN, { ...RUN, notPlayed: 'not played: another failed (--bail)' }]);
    expect(xml).toContain('<testsuites tests="2" failures="0" errors="0"');
    expect(xml).toContain('tests="1" failures="0" errors="0" skipped="1"');
    expect(xml.match(/<skipped message="not played: another failed \(--bail\)"\/>/g)).toHaveLength(1);
  });

  test('a step has the time that passed since those above it had come', () => {
    const at = (step: number, ...times: number[]) => ({
      step: { step, title: 't', kind: 'decision', at: { file: 'call.yaml', line: 1, column: 1 } },
      right: true,
      differences: [],
      errata: [],
      records: times.map((atUs) => ({ atUs })),
    });
    const steps = [at(1, 1_000_000), at(2, 1_250_000), at(3), at(4, 1_100_000), at(5, 2_000_000)];
    const flow = { ...NO_FLOW.flow, beganAtUs: 900_000 };
    const xml = junitOf([{ ...RUN, verdict: { ...NO_FLOW, flow, steps } as unknown as Verdict }]);
    expect([...xml.matchAll(/name="step \d: t" time="([\d.]+)"/g)].map(([, time]) => time)).toEqual([
      '0.100000',
      '0.250000',
      '0.000000',
      '0.000000',
      '0.750000',
    ]);
  });
});
