import { describe, expect, test } from '@jest/globals';
import type { DiameterStep, DnsStep, Flow, HeaderExpectation, MessageStep, Step } from '../../src/flow.js';
import { judge } from '../../src/judge/judge.js';
import { matchPattern, patternFlaw } from '../../src/judge/user-pattern.js';
import { AT, changed, flowOf, inOrder, judged, message, messageAt, traceOf } from './small-flow.js';

function request(
  step: number,
  from: string,
  to: string,
  method: string,
  headers: readonly string[] = [],
  more: Partial<MessageStep> = {},
  body: readonly string[] = [],
): MessageStep {
  const lines = [
    `${method} sip:b@home2.net SIP/2.0`,
    `Via: SIP/2.0/UDP a.home1.net;branch=z9hG4bK${step}`,
    'From: <sip:a@home1.net>;tag=f',
    'To: <sip:b@home2.net>',
    'Call-ID: call1',
    `CSeq: ${step} ${method}`,
    ...headers,
    'Content-Length: (...)',
    ...(body.length > 0 ? ['', ...body] : []),
  ];
  return message(step, from, to, lines, more);
}

function answer(
  step: number,
  follows: number,
  from: string,
  to: string,
  more: Partial<MessageStep> = {},
): MessageStep {
  const lines = ['SIP/2.0 200 OK', 'Via:', 'From:', 'To:', 'Call-ID:', 'CSeq:', 'Content-Length: 0'];
  return message(step, from, to, lines, { follows, ...more });
}

describe('a header apart from the table', () => {
  const told = (name: string, expectation: HeaderExpectation): Flow => {
    const headers = new Map([[name, expectation]]);
    return flowOf([request(1, 'a', 'b', 'OPTIONS', ['User-Agent: ims-sim'], { headers })]);
  };
  const trace = (line: string) => {
    const headers = line === '' ? [] : [line];
    return traceOf([request(1, 'a', 'b', 'OPTIONS', headers)]);
  };

  test.each<[string, HeaderExpectation, string, string | undefined]>([
    ['absent, and there', { kind: 'absent' }, 'User-Agent: x', 'must not be there'],
    ['absent, and not there', { kind: 'absent' }, '', undefined],
    ['any, and there, with another value than the table', { kind: 'any' }, 'User-Agent: x', undefined],
    ['any, and not there', { kind: 'any' }, '', 'missing'],
    [
      'a pattern of the whole value',
      { kind: 'matches', pattern: '^ims-[a-z]+$' },
      'User-Agent: ims-sim',
      undefined,
    ],
    [
      'a pattern that does not match',
      { kind: 'matches', pattern: '^ims-[a-z]+$' },
      'User-Agent: ims-2',
      'does not match the pattern',
    ],
    [
      'two lines, joined',
      { kind: 'matches', pattern: '^one, two$' },
      'User-Agent: one\nUser-Agent: two',
      undefined,
    ],
    ['a pattern, and not there', { kind: 'matches', pattern: '.' }, '', 'missing'],
    [
      'a pattern that an empty value matches, and not there',
      { kind: 'matches', pattern: '^(?:ims.*)?$' },
      '',
      undefined,
    ],
    [
      'no pattern',
      { kind: 'matches', pattern: '(' },
      'User-Agent: x',
      'Invalid regular expression: /(/: Unterminated group',
    ],
  ])('%s', (_, expectation, line, why) => {
    const [step] = judge(told('User-Agent', expectation), trace(line)).steps;
    expect(step?.differences.map((difference) => [difference.where, difference.why])).toEqual(
      why === undefined ? [] : [['User-Agent', why]],
    );
  });

  test.each([
    ['nested quantifiers', '^(a+)+$'],
    ['many of them in a row', '^a*a*a*a*a*a*a*a*a*b$'],
    ['alternatives that are the same', '^(a|a)*$'],
  ])('a pattern that takes for ever is stopped: %s', (_, pattern) => {
    const before = process.cpuUsage();
    const result = matchPattern(pattern, `${'a'.repeat(20_000)}!`);
    expect(process.cpuUsage(before).user / 1e3).toBeLessThan(5_000);
    expect(result).toEqual({ kind: 'unusable', why: 'the pattern takes more than 250 ms' });
    // The next one is as good as before.
    expect(matchPattern('(b)', 'abc')).toEqual({ kind: 'matches', groups: ['b', 'b'] });
  });

  test('what is wrong with a pattern can be told before', () => {
    expect(patternFlaw('^a+$')).toBeUndefined();
    expect(patternFlaw('[')).toMatch(/Invalid regular expression/);
  });
});

