import { describe, expect, test } from '@jest/globals';
import type { TraceRecord } from '@ims-sim/trace';
import type { MessageStep } from '../../src/flow.js';
import { judge } from '../../src/judge/judge.js';
import { changed, flowOf, inOrder, judged, message, messageAt, traceOf } from './small-flow.js';

const VIA_UE = 'SIP/2.0/UDP ue1.home1.net;branch=z9hG4bKue';
const CALL = 'Call-ID: call1';
const OFFER = [
  'v=0',
  'o=- 2987933615 2987933615 IN IP6 5555::aaa:bbb:ccc:ddd',
  's=-',
  'c=IN IP6 5555::aaa:bbb:ccc:ddd',
  't=0 0',
  'm=audio 3456 RTP/AVP 97',
  'a=rtpmap:97 AMR',
];
const AS_BEFORE = ['v=', 'o=', 's=', 'c=', 't=', 'm=', 'a='];

function invite(
  step: number,
  from: string,
  to: string,
  vias: string,
  forwards: number,
  body: readonly string[],
): MessageStep {
  const isFirst = step === 1;
  const lines = [
    'INVITE sip:ue2@home2.net SIP/2.0',
    `Via: ${vias}`,
    `Max-Forwards: ${forwards}`,
    isFirst ? 'From: <sip:ue1@home1.net>;tag=171828' : 'From:',
    isFirst ? 'To: <sip:ue2@home2.net>' : 'To:',
    isFirst ? CALL : 'Call-ID:',
    isFirst ? 'CSeq: 127 INVITE' : 'CSeq:',
    isFirst ? 'Contact: <sip:[5555::aaa:bbb:ccc:ddd]>' : 'Contact:',
    isFirst ? 'Content-Type: application/sdp' : 'Content-Type:',
    'Content-Length: (...)',
    '',
    ...body,
  ];
  return message(step, from, to, lines);
}

function response(
  step: number,
  follows: number,
  [from, to]: readonly [string, string],
  start: string,
  via: string,
  { tag, cseq, headers = [] }: { tag?: string; cseq?: string; headers?: readonly string[] },
): MessageStep {
  return message(
    step,
    from,
    to,
    [
      `SIP/2.0 ${start}`,
      `Via: ${via}`,
      'From:',
      tag === undefined ? 'To:' : `To: <sip:ue2@home2.net>;tag=${tag}`,
      'Call-ID:',
      cseq === undefined ? 'CSeq:' : `CSeq: ${cseq}`,
      ...headers,
      'Content-Length: 0',
    ],
    { follows },
  );
}

function inDialog(
  step: number,
  [from, to]: readonly [string, string],
  method: string,
  via: string,
  cseq: number,
  more: { headers?: readonly string[]; fromUe2?: boolean; tag?: string } = {},
): MessageStep {
  const { headers = [], fromUe2 = false, tag = '314159' } = more;
  const [one, two] = ['<sip:ue1@home1.net>;tag=171828', `<sip:ue2@home2.net>;tag=${tag}`];
  return message(step, from, to, [
    `${method} sip:x@home.net SIP/2.0`,
    `Via: ${via}`,
    'Max-Forwards: 70',
    `From: ${fromUe2 ? two : one}`,
    `To: ${fromUe2 ? one : two}`,
    CALL,
    `CSeq: ${cseq} ${method}`,
    ...headers,
    'Content-Length: 0',
  ]);
}

const VIA_P = `SIP/2.0/UDP p.home1.net;branch=z9hG4bKp, ${VIA_UE}`;
const via = (host: string, branch: string): string => `SIP/2.0/UDP ${host};branch=z9hG4bK${branch}`;
const UP = ['ue1', 'p'] as const;
const DOWN = ['p', 'ue1'] as const;

