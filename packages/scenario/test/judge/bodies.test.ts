import { describe, expect, test } from '@jest/globals';
import type { BodyExpectation, Flow, MessageStep } from '../../src/flow.js';
import { failureText } from '../../src/judge/failure-text.js';
import { judge } from '../../src/judge/judge.js';
import { changed, flowOf, judged, message, traceOf } from './small-flow.js';

const PIDF = [
  '<?xml version="1.0"?>',
  '<!-- <tuple> -->',
  '<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="a">',
  '  <tuple id="tid1"><status><basic>open</basic></status></tuple>',
  '  <tuple',
  '     id="tid2">',
  '    <note>call1</note>',
  '  </tuple>',
  '</presence>',
];

function notify(step: number, body: readonly string[], more: Partial<MessageStep> = {}): MessageStep {
  const ends: readonly [string, string][] = [
    ['a', 'b'],
    ['b', 'c'],
    ['c', 'd'],
  ];
  const [from, to] = ends[step - 1] ?? ['', ''];
  const type = body[0]?.startsWith('<') === true ? 'application/pidf+xml' : 'text/plain';
  const lines = [
    'NOTIFY sip:b@home2.net SIP/2.0',
    `Via: SIP/2.0/UDP a.home1.net;branch=z9hG4bK${step}`,
    'From: <sip:a@home1.net>;tag=f',
    'To: <sip:b@home2.net>',
    'Call-ID: call1',
    'CSeq: 1 NOTIFY',
    `Content-Type: ${type}`,
    'Content-Length: (...)',
    ...(body.length > 0 ? ['', ...body] : []),
  ];
  return message(step, from, to, lines, more);
}

describe('a body apart from the table', () => {
  const of = (body: BodyExpectation | undefined, table: readonly string[], got: readonly string[]) => {
    const step = notify(1, table, body === undefined ? {} : { body });
    const trace = traceOf([
      message(1, 'a', 'b', [
        ...notify(1, got).table.split('\n').slice(0, 6),
        `Content-Type: text/plain`,
        'Content-Length: (...)',
        ...(got.length > 0 ? ['', ...got] : []),
      ]),
    ]);
    const [verdict] = judge(flowOf([step]), trace).steps;
    return verdict?.differences
      .filter(({ where }) => where !== 'Content-Type')
      .map(({ where, why }) => `${where}: ${why}`);
  };

  test.each<[string, BodyExpectation | undefined, readonly string[], readonly string[], readonly string[]]>([
    ['any, and there', { kind: 'any' }, [], ['x'], []],
    ['any, and there, with another than the table', { kind: 'any' }, ['y'], ['x'], []],
    ['any, and not there', { kind: 'any' }, [], [], ['body: missing']],
    ['`(...)` in the table, and there', undefined, ['(...)'], ['x'], []],
    ['`(...)` in the table, and not there', undefined, ['(...)'], [], ['body: missing']],
    ['absent, and there', { kind: 'absent' }, ['x'], ['x'], ['body: must not be there']],
    ['absent, and not there', { kind: 'absent' }, [], [], []],
    ['a pattern over lines', { kind: 'matches', pattern: '^one\\s+at [0-9]+$' }, [], ['one', 'at 12'], []],
    [
      'a pattern that does not match',
      { kind: 'matches', pattern: '^o$' },
      [],
      ['x'],
      ['body: does not match the pattern'],
    ],
    ['a pattern, and not there', { kind: 'matches', pattern: '.' }, [], [], ['body: missing']],
    ['written out in place of the table', { kind: 'is', text: 'x' }, ['y'], ['x'], []],
    [
      'written out, and another',
      { kind: 'is', text: 'y' },
      ['x'],
      ['x'],
      ['body: line 1: expected `y`, got `x`: another value'],
    ],
    ['none in the table, and there', undefined, [], ['x'], ['body: none in the table']],
  ])('%s', (_, body, table, got, differences) => {
    expect(of(body, table, got)).toEqual(differences);
  });
});

describe('a body that is unchanged', () => {
  const steps = [notify(1, PIDF), notify(2, PIDF, { body: { kind: 'unchanged' } })];
  const trace = traceOf(steps);

  test('is byte for byte that of the message before', () => {
    expect(judged(flowOf(steps), trace)).toEqual({ passed: true, wrong: {} });
    const spaced = changed(trace, 1, '\n  <tuple id', '\n\t <tuple id');
    expect(judged(flowOf(steps), spaced).wrong).toEqual({ 2: 'body' });
  });

  test('must be there, though the message before has none', () => {
    const none = [notify(1, []), notify(2, [], { body: { kind: 'unchanged' } })];
    const [, verdict] = judge(flowOf(none), traceOf(none)).steps;
    expect(verdict?.differences).toMatchObject([{ where: 'body', why: 'missing' }]);
  });

  test('passed on wrong is the fault of the step that made it so', () => {
    const both = changed(changed(trace, 0, 'open', 'busy'), 1, 'open', 'busy');
    expect(judged(flowOf(steps), both).wrong).toEqual({ 1: 'body' });
  });
});

describe('the text of a failure in a body', () => {
  const text = (flow: Flow, from: string, to: string): string =>
    failureText(judge(flow, changed(traceOf(flow.steps), 0, from, to)), { columns: 200 }).join('\n');
  // the start line is line 100 of the file, the body begins 9 lines beneath
  test.each([
    [
      'an element',
      '<basic>open',
      '<basic>busy',
      '/presence/tuple[1]/status/basic: expected "open", got "busy"',
      112,
    ],
    ['an attribute', 'entity="a"', 'entity="b"', '/presence/@entity', 111],
    ['an attribute on a line of its own', 'id="tid2"', 'id="tid3"', '/presence/tuple[2]/@id', 114],
    ['what is not there', '<note>call1</note>', '<!-- no note -->  ', '/presence/tuple[2]', 115],
  ])('is at the line of %s', (_, from, to, what, line) => {
    const shown = text(flowOf([notify(1, PIDF)]), from, to);
    expect(shown).toContain(what);
    expect(shown).toContain(`(scenarios/small.yaml:${line})`);
  });

  test('is at the line of a text that differs', () => {
    expect(text(flowOf([notify(1, ['one', 'two', 'three'])]), 'two', '2')).toContain('small.yaml:110)');
  });

  test('says what a symbol within XML stands for already', () => {
    const flow = flowOf([notify(1, PIDF), notify(2, PIDF)], { symbols: ['tid1', 'tid2'] });
    const verdict = judge(flow, changed(traceOf(flow.steps), 1, 'tid1', 'cell'));
    expect(failureText(verdict, { columns: 300 }).join('\n')).toContain(
      '/presence/tuple[1]/@id: expected "tid1", got "cell": value tid1 is tid1 in an earlier step',
    );
  });
});
