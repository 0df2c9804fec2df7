import { avpOf, base, cx, encodeMessage, FLAG_REQUEST, type Avp } from '@ims-sim/diameter';
import type { TraceRecord } from '@ims-sim/trace';
import { describe, expect, test } from '@jest/globals';
import type { AvpExpectation, DiameterStep, DnsStep } from '../../src/flow.js';
import { judge } from '../../src/judge/judge.js';
import { AT, flowOf } from './small-flow.js';

function record(id: number, protocol: 'diameter' | 'dns', bytes: Buffer): TraceRecord {
  const [from, to] = id % 2 === 1 ? ['i', 'h'] : ['h', 'i'];
  const at = { address: '127.0.0.1', port: 1 };
  const transport = protocol === 'dns' ? 'udp' : 'tcp';
  return { kind: 'message', id, atUs: id, from, to, source: at, destination: at, protocol, transport, bytes };
}

const common = { step: 1, title: 't', at: AT, errata: [], from: 'i', to: 'h' } as const;

function lia(avps: readonly Avp[], flags = 0): Buffer {
  const ids = { application: 16_777_216, hopByHop: 1, endToEnd: 1 };
  return encodeMessage({ command: 302, ...ids, flags, avps: [...avps] });
}

const lir = lia([avpOf(cx.publicIdentity, 'sip:b@home2.net')], FLAG_REQUEST);

function wrong(step: DiameterStep | DnsStep, trace: readonly TraceRecord[], symbols: readonly string[] = []) {
  const [verdict] = judge(flowOf([step], { symbols }), trace).steps;
  return verdict?.differences.map(({ where, why }) => `${where}: ${why}`);
}

describe('a request that is not answered', () => {
  const step: DiameterStep = { kind: 'diameter', ...common, request: { command: 'LIR' }, answer: 'none' };
  const [question, answer] = [record(1, 'diameter', lir), record(2, 'diameter', lia([]))];

  test('is right without an answer alone where the step says none', () => {
    expect(wrong(step, [question])).toEqual([]);
    expect(wrong(step, [question, answer])).toEqual(['LIA: an answer came']);
    expect(wrong(step, [])).toEqual(['LIR: no such request from i to h']);
  });

  test('is right with one and without where the step says nothing of it', () => {
    const silent = { ...step, answer: undefined };
    expect([wrong(silent, [question]), wrong(silent, [question, answer])]).toEqual([[], []]);
  });

  test('is wrong where the step has an answer', () => {
    expect(wrong({ ...step, answer: { command: 'LIA' } }, [question])).toEqual(['LIA: no answer came']);
  });
});

describe('AVPs by name', () => {
  const answer = lia([
    avpOf(base.resultCode, 2001),
    avpOf(cx.serverCapabilities, [avpOf(cx.mandatoryCapability, 1), avpOf(cx.mandatoryCapability, 2)]),
    avpOf(cx.userData, Buffer.from('<a xmlns="urn:x" n="s1"><b>é</b></a>')),
    avpOf(cx.serverName, 'sip:s.home2.net'),
  ]);
  const is = (value: string): AvpExpectation => ({ kind: 'is', value });
  const within = (name: string, one: AvpExpectation): AvpExpectation => ({
    kind: 'group',
    avps: new Map([[name, one]]),
  });

  test.each<[string, string, AvpExpectation, readonly string[]]>([
    ['any', 'Server-Capabilities', { kind: 'any' }, []],
    ['any, not there', 'Feature-List', { kind: 'any' }, ['LIA Feature-List: missing']],
    ['absent', 'Feature-List', { kind: 'absent' }, []],
    ['absent, there', 'User-Data', { kind: 'absent' }, ['LIA User-Data: must not be there']],
    ['a number', 'Result-Code', is('2001'), []],
    ['another number', 'Result-Code', is('2002'), ['LIA Result-Code: another value']],
    ['a pattern', 'Server-Name', { kind: 'matches', pattern: '^sip:s\\.' }, []],
    [
      'another text',
      'Server-Name',
      { kind: 'matches', pattern: '^x' },
      ['LIA Server-Name: does not match the pattern'],
    ],
    [
      'a list within a group',
      'Server-Capabilities',
      within('Mandatory-Capability', { kind: 'all', values: [is('1'), is('2')] }),
      [],
    ],
    [
      'one of a list that has two',
      'Server-Capabilities',
      within('Mandatory-Capability', is('1')),
      ['LIA Server-Capabilities Mandatory-Capability: there are 2, expected one'],
    ],
    [
      'another within a list',
      'Server-Capabilities',
      within('Mandatory-Capability', { kind: 'all', values: [is('1'), is('3')] }),
      ['LIA Server-Capabilities Mandatory-Capability: another value'],
    ],
    [
      'XML with another prefix and a symbol',
      'User-Data',
      is('<q:a n="S" xmlns:q="urn:x">\n <q:b>é</q:b>\n</q:a>'),
      [],
    ],
    [
      'XML that differs',
      'User-Data',
      is('<a xmlns="urn:x" n="S"><b>e</b></a>'),
      ['LIA User-Data: /a/b: expected "e", got "é"'],
    ],
  ])('%s', (_, name, expectation, differences) => {
    const expected = { command: 'LIA', avps: new Map([[name, expectation]]) };
    const step: DiameterStep = { kind: 'diameter', ...common, request: { command: 'LIR' }, answer: expected };
    expect(wrong(step, [record(1, 'diameter', lir), record(2, 'diameter', answer)], ['S'])).toEqual(
      differences,
    );
  });
});

