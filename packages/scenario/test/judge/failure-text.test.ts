import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { create } from 'xmlbuilder2';
import type { MessageRecord, TraceRecord } from '@ims-sim/trace';
import { readScenarioFile } from '../../src/files.js';
import { failureText } from '../../src/judge/failure-text.js';
import { judge } from '../../src/judge/judge.js';
import { junit, junitOf } from '../../src/judge/junit.js';
import { paperTrace } from '../paper-trace.js';

const ROOT = fileURLToPath(new URL('../../../../../', import.meta.url));
const FILE = `${ROOT}scenarios/tr-24.841-6.1.1.yaml`;
const scenario = readScenarioFile(FILE);
const paper = paperTrace(scenario);
const COLUMNS = 100;

function messageOf(step: number): MessageRecord {
  const record = judge(scenario.flow, paper).steps.find((one) => one.step.step === step)?.records[0];
  if (record?.kind !== 'message') {
    throw new Error(`step ${step} has no message`);
  }
  return record;
}

function changed(step: number, from: string, to: string): TraceRecord[] {
  const record = messageOf(step);
  const text = record.bytes.toString('latin1');
  expect(text).toContain(from);
  const bytes = Buffer.from(text.replace(from, to), 'latin1');
  return paper.map((other) => (other === record ? { ...record, bytes } : other));
}

function textOf(trace: readonly TraceRecord[]): string[] {
  const lines = failureText(judge(scenario.flow, trace), { columns: COLUMNS, folder: ROOT });
  expect(lines.filter((line) => line.length > COLUMNS)).toEqual([]);
  return lines;
}

/** The line of the file that a text names. */
function lineOf(text: readonly string[]): string {
  const [, line] = /tr-24\.841-6\.1\.1\.yaml:(\d+)\)/.exec(text.join('\n')) ?? [];
  return FILE_LINES[Number(line) - 1]?.trim() ?? '';
}
const FILE_LINES = readFileSync(FILE, 'utf8').split('\n');

