import type { Flow, Step, StepVerdict, Verdict } from '@ims-sim/scenario';
import type { DecisionRecord, MessageRecord, TraceRecord } from '@ims-sim/trace';
import type { ReportRun } from '../src/index.js';

/** A small run to be reported: two hops of a SUBSCRIBE with what Cx and DNS did for it, a decision, and the answer back. */

const START_US = 1_700_000_000_000_000;
const FILE = 'scenarios/subscribe.yaml';

export const participants = [
  { name: 'ue1', label: 'UE1', group: 'home1.net' },
  { name: 'pcscf1.home1.net', label: 'P-CSCF#1', group: 'home1.net' },
  { name: 'scscf1.home1.net', label: 'S-CSCF#1', group: 'home1.net' },
  { name: 'hss1.home1.net', label: 'HSS#1', group: 'home1.net' },
  { name: 'dns.lab', label: 'DNS' },
];

export function message(
  id: number,
  from: string,
  to: string,
  bytes: Buffer,
  more: Partial<MessageRecord> = {},
): MessageRecord {
  return {
    kind: 'message',
    ...{ id, from, to, bytes, atUs: START_US + id * 1500, protocol: 'sip', transport: 'udp' },
    ...{ source: { address: '127.0.0.1', port: 5060 }, destination: { address: '127.0.0.1', port: 5070 } },
    ...more,
  };
}

export function decision(id: number, element: string, clause: string, text: string): DecisionRecord {
  return { kind: 'decision', id, atUs: START_US + id * 1500, element, clause, text };
}

export function sip(startLine: string, headers: readonly string[], body = ''): Buffer {
  return Buffer.from(
    [startLine, ...headers, `Content-Length: ${Buffer.byteLength(body)}`, '', body].join('\r\n'),
  );
}

const same = [
  'From: <sip:user1@home1.net>;tag=31415',
  'To: <sip:user2@home2.net>',
  'Call-ID: b89rjh',
  'CSeq: 61 SUBSCRIBE',
  'Event: presence',
];

export const atUe = sip('SUBSCRIBE sip:user2@home2.net SIP/2.0', [
  'Via: SIP/2.0/UDP ue1;branch=z9hG4bKue',
  'Max-Forwards: 70',
  'P-Preferred-Identity: <sip:user1@home1.net>',
  ...same,
]);
export const atPcscf = sip('SUBSCRIBE sip:user2@home2.net SIP/2.0', [
  'Via: SIP/2.0/UDP pcscf1.home1.net;branch=z9hG4bKp',
  'Via: SIP/2.0/UDP ue1;branch=z9hG4bKue;received=10.0.0.1',
  'Max-Forwards: 69',
  'P-Asserted-Identity: <sip:user1@home1.net>',
  ...same,
]);
export const ok = sip('SIP/2.0 200 OK', [
  'Via: SIP/2.0/UDP pcscf1.home1.net;branch=z9hG4bKp',
  'Via: SIP/2.0/UDP ue1;branch=z9hG4bKue',
  ...same,
]);

const avp = (code: number, value: Buffer, vendor: number): Buffer => {
  const head = Buffer.alloc(vendor === 0 ? 8 : 12);
  head.writeUInt32BE(code, 0);
  head.writeUInt32BE(head.length + value.length, 4);
  head.writeUInt8(vendor === 0 ? 0x40 : 0xc0, 4);
  if (vendor !== 0) head.writeUInt32BE(vendor, 8);
  return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
};

/** A Location-Info-Answer of TS 29.229 6.1.6. */
export function lia(isRequest: boolean): Buffer {
  const group = Buffer.concat([avp(266, Buffer.of(0, 0, 40, 175), 0), avp(258, Buffer.of(1, 0, 0, 0), 0)]);
  const avps = [
    avp(263, Buffer.from('icscf;1;1'), 0),
    avp(260, group, 0),
    ...(isRequest
      ? [avp(601, Buffer.from('sip:user2@home2.net'), 10415)]
      : [avp(268, Buffer.of(0, 0, 7, 209), 0), avp(602, Buffer.from('sip:scscf1.home1.net'), 10415)]),
  ];
  const header = Buffer.from('01000000c000012e010000000000000700000009', 'hex');
  const bytes = Buffer.concat([header, ...avps]);
  bytes.writeUIntBE(bytes.length, 1, 3);
  bytes.writeUInt8(isRequest ? 0xc0 : 0x40, 4);
  return bytes;
}

