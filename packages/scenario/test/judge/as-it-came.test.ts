import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import type { TraceRecord } from '@ims-sim/trace';
import { expectedMessage } from '../../src/expected-message.js';
import { readScenarioFile } from '../../src/files.js';
import type { MessageStep } from '../../src/flow.js';
import { failureText } from '../../src/judge/failure-text.js';
import { judge } from '../../src/judge/judge.js';
import { paperTrace } from '../paper-trace.js';

const FILE = fileURLToPath(new URL('../../../../../scenarios/tr-24.841-6.1.1.yaml', import.meta.url));
const { flow } = readScenarioFile(FILE);
const paper = withRecordRoute(paperTrace({ flow }));
const found = new Map(judge(flow, paper).steps.map(({ step, records }) => [step.step, records[0]]));

/** One value of a header, bent by the hop that sends it. */
interface Bent {
  readonly number: number;
  readonly by: string;
  readonly header: string;
  readonly place: number;
  readonly how: string;
  readonly bend: (value: string) => string;
}

const WAYS: readonly Pick<Bent, 'how' | 'bend'>[] = [
  { how: 'another host', bend: (value) => value.replace(/\w+\.home\d\.net|\[.*\]/, 'x.example') },
  { how: 'taken off', bend: () => '' },
  { how: 'against the grammar', bend: () => '?!' },
];

const all = flow.steps
  .filter((step): step is MessageStep => step.kind === 'message')
  .flatMap((step): Bent[] =>
    ['Via', 'Record-Route'].flatMap((header) =>
      valuesOf(step, header).flatMap((value, place) =>
        value === '' ? [] : WAYS.map((way) => ({ ...way, number: step.step, by: step.from, header, place })),
      ),
    ),
  );

function valuesOf(step: MessageStep, header: string): string[] {
  const expected = expectedMessage(step);
  if (typeof expected === 'string') {
    throw new Error(expected);
  }
  return (expected.headers.get(header.toLowerCase())?.values ?? []).join(',').split(',');
}

describe('a Via or Record-Route that one hop bends is the fault of that hop alone', () => {
  test.each(all)('step $number, $header $place: $how', (bent) => {
    const verdict = judge(flow, bentFrom(bent));
    const lines = failureText(verdict, { columns: 200 });
    const blamed = lines.filter((line) => line.includes('written by'));
    expect(blamed).toEqual([`  written by ${bent.by}; TR 24.841 6.1.1 step ${bent.number}`]);
    const others = verdict.steps.filter(({ step, right }) => !right && step.step !== bent.number);
    const told = others.flatMap(({ differences }) => differences.map(({ why }) => why));
    const since = `as it came: wrong since step ${bent.number}, by ${bent.by}`;
    expect(told.filter((why) => why !== since)).toEqual([]);
  });

  test('that is every Via and Record-Route of every message, and a request is passed on', () => {
    expect(new Set(all.map(({ number }) => number)).size).toBe(21);
    expect(all.filter(({ header }) => header === 'Record-Route')).toHaveLength(3 * (1 + 2 + 2 + 3));
    const verdict = judge(flow, bentFrom(all.find(({ number }) => number === 2) as Bent));
    expect(verdict.steps.filter(({ right }) => !right).map(({ step }) => step.step)).toEqual([
      2, 3, 5, 6, 8, 9, 11, 13, 14, 15, 16,
    ]);
  });

  test('a Route of a bent Record-Route is not the fault of who has it from there (RFC 3261 12.1.1)', () => {
    const bent = all.find(({ number, header }) => number === 5 && header === 'Record-Route') as Bent;
    const verdict = judge(flow, bentFrom(bent));
    const route = verdict.steps.flatMap(({ step, differences }) =>
      differences.filter(({ where }) => where === 'Route').map(({ since }) => [step.step, since]),
    );
    const since = { step: 5, by: 'scscf1.home1.net' };
    expect(route).toEqual([
      [18, since],
      [19, since],
    ]);
  });

  test('a hop that bends its own value answers for it, whatever came', () => {
    const first = { ...(all.find(({ number }) => number === 2) as Bent) };
    const second = { ...(all.find(({ number, place }) => number === 8 && place === 0) as Bent) };
    const lines = failureText(judge(flow, bentFrom(second, bentFrom(first))), { columns: 200 });
    expect(lines.filter((line) => line.includes('written by'))).toEqual([
      '  written by pcscf1.home1.net; TR 24.841 6.1.1 step 2',
      '  written by icscf2.home2.net; TR 24.841 6.1.1 step 8',
    ]);
  });
});

/** The trace in which the value is bent from that step on: who gets it passes it on, and the route set has what Record-Route had. */
function bentFrom({ number, header, place, bend }: Bent, trace = paper): TraceRecord[] {
  const first = found.get(number);
  const now = trace.find(({ id }) => id === first?.id);
  if (now?.kind !== 'message') {
    throw new Error(`step ${number} has no message`);
  }
  const good = listOf(now.bytes.toString('latin1'), header)[place] ?? '';
  const isTrying = now.bytes.toString('latin1').startsWith('SIP/2.0 100'); // goes one hop (RFC 3261 16.7 step 5)
  return trace.map((record) => {
    if (record.kind !== 'message' || record.id < now.id || (isTrying && record !== now)) {
      return record;
    }
    let text = record.bytes.toString('latin1');
    for (const name of header === 'Via' ? ['Via'] : ['Record-Route', 'Route']) {
      const list = listOf(text, name).map((value) => (value === good ? bend(good) : value));
      const kept = list.filter((value) => value !== '').join(', ');
      text = text.replace(new RegExp(`^${name}: .*\\r\\n`, 'm'), kept === '' ? '' : `${name}: ${kept}\r\n`);
    }
    return { ...record, bytes: Buffer.from(text, 'latin1') };
  });
}

/** The tables leave Record-Route out of the 200s that have it (RFC 3261 12.1.1). */
function withRecordRoute(trace: readonly TraceRecord[]): TraceRecord[] {
  let recorded = '';
  return trace.map((record) => {
    const text = record.kind === 'message' ? record.bytes.toString('latin1') : '';
    recorded = /^Record-Route: .*\r\n/m.exec(text)?.[0] ?? recorded;
    return record.kind === 'message' && /^SIP\/2\.0 200[^]*^CSeq: \d+ SUBSCRIBE/m.test(text)
      ? { ...record, bytes: Buffer.from(text.replace('\r\n', `\r\n${recorded}`), 'latin1') }
      : record;
  });
}

function listOf(text: string, header: string): string[] {
  return (new RegExp(`^${header}: (.*)`, 'm').exec(text)?.[1] ?? '').split(/, ?/);
}
