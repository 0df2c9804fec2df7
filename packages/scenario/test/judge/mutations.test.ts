import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import type { MessageRecord } from '@ims-sim/trace';
import { readScenarioFile } from '../../src/files.js';
import { expectedMessage } from '../../src/expected-message.js';
import type { MessageStep } from '../../src/flow.js';
import { judge } from '../../src/judge/judge.js';
import { paperTrace } from '../paper-trace.js';

const FILE = fileURLToPath(new URL('../../../../../scenarios/tr-24.841-6.1.1.yaml', import.meta.url));
const { flow } = readScenarioFile(FILE);
const paper = paperTrace({ flow });

interface Broken {
  /** What the verdict must name. */
  readonly where: string;
  readonly how: string;
  readonly change: (text: string) => string;
}

/** Each header of a step's table taken away, and each with a value that none is; the start line; the body. */
function brokenWays(step: MessageStep): Broken[] {
  const expected = expectedMessage(step);
  if (typeof expected === 'string') {
    throw new Error(expected);
  }
  const ways = [...expected.headers.values()].flatMap(({ name }): Broken[] => {
    const lines = new RegExp(`^${name}:.*\\r\\n`, 'gm');
    const first = new RegExp(`^${name}:.*`, 'm');
    return [
      { where: name, how: 'taken away', change: (text) => text.replace(lines, '') },
      // A symbol may be anything that its header can be, so its broken value is none: no Call-ID has a space in it.
      { where: name, how: 'broken', change: (text) => text.replace(first, `${name}: this is broken`) },
    ];
  });
  const { start } = expected;
  ways.push(
    start.kind === 'request'
      ? { where: 'Request-URI', how: 'another', change: (text) => text.replace(/^(\w+ \w+:)/, '$19') }
      : {
          where: 'Status-Line',
          how: 'another phrase',
          change: (text) => text.replace(/^(SIP\/2.0 \d+ )/, '$1X'),
        },
  );
  if (expected.body !== '') {
    ways.push({
      where: 'body',
      how: 'another text',
      change: (text) => text.replace('<basic>open', '<basic>shut'),
    });
  }
  return ways;
}

const steps = flow.steps.filter((step): step is MessageStep => step.kind === 'message');
const all = steps.flatMap((step) => brokenWays(step).map((way) => ({ ...way, step, number: step.step })));

describe('what an element writes wrong fails at the step that it writes, by the name of the header', () => {
  const found = new Map(judge(flow, paper).steps.map(({ step, records }) => [step.step, records[0]]));

  test.each(all)('step $number, $where: $how', ({ step, where, change }) => {
    const record = found.get(step.step) as MessageRecord;
    const text = record.bytes.toString('latin1');
    const other = change(text);
    expect(other).not.toBe(text);
    const bytes = Buffer.from(other, 'latin1');
    const verdict = judge(
      flow,
      paper.map((one) => (one === record ? { ...record, bytes } : one)),
    );
    const [first] = verdict.steps.filter(({ right }) => !right);
    expect(first?.step.step).toBe(step.step);
    expect(first?.differences.map((difference) => difference.where)).toContain(where);
    expect(first?.records).toEqual([{ ...record, bytes }]);
    expect(verdict.passed).toBe(false);
  });

  test('that is every header of every message step', () => {
    expect(steps).toHaveLength(21);
    expect(all.length).toBeGreaterThan(2 * 200);
  });
});