/** RFC 3261 13, RFC 3262, RFC 3311: a call with a reliable 183, its PRACK, an UPDATE, and BYEs from one side or the other. */
const steps: MessageStep[] = [
  invite(1, 'ue1', 'p', VIA_UE, 70, OFFER),
  invite(2, 'p', 'ue2', VIA_P, 69, AS_BEFORE),
  response(3, 2, ['ue2', 'p'], '183 Session Progress', VIA_P, {
    tag: '314159',
    headers: ['Require: 100rel', 'RSeq: 9021'],
  }),
  response(4, 3, DOWN, '183 Session Progress', VIA_UE, { headers: ['Require:', 'RSeq:'] }),
  inDialog(5, UP, 'PRACK', via('ue1.home1.net', 'prack'), 128, { headers: ['RAck: 9021 127 INVITE'] }),
  response(6, 5, DOWN, '200 OK', via('ue1.home1.net', 'prack'), {}),
  inDialog(7, UP, 'UPDATE', via('ue1.home1.net', 'update'), 129),
  response(8, 7, DOWN, '200 OK', via('ue1.home1.net', 'update'), {}),
  // Not what step 8 answers: which request it is for, its own CSeq says.
  response(9, 8, ['ue2', 'p'], '180 Ringing', VIA_P, { tag: '314159', cseq: '127 INVITE' }),
  response(10, 9, DOWN, '180 Ringing', VIA_UE, {}),
  response(11, 10, ['ue2', 'p'], '200 OK', VIA_P, { tag: '314159', cseq: '127 INVITE' }),
  response(12, 11, DOWN, '200 OK', VIA_UE, {}),
  inDialog(13, UP, 'ACK', via('ue1.home1.net', 'ack'), 127),
  inDialog(14, DOWN, 'BYE', via('p.home1.net', 'bye'), 1, { fromUe2: true }),
  response(15, 14, UP, '200 OK', via('p.home1.net', 'bye'), {}),
];
const more = { addressSymbols: new Map([['[5555::aaa:bbb:ccc:ddd]', 'ue1']]), symbols: ['9021'] };
const flow = flowOf(steps, more);

/** As on the wire: other branches, tags and addresses than the tables'. */
function wire(): TraceRecord[] {
  return traceOf(steps, more).map((record) =>
    record.kind === 'message'
      ? {
          ...record,
          bytes: Buffer.from(
            record.bytes
              .toString('latin1')
              .replace(/Content-Length: \d+/, (line) => line)
              .replaceAll('z9hG4bK', 'z9hG4bK-9')
              .replaceAll('171828', 'aaaaaa')
              .replaceAll('314159', 'bbbbbb')
              .replaceAll('[5555::aaa:bbb:ccc:ddd]', '127.0.0.1:5077')
              .replaceAll('9021', '7777')
              .replaceAll('5555::aaa:bbb:ccc:ddd', '5555::123:456:789:0ab')
              .replaceAll('m=audio 3456', 'm=audio 4000'),
          ),
        }
      : record,
  );
}

describe('a call, its tables in the manner of TS 24.228 7', () => {
  test('passes, whatever the symbols stand for', () => {
    expect(judged(flow, wire())).toEqual({ passed: true, wrong: {} });
  });

  test.each([
    ['the ACK of a 2xx with the branch of the INVITE', 12, 'z9hG4bK-9ack', 'z9hG4bK-9ue', 13, 'Via'],
    ['an RAck for another response', 4, 'RAck: 7777', 'RAck: 7778', 5, 'RAck'],
    ['an RAck for another request', 4, '127 INVITE', '128 INVITE', 5, 'RAck'],
    ['the RSeq changed on the way', 3, 'RSeq: 7777', 'RSeq: 7778', 4, 'RSeq'],
    ['a BYE with the tags the wrong way round', 13, 'tag=bbbbbb', 'tag=aaaaaa', 14, 'From'],
    ['an ACK with another CSeq', 12, 'CSeq: 127', 'CSeq: 128', 13, 'CSeq'],
    ['a media port changed on the way', 1, 'm=audio 4000', 'm=audio 4002', 2, 'body'],
    [
      'a media address that is not that of the origin',
      0,
      'c=IN IP6 5555::123',
      'c=IN IP6 5555::124',
      1,
      'body',
    ],
    ['a codec that the table has not', 0, 'AVP 97', 'AVP 96', 1, 'body'],
    ['a 180 for another request', 8, '127 INVITE', '126 INVITE', 9, 'CSeq'],
    ['a response to the PRACK with the CSeq of the INVITE', 5, '128 PRACK', '127 INVITE', 6, 'CSeq'],
  ])('%s is wrong there', (_, index, from, to, step, where) => {
    const { wrong } = judged(flow, changed(wire(), index, from, to));
    expect(Object.keys(wrong)[0]).toBe(String(step));
    expect(wrong[step]).toContain(where);
  });

  test('a 2xx comes again until its ACK, a reliable 183 until its PRACK; a 200 to BYE does not by itself', () => {
    const trace = wire();
    const again = (index: number): TraceRecord => ({ ...messageAt(trace, index), id: 1000 });
    for (const index of [10, 2]) {
      const verdict = judge(flow, [...trace, again(index)]);
      expect(verdict).toMatchObject({ passed: true, retransmissions: [again(index)] });
    }
    expect(judge(flow, [...trace, again(14)])).toMatchObject({ passed: false, unexpected: [again(14)] });
  });

  test('an ACK comes again for each 2xx, each copy with a branch of its own; one of another call does not', () => {
    const trace = wire();
    const ack = messageAt(trace, 12);
    const copy = (pattern: RegExp, other: string): TraceRecord => ({
      ...ack,
      id: 1000,
      bytes: Buffer.from(ack.bytes.toString('latin1').replace(pattern, other), 'latin1'),
    });
    const again = copy(/branch=[^\r;]+/, 'branch=z9hG4bK-another');
    expect(again.kind === 'message' && again.bytes.equals(ack.bytes)).toBe(false);
    expect(judge(flow, [...trace, again])).toMatchObject({ passed: true, retransmissions: [again] });
    const other = copy(/CSeq: \d+/, 'CSeq: 999');
    expect(judge(flow, [...trace, other])).toMatchObject({ passed: false, unexpected: [other] });
  });
});

