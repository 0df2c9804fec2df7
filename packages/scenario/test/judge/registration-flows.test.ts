import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { parseMessage } from '@ims-sim/sip';
import type { MessageRecord, TraceRecord } from '@ims-sim/trace';
import { judge } from '../../src/judge/judge.js';
import type { Scenario } from '../../src/scenario.js';
import { readScenarioFile } from '../../src/files.js';
import { paperTrace } from '../paper-trace.js';

const FOLDER = fileURLToPath(new URL('../../../../../scenarios/', import.meta.url));
const FILES = readdirSync(FOLDER).filter((name) => name.startsWith('ts-24.228-'));

interface Played {
  readonly scenario: Scenario;
  readonly paper: readonly TraceRecord[];
}

function played(file: string): Played {
  const scenario = readScenarioFile(`${FOLDER}${file}`);
  return { scenario, paper: paperTrace(scenario) };
}

function wrongSteps({ scenario, paper }: Played): Map<number, string> {
  const wrong = judge(scenario.flow, paper).steps.filter(({ right }) => !right);
  return new Map(
    wrong.map(({ step, differences }) => [step.step, differences.map(({ where }) => where).join(' ')]),
  );
}

/** The message that a step was found in. */
function messageOf({ scenario, paper }: Played, step: number): MessageRecord {
  const record = judge(scenario.flow, paper).steps.find((verdict) => verdict.step.step === step)?.records[0];
  if (record?.kind !== 'message') {
    throw new Error(`step ${step} has no message`);
  }
  return record;
}

/** The trace with another text in the message of a step. */
function changed(run: Played, step: number, change: (text: string) => string): Played {
  const record = messageOf(run, step);
  const text = record.bytes.toString('latin1');
  const other = change(text);
  expect(other).not.toBe(text);
  const bytes = Buffer.from(other, 'latin1');
  return { ...run, paper: run.paper.map((one) => (one === record ? { ...record, bytes } : one)) };
}

/** The records with their places in time given anew. */
function inThisOrder(records: readonly TraceRecord[]): TraceRecord[] {
  return records.map((record, index) => ({ ...record, id: index + 1, atUs: (index + 1) * 1000 }));
}

describe('TS 24.228 clause 6: the tables', () => {
  test.each(FILES)('%s: a network that does what the tables say passes', (file) => {
    const { scenario, paper } = played(file);
    const verdict = judge(scenario.flow, paper);
    expect(verdict.steps.filter(({ right }) => !right)).toEqual([]);
    expect(verdict.unexpected).toEqual([]);
    expect(verdict.passed).toBe(true);
  });

  test.each(['ts-24.228-6.2.yaml', 'ts-24.228-deregistration-ue.yaml'])(
    '%s: each header of each step counts',
    (file) => {
      const run = played(file);
      const notNoticed = judge(run.scenario.flow, run.paper).steps.flatMap(({ step, records: [record] }) => {
        const parsed = record?.kind === 'message' && parseMessage(record.bytes.toString('latin1'));
        const lines =
          parsed && parsed.kind === 'message' ? parsed.message.headers.map(({ line }) => line) : [];
        return lines.filter((line) => {
          const without = changed(run, step.step, (text) => text.replace(`${line}\r\n`, ''));
          return [...wrongSteps(without).keys()][0] !== step.step;
        });
      });
      expect(notNoticed).toEqual([]);
    },
    180_000,
  );
});

describe('what belongs together stays together', () => {
  const run = played('ts-24.228-6.2.yaml');

  test.each([
    ['the SPI of Security-Client', 9, /spi-c=23456789/g, 'spi-c=99'],
    ['the protected port in Via and that in Security-Client', 9, /port-s=1357/g, 'port-s=1358'],
    ['the nonce of the 401 and that of the answer', 9, /server specific data/, 'other'],
    ['Security-Server and Security-Verify', 9, /port-s=7531/, 'port-s=7530'],
    ['the ICID from P-CSCF to S-CSCF', 12, /023551025/, '023551029'],
    ['the port of the registered contact and that of the document', 22, /ddd\]:1357/, 'ddd]:1358'],
  ])('%s', (_, step, from, to) => {
    expect(wrongSteps(changed(run, step, (text) => text.replace(from, to))).size).toBeGreaterThan(0);
  });

  test('the order of the parameters of a challenge says nothing, their values do', () => {
    const turned = (text: string): string => text.replace(/(ik="\w+"), (ck="\w+")/, '$2, $1');
    expect(wrongSteps(changed(changed(run, 6, turned), 7, turned)).size).toBe(0);
    const without = (text: string): string => text.replace(/, ik="\w+"/, '');
    expect(wrongSteps(changed(run, 6, without)).get(6)).toContain('WWW-Authenticate');
  });

  test('the keys of the 401 do not reach the UE', () => {
    const kept = changed(run, 8, (text) =>
      text.replace('algorithm=AKAv1-MD5', 'algorithm=AKAv1-MD5, ck="1", ik="2"'),
    );
    expect(wrongSteps(kept).get(8)).toContain('WWW-Authenticate');
  });

  test('a header of a response that a table has and the next has not is taken off, and must be', () => {
    const home = played('ts-24.228-6.2-home.yaml');
    const kept = changed(home, 16, (text) =>
      text.replace('\r\nFrom:', '\r\nP-Charging-Function-Addresses: ccf="aaa://ccf1.home1.net"\r\nFrom:'),
    );
    expect(wrongSteps(kept).get(16)).toBe('P-Charging-Function-Addresses');
  });
});

