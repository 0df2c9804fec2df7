import { describe, expect, test } from '@jest/globals';
import { complaints, HEAD, read } from './lab.js';

const PLAY = `${HEAD}play: [ 'wait 1 s' ]\n`;
const TABLE = `flow:
  - step: 1
    title: SUBSCRIBE
    clause: RFC 6665 4.1.2.1
    from: watcher
    to: pcscf1.home1.net
    message: |
      SUBSCRIBE tel:+1 SIP/2.0
      Via: SIP/2.0/UDP a

      Not-A-Header: x
    headers: { Route: absent, User-Agent: { matches: '^ims' }, Date: any }
    alsoOnTheWire: { Max-Forwards: { value: '70', why: mandatory } }
`;

describe('the flow of a scenario file', () => {
  test('each header of a table has its line, and what is beside the table too', () => {
    const [step] = read(`${PLAY}${TABLE}`).flow.steps;
    expect(step).toMatchObject({ kind: 'message', clause: 'RFC 6665 4.1.2.1', at: { line: 9, column: 5 } });
    expect(step?.kind === 'message' ? [...step.lines] : []).toEqual([
      ['', 15],
      ['via', 16],
      ['route', 19],
      ['user-agent', 19],
      ['date', 19],
      ['max-forwards', 20],
    ]);
    expect(step?.kind === 'message' ? [...step.headers] : []).toEqual([
      ['Route', { kind: 'absent' }],
      ['User-Agent', { kind: 'matches', pattern: '^ims' }],
      ['Date', { kind: 'any' }],
    ]);
  });

  test('a table in quotes has one place, that of the text', () => {
    const quoted = `flow: [{ step: 1, title: t, from: watcher, to: pcscf1.home1.net, message: "A sip:b SIP/2.0\\nVia: x\\n" }]\n`;
    const [step] = read(`${PLAY}${quoted}`).flow.steps;
    expect(step?.kind === 'message' ? [...step.lines] : []).toEqual([
      ['', 8],
      ['via', 8],
    ]);
  });

  test('variables of the file stand in tables and errata; any other is the text itself', () => {
    const text = `variables: { number: 'tel:+1' }\n${PLAY}${TABLE.replace('SUBSCRIBE tel:+1', 'SUBSCRIBE ${number}').replace('UDP a', 'UDP ${a}')}`;
    const [step] = read(text).flow.steps;
    expect(step?.kind === 'message' ? step.table.split('\n').slice(0, 2) : []).toEqual([
      'SUBSCRIBE tel:+1 SIP/2.0',
      'Via: SIP/2.0/UDP ${a}',
    ]);
  });

  test('a variable of a table that looks like one of the file is complained of in its line', () => {
    const text = `variables: { number: 'tel:+1' }\n${PLAY}${TABLE.replace('UDP a', 'UDP ${numbr}')}`;
    expect(complaints(text)).toEqual([
      'flow.yaml:17:1: flow.0.message: there is no variable numbr; did you mean `number`?',
    ]);
  });

  test('a variable has a value without variables; a dollar of the text is one', () => {
    const inVariable = `${PLAY}variables:\n  user: a\n  uri: sip:\${user}@b\n`;
    expect(complaints(inVariable)).toEqual([
      'flow.yaml:10:8: variables.uri: a value has no variables in it: write out what `${...}` stands for',
    ]);
    const dollar = `variables: { dollar: $ }\n${HEAD}play: [ 'watcher sends a message to sip:a@b saying "\${dollar}{x}"' ]\n`;
    expect(complaints(dollar)).toEqual([]);
  });

  test('any order within a group: each follows what came before the group, the next step its last', () => {
    const steps = read(`${PLAY}${TABLE}  - anyOrder:
      - { step: 2, title: t, from: watcher, to: pcscf1.home1.net, message: "SIP/2.0 200 OK" }
      - { step: 3, title: t, optional: true, from: watcher, to: pcscf1.home1.net, message: "SIP/2.0 200 OK" }
  - { step: 4, title: t, from: scscf1.home1.net, to: dns.lab, dns: { type: NAPTR, name: 2.1.e164.arpa, rcode: NXDOMAIN } }
`).flow.steps;
    expect(steps.map(({ step, follows, group, optional }) => [step, follows, group, optional])).toEqual([
      [1, undefined, undefined, undefined],
      [2, 1, 'anyOrder 2', undefined],
      [3, 1, 'anyOrder 2', true],
      [4, 3, undefined, undefined],
    ]);
    expect(steps[3]).toMatchObject({ kind: 'dns', type: 'NAPTR', rcode: 'NXDOMAIN' });
  });

  test('other messages: none with a flow unless told, be it empty, any without one', () => {
    expect(read(`${PLAY}${TABLE}`).flow.othersAllowed).toEqual([]);
    expect(read(`${PLAY}${TABLE}others: allowed\n`).flow.othersAllowed).toBe('all');
    expect(
      read(`${PLAY}${TABLE}others: [{ from: watcher, message: OPTIONS }, { message: 100 }]\n`).flow
        .othersAllowed,
    ).toEqual([{ from: 'watcher', message: 'OPTIONS' }, { message: '100' }]);
    expect(read(PLAY).flow.othersAllowed).toBe('all');
    expect(read(`${PLAY}flow: []\n`).flow.othersAllowed).toEqual([]);
    expect(read(`${PLAY}flow: []\nothers: allowed\n`).flow.othersAllowed).toBe('all');
  });

  test('participants that nobody names are those of the flow, in their order', () => {
    expect(read(`${PLAY}${TABLE}`).participants).toEqual([
      ['watcher', 'watcher'],
      ['pcscf1.home1.net', 'pcscf1.home1.net'],
    ]);
  });

  test.each([
    ['a misspelt key', TABLE.replace('title:', 'titel:'), '10:5', 'did you mean `title`?'],
    ['a misspelt kind', TABLE.replace('message: |', 'mesage: |'), '14:5', 'did you mean `message`?'],
    [
      'an element that is not there',
      TABLE.replace('pcscf1', 'pscf1'),
      '13:9',
      'did you mean `pcscf1.home1.net`?',
    ],
    ['an expectation that is none', TABLE.replace('absent', 'absnt'), '19:23', 'expected `absent`, `any`'],
    ['a pattern that is none', TABLE.replace("'^ims'", "'('"), '19:54', 'expected a regular expression'],
    [
      'a step in a group',
      `${TABLE}  - anyOrder: [{ step: 2, tite: x }]\n`,
      '21:16',
      'expected a step with one of message',
    ],
    [
      'an other message of nobody',
      `${TABLE}others: [{ from: wacher }]\n`,
      '21:18',
      'did you mean `watcher`?',
    ],
  ])('%s is complained of at its place', (_, table, place, expected) => {
    const found = complaints(`${PLAY}${table}`);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`flow.yaml:${place}: `);
    expect(found[0]).toContain(expected);
  });
});