describe('a call that forks (RFC 3261 16.7)', () => {
  const fork = [
    invite(1, 'ue1', 'p', VIA_UE, 70, OFFER),
    response(2, 1, ['s', 'p'], '180 Ringing', VIA_P, { tag: 'one' }),
    response(3, 1, ['s', 'p'], '180 Ringing', VIA_P, { tag: 'two' }),
    response(4, 2, DOWN, '180 Ringing', VIA_UE, {}),
    response(5, 3, DOWN, '180 Ringing', VIA_UE, {}),
  ];
  const paper = traceOf(fork, more);
  const [first, one, two, oneOn, twoOn] = paper;

  test('one branch may overtake the other', () => {
    expect(judged(flowOf(fork, more), paper)).toEqual({ passed: true, wrong: {} });
    const overtaken = inOrder([first, one, two, twoOn, oneOn]);
    expect(judged(flowOf(fork, more), overtaken)).toEqual({ passed: true, wrong: {} });
  });

  test('the same branch twice is not both', () => {
    const twice = changed(paper, 4, 'tag=two', 'tag=one');
    expect(judged(flowOf(fork, more), twice).wrong).toEqual({ 5: 'To' });
  });
});

describe('a call that is given up (RFC 3261 9.1, 17.1.1.3)', () => {
  const given = [
    invite(1, 'ue1', 'p', VIA_UE, 70, OFFER),
    message(2, 'ue1', 'p', [
      'CANCEL sip:ue2@home2.net SIP/2.0',
      `Via: ${VIA_UE}`,
      'Max-Forwards: 70',
      'From:',
      'To:',
      'Call-ID:',
      'CSeq: 127 CANCEL',
      'Content-Length: 0',
    ]),
    response(3, 2, DOWN, '200 OK', VIA_UE, {}),
    response(4, 1, DOWN, '487 Request Terminated', VIA_UE, { tag: '314159' }),
    message(5, 'ue1', 'p', [
      'ACK sip:ue2@home2.net SIP/2.0',
      `Via: ${VIA_UE}`,
      'Max-Forwards: 70',
      'From:',
      'To:',
      'Call-ID:',
      'CSeq: 127 ACK',
      'Content-Length: 0',
    ]),
  ];
  const paper = traceOf(given, more);

  test('CANCEL and the ACK of a refusal have the branch of the INVITE', () => {
    expect(judged(flowOf(given, more), paper)).toEqual({ passed: true, wrong: {} });
    for (const index of [1, 4]) {
      const other = changed(paper, index, 'z9hG4bKue', 'z9hG4bKother');
      expect(judged(flowOf(given, more), other).wrong).toEqual({ [index + 1]: 'Via' });
    }
  });
});