describe('records of a DNS answer', () => {
  const text = (one: string): Buffer => Buffer.concat([Buffer.from([one.length]), Buffer.from(one)]);
  const name = Buffer.concat([text('e'), text('lab'), Buffer.from([0])]);
  const dns = (
    flags: number,
    records: readonly (readonly [type: number, data: Buffer])[],
    count = records.length,
  ) =>
    Buffer.concat([
      Buffer.from([0, 7, flags, 0, 0, 1, 0, count, 0, 0, 0, 0]),
      name,
      Buffer.from([0, 35, 0, 1]),
      ...records.flatMap(([type, data]) => [
        Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, data.length]),
        data,
      ]),
    ]);
  const numbers = (...all: number[]): Buffer => Buffer.from(all.flatMap((one) => [one >> 8, one & 255]));
  const naptr = Buffer.concat([
    numbers(10, 50),
    text('u'),
    text('E2U+sip'),
    text('!^.*$!sip:B@x!'),
    Buffer.from([0]),
  ]);
  const srv = Buffer.concat([numbers(0, 1, 5060), text('s1'), Buffer.from([0xc0, 12])]);
  const full = dns(0x81, [
    [35, naptr],
    [33, srv],
    [1, Buffer.from([127, 0, 0, 1])],
  ]);
  const all = [
    { type: 'A', data: '127.0.0.1' },
    { type: 'NAPTR', data: '10 50 "u" "E2U+sip" "!^.*$!sip:B@x!" .' },
    { name: 'E.lab.', type: 'SRV', data: '0 1 5060 S1.e.lab.' },
  ];
  const of = (more: Partial<DnsStep>, answer: Buffer | undefined = full) => {
    const step: DnsStep = { kind: 'dns', ...common, name: 'e.lab', type: 'NAPTR', rcode: 'NOERROR', ...more };
    const trace = [dns(0x01, []), answer].flatMap((one, at) =>
      one === undefined ? [] : [record(at + 1, 'dns', one)],
    );
    return wrong(step, trace);
  };

  test('are those of the step, in any order, each with its data', () => {
    expect(of({ records: all })).toEqual([]);
    expect(of({ records: all.map(({ type }) => ({ type })) })).toEqual([]);
    expect(of({ records: all.slice(1) })).toEqual(['record: not expected']);
    expect(of({ records: [...all, { type: 'A' }] })).toEqual(['record: missing']);
    expect(of({ records: all.map((one) => ({ ...one, data: one.data.replace('B@', 'b@') })) })).toEqual([
      'record: missing',
    ]);
    expect(of({ records: all.map((one) => ({ ...one, name: 'f.lab' })) })).toHaveLength(3);
  });

  test('are none where the answer has none, or cannot be read', () => {
    expect(of({ records: [] }, dns(0x81, []))).toEqual([]);
    for (let length = 12; length < full.length; length++) {
      expect(of({ records: all }, full.subarray(0, length))).not.toEqual([]);
    }
    const loop = Buffer.concat([dns(0x81, [], 1), Buffer.from([0xc0, 23, 0, 1, 0, 1])]);
    expect(of({ records: [] }, loop)).toEqual([]);
  });

  test('no answer at all', () => {
    const step: DnsStep = {
      kind: 'dns',
      ...common,
      name: 'e.lab',
      type: 'NAPTR',
      rcode: 'NOERROR',
      answer: 'none',
    };
    expect(wrong(step, [record(1, 'dns', dns(0x01, []))])).toEqual([]);
    expect(wrong(step, [record(1, 'dns', dns(0x01, [])), record(2, 'dns', full)])).toEqual([
      'answer: an answer came',
    ]);
  });
});