describe('a failure says what, where, who, and by which clause', () => {
  test('nothing, where all is right', () => {
    expect(textOf(paper)).toEqual([]);
  });

  test('another value of a header', () => {
    const text = textOf(changed(8, 'user1_public1@home1.net>\r\nPrivacy', 'other@home1.net>\r\nPrivacy'));
    expect(text.slice(0, 4)).toEqual([
      'step 8, SUBSCRIBE (I-CSCF to S-CSCF): P-Asserted-Identity: not as in the message before',
      expect.stringMatching(
        /^ {2}expected {2}<sip:user1_public1@home1.net> {2}\(scenarios\/tr-24.841-6.1.1.yaml:\d+\)$/,
      ),
      '  got       <sip:other@home1.net>  (message 9, 0.008000 s, icscf2.home2.net to scscf2.home2.net)',
      '  written by icscf2.home2.net; TR 24.841 6.1.1 step 8',
    ]);
    expect(lineOf(text)).toBe('P-Asserted-Identity:');
  });

  /** The first that matches, after the start line, is taken out of the messages of these steps. */
  function without(steps: readonly number[], header: string): TraceRecord[] {
    const records = new Set<TraceRecord>(steps.map(messageOf));
    return paper.map((record) => {
      if (record.kind !== 'message' || !records.has(record)) {
        return record;
      }
      const text = record.bytes.toString('latin1');
      const shorter = text.replace(new RegExp(`\\r\\n${header}: [^\\r]*`, 'i'), '');
      expect(shorter).not.toBe(text);
      return { ...record, bytes: Buffer.from(shorter, 'latin1') };
    });
  }

  test('a header that is lost at one hop is the fault of that hop alone', () => {
    const text = textOf(without([5, 8, 11], 'P-Asserted-Identity'));
    expect(text.filter((line) => line.includes('written by'))).toEqual([
      '  written by scscf1.home1.net; TR 24.841 6.1.1 step 5',
    ]);
    expect(text.join('\n')).not.toContain('as before');
    expect(text.filter((line) => /^step (8|11),/.test(line))).toEqual([
      'step 8, SUBSCRIBE (I-CSCF to S-CSCF): P-Asserted-Identity: as it came: wrong since step 5, by',
      'step 11, SUBSCRIBE (S-CSCF to P-S): P-Asserted-Identity: as it came: wrong since step 5, by',
    ]);
    const verdict = judge(scenario.flow, without([5, 8, 11], 'P-Asserted-Identity'));
    expect(verdict.steps.filter(({ right }) => !right).map(({ step }) => step.step)).toEqual([5, 8, 11]);
  });

  test('a header that is lost at a later hop is the fault of that one', () => {
    const text = textOf(without([11], 'P-Asserted-Identity'));
    expect(text[0]).toBe('step 11, SUBSCRIBE (S-CSCF to P-S): P-Asserted-Identity: missing');
    expect(text.filter((line) => line.includes('written by'))).toEqual([
      '  written by scscf2.home2.net; TR 24.841 6.1.1 step 11',
    ]);
  });

  test('a header that no table has is spelt as its RFC spells it', () => {
    const text = textOf(changed(8, 'Max-Forwards: 67', 'Max-Forwards: 67\r\np-called-party-id: <sip:x@y>'));
    expect(text[0]).toBe('step 8, SUBSCRIBE (I-CSCF to S-CSCF): P-Called-Party-ID: not in the table');
  });

  test('long values are cut to where they differ', () => {
    const text = textOf(changed(11, 'pcscf1.home1.net;branch', 'pcscf9.home1.net;branch'));
    expect(text[0]).toContain('step 11, SUBSCRIBE (S-CSCF to P-S): Via: value 4: sent-by pcscf9.home1.net');
    const values = text
      .slice(
        0,
        text.findIndex((line) => line.startsWith('  written by')),
      )
      .join('\n');
    expect(values).toMatch(/expected {2}….*pcscf1\.home1\.net/);
    expect(values).toMatch(/got {7}….*pcscf9\.home1\.net/);
    expect(lineOf(text)).toMatch(/^Via: SIP\/2.0\/UDP scscf2/);
  });

  test.each([
    [
      'the start line',
      2,
      'SUBSCRIBE tel:+1-212-555-2222',
      'SUBSCRIBE tel:+1-212-555-3333',
      'Request-URI',
      /^SUBSCRIBE tel/,
    ],
    ['a header of another form', 13, 'Expires: 7200', 'Expires: soon', 'Expires', /^Expires:/],
    ['a wrong length', 13, 'Content-Length: 0', 'Content-Length: 9', 'Content-Length', /^Content-Length:/],
    [
      'a header that only the wire has',
      18,
      'Contact: <sip:ps.home2.net>',
      'Contact: <sip:as.home2.net>',
      'Contact',
      /^Contact:/,
    ],
    ['a body', 18, '<basic>open', '<basic>shut', 'body', /^<basic>open<\/basic>$/],
  ])('%s, with its line', (_, step, from, to, where, line) => {
    const text = textOf(changed(step, from, to));
    expect(text[0]).toMatch(new RegExp(`^step ${step}, .*: ${where}: `));
    expect(lineOf(text)).toMatch(line);
  });

  test('a message that did not come, and what came instead', () => {
    const away = messageOf(8);
    const text = textOf(paper.map((one) => (one === away ? { ...away, to: 'hss2.home2.net' } : one)));
    expect(text.slice(0, 5)).toEqual([
      'step 8, SUBSCRIBE (I-CSCF to S-CSCF): no such message from icscf2.home2.net to scscf2.home2.net',
      expect.stringMatching(/^ {2}expected {2}SUBSCRIBE sip:user2_public1@home2.net {2}\(scenarios/),
      '  closest   SUBSCRIBE sip:user2_public1@home2.net',
      '            (message 9, 0.008000 s, icscf2.home2.net to hss2.home2.net)',
      '  was to be written by icscf2.home2.net; TR 24.841 6.1.1 step 8',
    ]);
    // What refers to it is told in a line, not header by header.
    expect(text.filter((line) => line.startsWith('step 9'))).toEqual([
      'step 9, 100 Trying (S-CSCF to I-CSCF): From, To, Call-ID, CSeq: the message that it must be like did',
    ]);
    expect(text.at(-2)).toMatch(/^no step has: SUBSCRIBE/);
  });

  test('a decision and a Cx query that did not come, with the clause of the decision', () => {
    const text = textOf(paper.filter((one) => one.kind === 'message' && one.protocol === 'sip'));
    expect(text).toEqual(
      expect.arrayContaining([
        'step 4, Evaluation of initial filter criteria: no such decision on scscf1.home1.net',
        '  was to be decided by scscf1.home1.net; TS 24.229 5.4.3.2',
        'step 7, Cx: User Location Query procedure: no such request from icscf2.home2.net to hss2.home2.net',
        '  was to be written by icscf2.home2.net; TR 24.841 6.1.1 step 7',
      ]),
    );
  });

  test("a wrong answer is its writer's", () => {
    const flow = {
      ...scenario.flow,
      steps: scenario.flow.steps.map((step) =>
        step.kind === 'diameter' && typeof step.answer === 'object'
          ? { ...step, answer: { ...step.answer, serverName: 'sip:scscf9.home2.net' } }
          : step,
      ),
    };
    expect(failureText(judge(flow, paper), { columns: COLUMNS, folder: ROOT })).toEqual([
      'step 7, Cx: User Location Query procedure: LIA Server-Name: another value',
      expect.stringMatching(/^ {2}expected {2}sip:scscf9.home2.net {2}\(scenarios/),
      '  got       sip:scscf2.home2.net  (message 8, 0.007000 s, hss2.home2.net to icscf2.home2.net)',
      '  written by hss2.home2.net; TR 24.841 6.1.1 step 7',
    ]);
  });

  test('nothing came at all: the first steps, and the numbers of the others', () => {
    const text = textOf([]);
    expect(text.length).toBeLessThan(40);
    expect(text.at(-1)).toBe('also wrong: steps 7 to 25');
  });
});

interface Case {
  readonly '@name': string;
  readonly '@file'?: string;
  readonly '@line'?: string;
  readonly failure?: unknown;
}

/** The cases of all suites, by a reader of XML that is not ours. */
function cases(xml: string): Case[] {
  const { testsuites } = create(xml).toObject() as unknown as {
    testsuites: { testsuite: Suite | Suite[] };
  };
  return [testsuites.testsuite].flat().flatMap(({ testcase }) => testcase);
}

interface Suite {
  readonly testcase: Case[];
}

describe('junit.xml', () => {
  const good = judge(scenario.flow, paper);
  const bad = judge(scenario.flow, changed(8, 'Max-Forwards: 67', 'Max-Forwards: 66'));
  const result = { title: 'one', file: 'scenarios/x.yaml', actions: [], timeS: 0.25 };

  test('a suite a scenario, a case a step, and the line of the header at fault', () => {
    const xml = junitOf([
      { ...result, verdict: good },
      { ...result, title: 'two', verdict: bad, actions: ['UE1 subscribes: 403'] },
    ]);
    expect(xml).toMatch(/<testsuites tests="54" failures="2" errors="0" time="0.500">/);
    expect(
      xml.match(/<testsuite name="(one|two)" tests="27" failures="[02]" errors="0" skipped="0"/g),
    ).toHaveLength(2);
    const failed = cases(xml).filter(({ failure }) => failure !== undefined);
    expect(failed.map((one) => one['@name'])).toEqual([
      'step 8: SUBSCRIBE (I-CSCF to S-CSCF)',
      'every action went through',
    ]);
    expect(failed[0]?.['@file']).toBe('scenarios/x.yaml');
    expect(FILE_LINES[Number(failed[0]?.['@line']) - 1]?.trim()).toBe('Max-Forwards: 67');
  });

  test('names are the same whatever came', () => {
    const names = (xml: string): string[] => cases(xml).map((one) => one['@name']);
    const nothing = judge(scenario.flow, []);
    expect(names(junit('t', nothing, ['x'], 1))).toEqual(names(junit('t', good, [], 2)));
    expect(new Set(names(junit('t', good, [], 2))).size).toBe(27);
  });

  test('what cannot stand in XML is replaced', () => {
    const record = { ...messageOf(1), id: 1000, bytes: Buffer.from('hello \u0000\u0001 <&>') };
    const xml = junit('a \u0007 title', judge(scenario.flow, [...paper, record]), [], 1);
    expect(cases(xml)).toHaveLength(27);
    expect(xml).toContain('hello \ufffd\ufffd &lt;&amp;&gt;');
  });
});
