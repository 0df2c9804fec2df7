import { describe, expect, test } from '@jest/globals';
import type { MessageRecord, TraceRecord } from '@ims-sim/trace';
import type { Flow, MessageStep, Step } from '../../src/flow.js';
import { judge } from '../../src/judge/judge.js';
import { openRequests } from '../../src/judge/open-requests.js';

const NOWHERE = { address: '127.0.0.1', port: 0 };
const STEPS = 1000;
const MESSAGES = 100_000;
/** A step that looked at each message would take minutes. */
const BOUND_MS = 10_000;

function table(call: number, kind: 'OPTIONS' | '200'): string {
  return [
    kind === 'OPTIONS' ? 'OPTIONS sip:b@home2.net SIP/2.0' : 'SIP/2.0 200 OK',
    `Via: SIP/2.0/UDP a.home1.net;branch=z9hG4bKb${call}`,
    ...(kind === 'OPTIONS' ? ['Max-Forwards: 70'] : []),
    `From: <sip:a@home1.net>;tag=f${call}`,
    `To: <sip:b@home2.net>${kind === '200' ? `;tag=t${call}` : ''}`,
    `Call-ID: call-${call}`,
    'CSeq: 1 OPTIONS',
    'Content-Length: 0',
  ].join('\n');
}

function step(number: number, kind: 'OPTIONS' | '200', call: number): MessageStep {
  return {
    kind: 'message',
    step: number,
    title: kind,
    at: { file: 'x.yaml', line: 1, column: 1 },
    follows: kind === '200' ? number - 1 : undefined,
    errata: [],
    from: kind === '200' ? 'b' : 'a',
    to: kind === '200' ? 'a' : 'b',
    table: table(call, kind),
    alsoOnTheWire: new Map(),
    headers: new Map(),
    lines: new Map(),
  };
}

function record(id: number, from: string, to: string, text: string): MessageRecord {
  return {
    kind: 'message',
    id,
    atUs: id,
    from,
    to,
    source: NOWHERE,
    destination: NOWHERE,
    protocol: 'sip',
    transport: 'udp',
    bytes: Buffer.from(`${text.replaceAll('\n', '\r\n')}\r\n\r\n`, 'latin1'),
  };
}

/** Calls between the same two, one after the other: those of the flow, each a thousandth of the trace after the one before. */
function trace(): TraceRecord[] {
  const every = MESSAGES / STEPS;
  return Array.from({ length: MESSAGES }, (_, index) => {
    const call = Math.floor(index / 2);
    const isOfFlow = call % every === 0;
    const name = isOfFlow ? call / every : STEPS + call;
    const [from, to] = index % 2 === 0 ? ['a', 'b'] : ['b', 'a'];
    const text = table(name, index % 2 === 0 ? 'OPTIONS' : '200');
    return record(
      index + 1,
      from,
      to,
      isOfFlow ? text : text.replace('sip:b@home2.net SIP', 'sip:c@home2.net SIP'),
    );
  });
}

const steps: Step[] = Array.from({ length: STEPS }, (_, index) =>
  step(index + 1, index % 2 === 0 ? 'OPTIONS' : '200', Math.floor(index / 2)),
);
const flow: Flow = {
  clause: 'RFC 3261 11',
  steps,
  addressSymbols: new Map(),
  symbols: [],
  aliases: new Map(),
  othersAllowed: 'all',
};

/** Of a processor's time: the machine may have other things to do. */
function msOf(work: () => void): number {
  const began = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000;
}

describe(`${STEPS} steps against ${MESSAGES} messages`, () => {
  const long = trace();

  test('among others of the same start between the same two', () => {
    let passed = false;
    const ms = msOf(() => {
      passed = judge(flow, long).passed;
    });
    expect(passed).toBe(true);
    expect(ms).toBeLessThan(BOUND_MS);
  }, 180_000);

  test('strict, each other message unexpected', () => {
    let unexpected = 0;
    const ms = msOf(() => {
      unexpected = judge({ ...flow, othersAllowed: [] }, long).unexpected.length;
    });
    expect(unexpected).toBe(MESSAGES - STEPS);
    expect(ms).toBeLessThan(BOUND_MS);
  }, 180_000);

  test('none of the steps there', () => {
    let wrong = 0;
    const none = long.map((one) => (one.kind === 'message' ? { ...one, from: `${one.from}2` } : one));
    const ms = msOf(() => {
      wrong = judge(flow, none).steps.filter(({ right }) => !right).length;
    });
    expect(wrong).toBe(STEPS);
    expect(ms).toBeLessThan(BOUND_MS);
  }, 180_000);

  test('each step of the wrong call, with another header', () => {
    const other = steps.map((one) =>
      one.kind === 'message' ? { ...one, table: one.table.replace('CSeq: 1', 'CSeq: 2') } : one,
    );
    let wrong = 0;
    const ms = msOf(() => {
      wrong = judge({ ...flow, steps: other }, long).steps.filter(({ right }) => !right).length;
    });
    expect(wrong).toBe(STEPS);
    expect(ms).toBeLessThan(BOUND_MS);
  }, 180_000);

  test('the requests that are open', () => {
    let open = -1;
    const ms = msOf(() => {
      open = openRequests(long.slice(0, -1)).length;
    });
    expect(open).toBe(1);
    expect(ms).toBeLessThan(BOUND_MS);
  }, 180_000);
});
