import type { MessageRecord, TraceRecord } from '@ims-sim/trace';
import type { Flow, MessageStep, Step } from '../../src/flow.js';
import { judge } from '../../src/judge/judge.js';
import type { Verdict } from '../../src/judge/verdict.js';
import { paperTrace } from '../paper-trace.js';

export const AT = { file: 'scenarios/small.yaml', line: 10, column: 3 };

/** A step of a message, each line of its table on a line of the file from 100 times its number on. */
export function message(
  step: number,
  from: string,
  to: string,
  lines: readonly string[],
  more: Partial<MessageStep> = {},
): MessageStep {
  const head = lines.slice(1, lines.includes('') ? lines.indexOf('') : undefined);
  return {
    kind: 'message',
    step,
    title: `${(lines[0] ?? '').replace('SIP/2.0 ', '').split(' ')[0] ?? ''} (${from} to ${to})`,
    at: AT,
    from,
    to,
    errata: [],
    follows: step > 1 ? step - 1 : undefined,
    table: lines.join('\n'),
    alsoOnTheWire: new Map(),
    headers: new Map(),
    lines: new Map([
      ['', step * 100],
      ...head.map((line, index): [string, number] => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        step * 100 + index + 1,
      ]),
    ]),
    ...more,
  };
}

export function flowOf(steps: readonly Step[], more: Partial<Flow> = {}): Flow {
  return {
    clause: 'RFC 0000 1',
    steps,
    addressSymbols: new Map(),
    symbols: [],
    aliases: new Map(),
    othersAllowed: [],
    ...more,
  };
}

/** The trace of a network that does what the steps say. */
export function traceOf(steps: readonly Step[], more: Partial<Flow> = {}): TraceRecord[] {
  return paperTrace({ flow: flowOf(steps, more) });
}

/** The same records in another order, their places in time given anew. */
export function inOrder(records: readonly (TraceRecord | undefined)[]): TraceRecord[] {
  return records.flatMap((record, index) =>
    record === undefined ? [] : [{ ...record, id: index + 1, atUs: (index + 1) * 1000 }],
  );
}

/** The trace with another text in one of its messages. */
export function changed(
  trace: readonly TraceRecord[],
  index: number,
  from: string | RegExp,
  to: string,
): TraceRecord[] {
  return trace.map((record, at) => {
    if (at !== index || record.kind !== 'message') {
      return record;
    }
    const before = record.bytes.toString('latin1');
    const after = before.replace(from, to);
    if (after === before) {
      throw new Error(`${String(from)} is not in ${before}`);
    }
    return { ...record, bytes: Buffer.from(after, 'latin1') };
  });
}

export function messageAt(trace: readonly TraceRecord[], index: number): MessageRecord {
  const record = trace[index];
  if (record?.kind !== 'message') {
    throw new Error(`no message at ${index}`);
  }
  return record;
}

/** Where each step that is wrong differs. */
export function wrong(verdict: Verdict): Record<number, string> {
  return Object.fromEntries(
    verdict.steps
      .filter(({ right }) => !right)
      .map(({ step, differences }) => [step.step, differences.map(({ where }) => where).join(' ')]),
  );
}

export function judged(
  flow: Flow,
  trace: readonly TraceRecord[],
): { passed: boolean; wrong: Record<number, string> } {
  const verdict = judge(flow, trace);
  return { passed: verdict.passed, wrong: wrong(verdict) };
}