describe('a step that follows none', () => {
  const steps: Step[] = [
    request(1, 'a', 'b', 'OPTIONS'),
    request(2, 'a', 'b', 'MESSAGE', [], { follows: undefined, unbound: true }),
    request(3, 'a', 'b', 'INFO', [], { follows: 1 }),
  ];
  const [one, two, three] = traceOf(steps);

  test('may come before any other, and the others keep their order', () => {
    expect(judged(flowOf(steps), inOrder([two, one, three]))).toEqual({ passed: true, wrong: {} });
    expect(judged(flowOf(steps), inOrder([three, one, two]))).toMatchObject({
      passed: false,
      wrong: { 3: 'order' },
    });
  });

  test('need not come after the group above it either', () => {
    const [first, second, third] = steps.map((step) => ({ ...step, follows: undefined }));
    const grouped = [first, second, third].flatMap((step, at): Step[] =>
      step === undefined ? [] : [at < 2 ? { ...step, group: 'g' } : { ...step, unbound: true }],
    );
    expect(judged(flowOf(grouped), inOrder([three, one, two])).passed).toBe(true);
    const bound = grouped.map((step) => ({ ...step, unbound: undefined }));
    expect(judged(flowOf(bound), inOrder([three, one, two])).passed).toBe(false);
  });
});

describe('of two messages of one call', () => {
  test('what is wrong only in its order explains a step sooner than a later one with other values', () => {
    const steps: Step[] = [
      request(1, 'a', 'b', 'OPTIONS'),
      request(2, 'b', 'a', 'NOTIFY', ['Event: reg']),
      request(3, 'b', 'a', 'NOTIFY', ['Event: presence']),
    ];
    const [one, two, three] = traceOf(steps);
    const { wrong } = judged(flowOf(steps), inOrder([two, one, three]));
    expect(wrong).toEqual({ 2: 'order' });
  });
});

describe('steps of one group', () => {
  const steps: Step[] = [
    request(1, 'a', 'b', 'SUBSCRIBE'),
    answer(2, 1, 'b', 'a', { group: 'g' }),
    request(3, 'b', 'a', 'NOTIFY', [], { group: 'g', follows: 1 }),
    // Its empty headers are those of step 3, which it need not come after.
    answer(4, 3, 'a', 'b', { group: 'g' }),
    request(5, 'a', 'b', 'OPTIONS', [], { follows: 4 }),
  ];
  const flow = flowOf(steps);
  const [one, two, three, four, five] = traceOf(steps);

  test.each([
    ['as written', [one, two, three, four, five]],
    ['the NOTIFY first', [one, three, four, two, five]],
    ['its answer before everything', [one, four, three, two, five]],
  ])('come in any order: %s', (_, order) => {
    expect(judged(flow, inOrder(order))).toEqual({ passed: true, wrong: {} });
  });

  test.each([
    ['none before what the group follows', [three, one, two, four, five], { 3: 'order' }],
    ['what comes after the group is after all of them', [one, three, four, five, two], { 5: 'order' }],
  ])('%s', (_, order, wrong) => {
    expect(judged(flow, inOrder(order)).wrong).toEqual(wrong);
  });

  test('all of them come', () => {
    expect(judged(flow, inOrder([one, three, four, five])).wrong).toEqual({ 2: 'message' });
  });
});