const dnsName = (name: string): Buffer =>
  Buffer.concat([
    ...name.split('.').map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`)),
    Buffer.of(0),
  ]);

/** A question for NAPTR, or its answer. */
export function naptr(isAnswer: boolean): Buffer {
  const header = Buffer.from(isAnswer ? '123485800001000100000000' : '123401000001000000000000', 'hex');
  const question = Buffer.concat([dnsName('2.1.e164.arpa'), Buffer.of(0, 35, 0, 1)]);
  const strings = ['u', 'E2U+sip', '!^.*$!sip:user2@home2.net!'].map((text) =>
    Buffer.concat([Buffer.of(text.length), Buffer.from(text)]),
  );
  const value = Buffer.concat([Buffer.of(0, 10, 0, 100), ...strings, Buffer.of(0)]);
  const answer = Buffer.concat([Buffer.of(0xc0, 12, 0, 35, 0, 1, 0, 0, 1, 44, 0, value.length), value]);
  return Buffer.concat([header, question, ...(isAnswer ? [answer] : [])]);
}

export const records: readonly TraceRecord[] = [
  decision(1, 'pcscf1.home1.net', '', 'ready'),
  message(2, 'ue1', 'pcscf1.home1.net', atUe),
  decision(
    3,
    'pcscf1.home1.net',
    'TS 24.229 5.2.6.3',
    'P-Asserted-Identity <sip:user1@home1.net>: the UE hints at it and registered it',
  ),
  message(4, 'scscf1.home1.net', 'dns.lab', naptr(false), { protocol: 'dns' }),
  message(5, 'dns.lab', 'scscf1.home1.net', naptr(true), {
    protocol: 'dns',
    ...{ source: { address: '127.0.0.1', port: 5070 }, destination: { address: '127.0.0.1', port: 5060 } },
  }),
  message(6, 'scscf1.home1.net', 'hss1.home1.net', lia(true), { protocol: 'diameter', transport: 'tcp' }),
  message(7, 'hss1.home1.net', 'scscf1.home1.net', lia(false), {
    ...{ protocol: 'diameter', transport: 'tcp' },
    ...{ source: { address: '127.0.0.1', port: 5070 }, destination: { address: '127.0.0.1', port: 5060 } },
  }),
  message(8, 'pcscf1.home1.net', 'scscf1.home1.net', atPcscf),
  message(9, 'scscf1.home1.net', 'pcscf1.home1.net', ok),
  decision(10, 'hss1.home1.net', '', 'watchdog'),
];

function step(number: number, title: string, from: string, to: string, line: number): Step {
  return {
    ...{ kind: 'message', step: number, title, from, to, at: { file: FILE, line, column: 5 } },
    table: 'SUBSCRIBE sip:user2@home2.net SIP/2.0\nMax-Forwards: 69',
    ...{ alsoOnTheWire: new Map(), headers: new Map(), lines: new Map([['max-forwards', line + 4]]) },
    errata: [],
  };
}

export const erratum = { table: 'Route: sip:a', right: 'Route: <sip:a>', why: 'RFC 3261 20.34: a name-addr' };

/** The verdict over `records`; failing: step 2 has a wrong header, and step 4 never came. */
export function verdict(isRight: boolean): Verdict {
  const find = (id: number): TraceRecord[] => records.filter((record) => record.id === id);
  const right = { right: true, differences: [], errata: [] };
  const second = step(2, 'SUBSCRIBE (P-CSCF to S-CSCF)', 'pcscf1.home1.net', 'scscf1.home1.net', 20);
  const missing = {
    where: 'message',
    expected: '200 OK',
    got: '',
    why: 'no such message from pcscf1.home1.net to ue1',
  };
  const steps: StepVerdict[] = [
    { step: step(1, 'SUBSCRIBE (UE to P-CSCF)', 'ue1', 'pcscf1.home1.net', 10), records: find(2), ...right },
    isRight
      ? { step: second, records: find(8), ...right, errata: [erratum] }
      : {
          ...{ step: second, records: find(8), right: false, errata: [erratum] },
          differences: [{ where: 'Max-Forwards', expected: '68', got: '69', why: 'another value' }],
        },
    {
      step: step(3, '200 OK (S-CSCF to P-CSCF)', 'scscf1.home1.net', 'pcscf1.home1.net', 30),
      records: find(9),
      ...right,
    },
    ...(isRight
      ? []
      : [
          {
            step: step(4, '200 OK (P-CSCF to UE)', 'pcscf1.home1.net', 'ue1', 40),
            records: [],
            right: false,
            differences: [missing],
            closest: records.flatMap((record) =>
              record.kind === 'message' && record.id === 9 ? [record] : [],
            ),
            errata: [],
          },
        ]),
  ];
  const flow: Flow = {
    ...{ clause: 'TR 24.841 6.1.1', steps: steps.map((it) => it.step), symbols: [], othersAllowed: [] },
    ...{ addressSymbols: new Map(), aliases: new Map() },
  };
  return { flow, steps, unexpected: [], others: [], retransmissions: [], passed: isRight };
}

export const passing: ReportRun = {
  ...{ title: 'A watcher subscribes', verdict: verdict(true), records, participants, failures: [] },
  meta: { seed: 42, tookS: 1.25, version: '0.1.0', command: 'ims run --seed 42 scenarios/subscribe.yaml' },
};

export const failing: ReportRun = {
  ...passing,
  ...{ title: 'A watcher subscribes and gets no answer', verdict: verdict(false) },
  failures: [
    { at: { file: FILE, line: 7, column: 3 }, text: 'watcher subscribes: expected 200, got no answer' },
  ],
};
