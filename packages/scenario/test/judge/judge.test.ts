import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { parseMessage } from '@ims-sim/sip';
import type { MessageRecord, TraceRecord } from '@ims-sim/trace';
import { judge } from '../../src/judge/judge.js';
import { readScenarioFile } from '../../src/files.js';
import { paperTrace } from '../paper-trace.js';

const FILE = fileURLToPath(new URL('../../../../../scenarios/tr-24.841-6.1.1.yaml', import.meta.url));
const scenario = readScenarioFile(FILE);
const paper = paperTrace(scenario);
const sip = paper.filter(
  (record): record is MessageRecord => record.kind === 'message' && record.protocol === 'sip',
);

/** The trace with the message of one step changed. */
function changed(record: MessageRecord, change: (text: string) => string): TraceRecord[] {
  const bytes = Buffer.from(change(record.bytes.toString('latin1')), 'latin1');
  return paper.map((other) => (other === record ? { ...record, bytes } : other));
}

function stepOf(record: MessageRecord): number {
  const found = judge(scenario.flow, paper).steps.find(({ records }) => records.includes(record));
  return found?.step.step ?? 0;
}

function wrongSteps(trace: readonly TraceRecord[]): Map<number, string> {
  const wrong = judge(scenario.flow, trace).steps.filter(({ right }) => !right);
  return new Map(
    wrong.map(({ step, differences }) => [step.step, differences.map(({ where }) => where).join(' ')]),
  );
}