describe('an optional step', () => {
  const steps: Step[] = [
    request(1, 'a', 'b', 'SUBSCRIBE'),
    message(
      2,
      'b',
      'a',
      ['SIP/2.0 100 Trying', 'Via:', 'From:', 'To:', 'Call-ID:', 'CSeq:', 'Content-Length: 0'],
      {
        optional: true,
      },
    ),
    answer(3, 2, 'b', 'a'),
  ];
  const flow = flowOf(steps);
  const trace = traceOf(steps);

  test('may happen, and what follows it follows it', () => {
    const verdict = judge(flow, trace);
    expect(verdict.passed).toBe(true);
    expect(verdict.steps.map(({ skipped }) => skipped === true)).toEqual([false, false, false]);
  });

  test('may be left out, and what follows it follows what that follows', () => {
    const [one, , three] = trace;
    const verdict = judge(flow, inOrder([one, three]));
    expect(verdict.passed).toBe(true);
    expect(verdict.steps.map(({ skipped }) => skipped === true)).toEqual([false, true, false]);
  });

  test('is wrong where it happens and is not as its table', () => {
    expect(judged(flow, changed(trace, 1, 'From: <sip:a@', 'From: <sip:x@')).wrong).toEqual({ 2: 'From' });
  });
});

describe('messages without a step', () => {
  const steps = [request(1, 'a', 'b', 'SUBSCRIBE'), answer(2, 1, 'b', 'a')];
  const other = [request(7, 'a', 'b', 'OPTIONS'), answer(8, 7, 'b', 'a')];
  const trace = inOrder([...traceOf(steps), ...traceOf(other)]);
  const verdict = (othersAllowed: Flow['othersAllowed'], records = trace) =>
    judge(flowOf(steps, { othersAllowed }), records);
  const counts = (allowed: Flow['othersAllowed']) => {
    const { passed, unexpected, others } = verdict(allowed);
    return [passed, unexpected.length, others?.length];
  };

  test.each<[string, Flow['othersAllowed'], readonly [boolean, number, number]]>([
    ['none', [], [false, 2, 0]],
    ['all', 'all', [true, 0, 2]],
    ['of a method, and so its response', [{ message: 'OPTIONS' }], [true, 0, 2]],
    ['of another method', [{ message: 'MESSAGE' }], [false, 2, 0]],
    ['from one element, and so the responses to it', [{ from: 'a' }], [true, 0, 2]],
    ['from one element, which only answers', [{ from: 'b' }], [false, 1, 1]],
    ['between others', [{ from: 'a', to: 'c' }], [false, 2, 0]],
    ['of a status, without its request', [{ message: '200' }], [false, 1, 1]],
    ['any of several', [{ message: 'MESSAGE' }, { to: 'b', message: 'OPTIONS' }], [true, 0, 2]],
  ])('allowed: %s', (_, allowed, expected) => {
    expect(counts(allowed)).toEqual(expected);
  });

  test('a step that is wrong stays wrong, whatever is allowed', () => {
    expect(verdict('all', changed(trace, 0, 'From: <sip:a@', 'From: <sip:x@')).passed).toBe(false);
  });
});

const naptr: DnsStep = {
  kind: 'dns',
  step: 2,
  title: 'ENUM query',
  at: AT,
  errata: [],
  follows: 1,
  from: 'b',
  to: 'dns.lab',
  name: '2.2.2.2.5.5.5.2.1.2.1.e164.arpa',
  type: 'NAPTR',
  rcode: 'NOERROR',
};