describe('a header that no table has', () => {
  const run = played('ts-24.228-6.2.yaml');
  const numbers = run.scenario.flow.steps.flatMap(({ kind, step }) => (kind === 'message' ? [step] : []));

  test.each(numbers)('step %d: in a request, and in a response where the scenario is strict', (step) => {
    const more = changed(run, step, (text) => text.replace('\r\nFrom:', '\r\nServer: some\r\nFrom:'));
    expect(wrongSteps(more).get(step)).toBe('Server');
    const lenient = { ...run.scenario, flow: { ...run.scenario.flow, strictResponses: false } };
    const isResponse = messageOf(run, step).bytes.toString('latin1').startsWith('SIP/2.0');
    const before = run.scenario.flow.steps.find((one) => one.step === step)?.follows ?? 0;
    const isFirst =
      !numbers.includes(before) || !messageOf(run, before).bytes.toString('latin1').startsWith('SIP/2.0');
    expect(wrongSteps({ ...more, scenario: lenient }).has(step)).toBe(!(isResponse && isFirst));
  });
});

describe('a step comes after the one that it follows, nothing more', () => {
  const run = played('ts-24.228-deregistration-hss.yaml');
  const ofUe = [2, 3, 4, 5].map((step) => messageOf(run, step));
  const ofPCscf = [6, 7].map((step) => messageOf(run, step));
  const before = run.paper.filter(
    (record) => record.kind !== 'message' || ![...ofUe, ...ofPCscf].includes(record),
  );
  const [u1, u2, u3, u4] = ofUe as [MessageRecord, MessageRecord, MessageRecord, MessageRecord];
  const [p1, p2] = ofPCscf as [MessageRecord, MessageRecord];

  test.each([
    ['the NOTIFY of the P-CSCF first', [p1, p2, u1, u2, u3, u4]],
    ['both at once', [p1, u1, u2, p2, u3, u4]],
  ])('%s', (_, order) => {
    const verdict = judge(run.scenario.flow, inThisOrder([...before, ...order]));
    expect(verdict.steps.filter(({ right }) => !right)).toEqual([]);
    expect(verdict.passed).toBe(true);
  });

  test('but not before it', () => {
    const wrong = wrongSteps({ ...run, paper: inThisOrder([...before, u2, u1, u3, u4, p1, p2]) });
    expect(wrong.get(3)).toBe('order');
  });
});

describe('when the flow began', () => {
  const run = played('ts-24.228-6.3.yaml');
  const later = run.paper.map((record): TraceRecord => ({ ...record, atUs: record.atUs + 1_000_000 }));
  const flow = { ...run.scenario.flow, beganAtUs: 1_000_000 };
  const both = [...run.paper, ...later].map((record, index) => ({ ...record, id: index + 1 }));

  test('the same messages before it are none of its own', () => {
    const verdict = judge(flow, both);
    expect(verdict.passed).toBe(true);
    expect(verdict.steps.flatMap(({ records }) => records).every(({ atUs }) => atUs >= 1_000_000)).toBe(true);
    const before = judge(flow, run.paper);
    expect(before.steps.every(({ right }) => !right)).toBe(true);
  });

  test('a message of an earlier call after it is unexpected', () => {
    const [first] = both;
    if (first?.kind !== 'message') {
      throw new Error('no message');
    }
    const text = first.bytes.toString('latin1').replace(/Call-ID: .*/, 'Call-ID: of-an-earlier-call');
    const bytes = Buffer.from(text, 'latin1');
    const old: MessageRecord = { ...first, id: 0, atUs: 1, bytes };
    const again: MessageRecord = { ...first, id: 1000, atUs: 1_900_000, bytes };
    expect(judge(flow, [old, ...both]).passed).toBe(true);
    expect(judge(flow, [old, ...both, again])).toMatchObject({ passed: false, unexpected: [again] });
  });
});

describe('times that run: as far as the flow has lasted', () => {
  const run = played('ts-24.228-6.5.yaml');
  const after = (seconds: number): Played => ({
    ...run,
    paper: run.paper.map((record) => (record.id < 5 ? record : { ...record, atUs: seconds * 1_000_000 })),
  });
  /** In the NOTIFY to the P-CSCF, and so in the one to the UE. */
  const both = (change: (text: string) => string): Map<number, string> =>
    wrongSteps(changed(changed(after(2), 5, change), 6, change));

  test.each([
    ['Subscription-State', /active;expires=600000/, 'active;expires=', 600_000, -1],
    ['expires of a contact', / expires="600000/g, ' expires="', 600_000, -1],
    ['duration-registered', /duration-registered="0/g, 'duration-registered="', 0, 1],
  ])('%s', (_, pattern, before, table, direction) => {
    const at = (seconds: number) => (text: string) =>
      text.replace(pattern, `${before}${table + direction * seconds}`);
    const differing = (seconds: number): string => both(at(seconds)).get(5) ?? '';
    expect(differing(2)).not.toMatch(/Subscription-State|body/);
    expect(differing(3)).toMatch(/Subscription-State|body/);
    expect(differing(-1)).toMatch(/Subscription-State|body/);
  });

  test('what was registered before the flow has lasted since then', () => {
    const [first] = after(2).paper;
    const run2 = after(2);
    const late = {
      ...run2,
      scenario: { ...run2.scenario, flow: { ...run2.scenario.flow, beganAtUs: 2_000_000 } },
    };
    const at = (seconds: number) => (text: string) =>
      text.replace(/duration-registered="0/g, `duration-registered="${seconds}`);
    const differing = (seconds: number): string =>
      wrongSteps(changed(changed(late, 5, at(seconds)), 6, at(seconds))).get(5) ?? '';
    expect(first?.atUs).toBeLessThan(1_000_000);
    expect(differing(2)).not.toMatch(/body/);
    expect(differing(3)).toMatch(/body/);
  });
});