describe('TR 24.841 6.1.1: the tables as they stand, slips settled', () => {
  test('a network that does what the tables say passes: 25 of 25', () => {
    const verdict = judge(scenario.flow, paper);
    expect(verdict.steps.filter(({ right }) => !right)).toEqual([]);
    expect(verdict.steps).toHaveLength(25);
    expect(verdict.passed).toBe(true);
  });

  const headers = sip.flatMap((record) => {
    const parsed = parseMessage(record.bytes.toString('latin1'));
    const lines = parsed.kind === 'message' ? parsed.message.headers.map(({ line }) => line) : [];
    return lines.map((line): [step: number, line: string, record: MessageRecord] => [
      stepOf(record),
      line,
      record,
    ]);
  });

  test.each(headers)('step %d without `%s` is wrong there', (step, line, record) => {
    const wrong = wrongSteps(changed(record, (text) => text.replace(`${line}\r\n`, '')));
    expect([...wrong.keys()][0] ?? 0).toBe(step);
  });

  // The AS's token is a symbol that no other step has: any value is right.
  const values = headers.filter(([, line]) => !/^Content-Length|tag=z9hG4bK56jk8wq/.test(line));
  test.each(values)('step %d with another value in `%s` is wrong there', (step, line, record) => {
    // One character changed, where a value is: `x` put before the last letter or digit.
    const other = line.replace(/([A-Za-z0-9])([^A-Za-z0-9]*)$/, 'x$1$2');
    const wrong = wrongSteps(changed(record, (text) => text.replace(line, other)));
    // A symbol's first value may be anything; then the next step that has it disagrees.
    expect(wrong.size).toBeGreaterThan(0);
    expect([...wrong.keys()][0] ?? 0).toBeGreaterThanOrEqual(step);
    if (!/branch|tag|Call-ID|5555/.test(line)) {
      expect([...wrong.keys()][0]).toBe(step);
      expect(wrong.get(step)?.toLowerCase()).toContain(line.slice(0, line.indexOf(':')).toLowerCase());
    }
  });

  test.each(sip.map((record): [number, MessageRecord] => [stepOf(record), record]))(
    'step %d with a header that the table does not have is wrong there, in a request',
    (step, record) => {
      const text = record.bytes.toString('latin1');
      const trace = changed(record, () =>
        text.replace('\r\nFrom:', '\r\nP-Charging-Vector: icid-value=1\r\nFrom:'),
      );
      const wrong = wrongSteps(trace);
      // A response's table leaves headers out of the paper: one may be there, as long as it is not lost on the way.
      expect(wrong.has(step) || /^SIP\/2.0/.test(text)).toBe(true);
    },
  );

  test.each(sip.map((record): [number, MessageRecord] => [stepOf(record), record]))(
    'step %d that did not come is wrong',
    (step, record) => {
      const verdict = wrongSteps(paper.filter((other) => other !== record));
      expect(verdict.get(step)).toBe('message');
    },
  );

  test('the decisions of steps 4, 10 and 12 and the Cx query of step 7 must be there', () => {
    const bare = paper.filter((record) => record.kind === 'message' && record.protocol === 'sip');
    expect([...wrongSteps(bare).keys()]).toEqual([4, 7, 10, 12]);
  });

  test('a message of the call that no step has fails the run', () => {
    const [first] = sip;
    if (!first) {
      throw new Error('no message');
    }
    const stranger: MessageRecord = { ...first, id: 1000, from: 'scscf1.home1.net', to: 'hss1.home1.net' };
    const verdict = judge(scenario.flow, [...paper, stranger]);
    expect(verdict.unexpected).toEqual([stranger]);
    expect(verdict.passed).toBe(false);
  });

  test('the NOTIFY before its SUBSCRIBE is answered at the PS is out of order', () => {
    const notify = sip.find((record) => stepOf(record) === 18);
    const early = paper.map((record) => (record === notify ? { ...record, id: 0 } : record));
    expect(wrongSteps(early).get(18)).toBe('order');
  });

  test('the bytes of a message again to somebody else are no retransmission', () => {
    const [first] = sip;
    if (!first) {
      throw new Error('no message');
    }
    const again: MessageRecord = { ...first, id: 1000 };
    expect(judge(scenario.flow, [...paper, again])).toMatchObject({ passed: true, retransmissions: [again] });
    const astray: MessageRecord = { ...first, id: 1000, to: 'scscf1.home1.net' };
    expect(judge(scenario.flow, [...paper, astray])).toMatchObject({ passed: false, unexpected: [astray] });
  });

  test.each([
    ['a display name', 'From: <sip:user1', 'From: "Somebody Else" <sip:user1', 'From'],
    ['headers in the Request-URI', 'SUBSCRIBE tel:', 'SUBSCRIBE sip:x@y?Subject=z ', 'message'],
    ['a branch without the cookie', 'branch=z9hG4bKnashds7', 'branch=nashds7', 'Via'],
  ])('%s that the table does not have is wrong', (_, from, to, where) => {
    const [first] = sip;
    if (!first) {
      throw new Error('no message');
    }
    expect(wrongSteps(changed(first, (text) => text.replace(from, to))).get(1)).toContain(where);
  });

  test('a second final response is none that the flow has, unless its request came again', () => {
    const [request, answer] = [sip.find((r) => stepOf(r) === 18), sip.find((r) => stepOf(r) === 25)];
    if (!request || !answer) {
      throw new Error('no NOTIFY, or no answer to it');
    }
    const second: MessageRecord = { ...answer, id: 1001 };
    expect(judge(scenario.flow, [...paper, second])).toMatchObject({ passed: false, unexpected: [second] });
    const requestAgain: MessageRecord = { ...request, id: 1000 };
    expect(judge(scenario.flow, [...paper, requestAgain, second])).toMatchObject({
      passed: true,
      retransmissions: [requestAgain, second],
    });
  });

  test.each([
    ['of another call', (text: string) => text.replace(/Call-ID: .*/, 'Call-ID: another')],
    ['that is no SIP', () => 'hello'],
  ])('a message %s after the flow began fails the run', (_, change) => {
    const [first] = sip;
    if (!first) {
      throw new Error('no message');
    }
    const bytes = Buffer.from(change(first.bytes.toString('latin1')), 'latin1');
    const stranger: MessageRecord = { ...first, id: 1000, bytes };
    expect(judge(scenario.flow, [...paper, stranger])).toMatchObject({
      passed: false,
      unexpected: [stranger],
    });
  });

  test('bytes behind the body of a datagram are wrong', () => {
    const [first] = sip;
    if (!first) {
      throw new Error('no message');
    }
    expect(wrongSteps(changed(first, (text) => `${text}EXTRA`)).get(1)).toBe('body');
  });
});