describe('a question to the DNS', () => {
  const steps = [request(1, 'a', 'b', 'SUBSCRIBE'), naptr];
  const trace = traceOf(steps);
  const of = (more: Partial<DnsStep>) =>
    judged(flowOf([request(1, 'a', 'b', 'SUBSCRIBE'), { ...naptr, ...more }]), trace);

  test('by its name, in any case, with or without the last dot, and its answer', () => {
    expect(of({})).toEqual({ passed: true, wrong: {} });
    expect(of({ name: `${naptr.name.toUpperCase()}.` })).toEqual({ passed: true, wrong: {} });
    expect(judge(flowOf(steps), trace).steps[1]?.records).toEqual([trace[1], trace[2]]);
  });

  test.each<[string, Partial<DnsStep>, string]>([
    ['of another name', { name: '1.e164.arpa' }, 'question'],
    ['of another type', { type: 'SRV' }, 'question'],
    ['to somebody else', { to: 'dns2.lab' }, 'question'],
    ['with another response code', { rcode: 'NXDOMAIN' }, 'RCODE'],
  ])('%s is not there', (_, more, where) => {
    expect(of(more).wrong).toEqual({ 2: where });
  });

  test('without an answer is wrong; before what it follows is none', () => {
    expect(judged(flowOf(steps), trace.slice(0, 2)).wrong).toEqual({ 2: 'RCODE' });
    const [one, question, response] = trace;
    expect(judged(flowOf(steps), inOrder([question, response, one])).wrong).toEqual({ 2: 'question' });
  });

  test('that is optional may be left out, as from a cache', () => {
    const optional = flowOf([request(1, 'a', 'b', 'SUBSCRIBE'), { ...naptr, optional: true }]);
    expect(judged(optional, trace.slice(0, 1))).toEqual({ passed: true, wrong: {} });
  });
});

describe('commands of Sh (TS 29.329 6.1)', () => {
  const udr: DiameterStep = {
    kind: 'diameter',
    step: 2,
    title: 'Sh-Pull',
    at: AT,
    errata: [],
    follows: 1,
    from: 'ps.home2.net',
    to: 'hss2.home2.net',
    request: { command: 'UDR', publicIdentity: 'sip:b@home2.net' },
    answer: { command: 'UDA', resultCode: 2001 },
  };
  const steps = [request(1, 'a', 'b', 'SUBSCRIBE'), udr];
  const trace = traceOf(steps);

  test('are found, the Public-Identity within User-Identity', () => {
    expect(judged(flowOf(steps), trace)).toEqual({ passed: true, wrong: {} });
    const other = { ...udr, request: { ...udr.request, publicIdentity: 'sip:c@home2.net' } };
    expect(judged(flowOf([request(1, 'a', 'b', 'SUBSCRIBE'), other]), trace).wrong).toEqual({
      2: 'UDR Public-Identity',
    });
  });

  test('need a step where the flow has steps of Sh, unless they are allowed', () => {
    const again = { ...messageAt(trace, 1), id: 90 };
    const more = [...trace, again];
    expect(judge(flowOf(steps), more)).toMatchObject({ passed: false, unexpected: [again] });
    expect(judge(flowOf(steps, { othersAllowed: [{ message: 'UDR' }] }), more)).toMatchObject({
      passed: true,
      others: [again],
    });
    expect(judge(flowOf([request(1, 'a', 'b', 'SUBSCRIBE')]), more).passed).toBe(true);
  });
});

describe('bodies and headers have the same symbols', () => {
  const call = 'call1';
  const with_ = (type: string, body: readonly string[]): Step[] => [
    request(1, 'a', 'b', 'NOTIFY', [`Content-Type: ${type}`], {}, body),
  ];
  const dialog = (id: string, tag: string): string[] => [
    '<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="0" state="full" entity="sip:a@home1.net">',
    `  <dialog id="1" call-id="${id}" local-tag="${tag}"><state>early</state></dialog>`,
    '</dialog-info>',
  ];

  test.each([
    ['XML, by namespace', 'application/dialog-info+xml', dialog(call, 'f'), dialog('wire-call', 'wire-tag')],
    [
      'a piece of a message',
      'message/sipfrag',
      ['SIP/2.0 200 OK', 'To: <sip:x@y>;tag=f'],
      ['SIP/2.0 200 OK', 'To:  <sip:x@y>; tag=wire-tag'],
    ],
    ['text', 'text/plain', ['hello', call], ['hello', 'wire-call']],
  ])('%s', (_, type, table, wire) => {
    const steps = with_(type, table);
    const onWire = traceOf(with_(type, wire)).map((record) => ({
      ...record,
      ...('bytes' in record && {
        bytes: Buffer.from(
          record.bytes
            .toString('latin1')
            .replace('Call-ID: call1', 'Call-ID: wire-call')
            .replace(';tag=f', ';tag=wire-tag'),
        ),
      }),
    }));
    expect(judged(flowOf(steps), onWire)).toEqual({ passed: true, wrong: {} });
    const wrongBody = changed(onWire, 0, /wire-(call|tag)(?!.*wire-)/s, 'wire-$1'.replace('wire', 'wira'));
    expect(judged(flowOf(steps), wrongBody).wrong).toEqual({ 1: 'body' });
  });

  test('another line, one more, one less', () => {
    const steps = with_('text/plain', ['one', 'two']);
    const [right] = judge(flowOf(steps), traceOf(steps)).steps;
    expect(right?.right).toBe(true);
    for (const [body, why] of [
      [['one', 'tow'], 'line 2: expected `two`, got `tow`: another value'],
      [['one'], 'line 2: expected `two`, got ``: not there'],
      [['one', 'two', 'three'], 'line 3: not expected: `three`'],
    ] as const) {
      const [step] = judge(flowOf(steps), traceOf(with_('text/plain', body))).steps;
      expect(step?.differences.map((difference) => difference.why)).toEqual([why]);
    }
  });
});

describe('symbols without a declaration', () => {
  const vector = (icid: string): string => `P-Charging-Vector: icid-value=${icid};orig-ioi=home1.net`;
  const steps = [
    request(1, 'a', 'b', 'OPTIONS', [vector('"one"')]),
    request(2, 'b', 'c', 'OPTIONS', [vector('"one"')]),
  ];

  test('an ICID is one wherever it stands', () => {
    const other = traceOf(steps).map((record) => ({
      ...record,
      ...('bytes' in record && {
        bytes: Buffer.from(record.bytes.toString('latin1').replace('"one"', '"wire"')),
      }),
    }));
    expect(judged(flowOf(steps), other)).toEqual({ passed: true, wrong: {} });
    expect(judged(flowOf(steps), changed(other, 1, '"wire"', '"another"')).wrong).toEqual({
      2: 'P-Charging-Vector',
    });
    expect(judged(flowOf(steps), changed(other, 1, 'ioi=home1', 'ioi=home2')).wrong).toEqual({
      2: 'P-Charging-Vector',
    });
  });

  test('Replaces has the Call-ID and the tags of the call', () => {
    const replacing = [
      request(1, 'a', 'b', 'OPTIONS'),
      request(2, 'a', 'b', 'INVITE', ['Replaces: call1;to-tag=t;from-tag=f']),
    ];
    const trace = traceOf(replacing);
    expect(judged(flowOf(replacing), trace).wrong).toEqual({});
    expect(judged(flowOf(replacing), changed(trace, 1, 'Replaces: call1', 'Replaces: call2')).wrong).toEqual({
      2: 'Replaces',
    });
    expect(judged(flowOf(replacing), changed(trace, 1, 'from-tag=f', 'from-tag=g')).wrong).toEqual({
      2: 'Replaces',
    });
  });

  test.each([
    ['a Call-ID', 'Call-ID: call1', 'Call-ID: call 1', 'Call-ID'],
    ['a tag', 'tag=f', 'tag="f"', 'From'],
  ])('%s that is none is wrong at its first place', (_, from, to, where) => {
    const one = [request(1, 'a', 'b', 'OPTIONS')];
    expect(judged(flowOf(one), changed(traceOf(one), 0, from, to)).wrong).toEqual({ 1: where });
  });
});
