import { describe, expect, test } from '@jest/globals';
import { complaints, HEAD, read } from './lab.js';

const PLAY = `${HEAD}play: [ 'wait 1 s' ]\n`;
const question = (key: string, text: string): string =>
  `${PLAY}flow:\n  - { step: 1, title: t, from: icscf2.home2.net, to: ${key === 'dns' ? 'dns.lab' : 'hss2.home2.net'}, ${key}: ${text} }\n`;
const lir = (answer: string): string =>
  question('diameter', `{ request: { command: LIR }, answer: ${answer} }`);
const notify = (body: string): string =>
  `${PLAY}flow:
  - step: 1
    title: t
    from: watcher
    to: pcscf1.home1.net
    message: "NOTIFY sip:b SIP/2.0"
    body: ${body}
`;

describe('a body beside the table', () => {
  test.each([
    ['any', { kind: 'any' }],
    ['absent', { kind: 'absent' }],
    ["{ matches: '^x' }", { kind: 'matches', pattern: '^x' }],
    ['{ is: " any\\n" }', { kind: 'is', text: 'any' }],
  ])('%s', (text, body) => {
    const [step] = read(notify(text)).flow.steps;
    expect(step).toMatchObject({ body });
    expect(step?.kind === 'message' && step.lines.get('body')).toBe(14);
  });

  test.each([
    ['unchangd', /^flow\.yaml:\d+:\d+: flow\.0\.body: expected `absent`, `any`, `unchanged`/],
    ["{ matches: '(' }", /flow\.0\.body.*regular expression/i],
    [
      'unchanged',
      /empty is as in the message before, and there is no message before it: body; write the value/,
    ],
  ])('%s is complained of', (text, complaint) => {
    expect(complaints(notify(text))).toEqual([expect.stringMatching(complaint)]);
  });
});

describe('questions and answers', () => {
  test('an answer may be none, left out, or have AVPs by name', () => {
    expect(read(lir('none')).flow.steps).toMatchObject([{ answer: 'none' }]);
    const avps =
      '{ Result-Code: 2001, Server-Capabilities: { Mandatory-Capability: [1, any] }, User-Data: absent }';
    const [step] = read(lir(`{ command: LIA, avps: ${avps} }`)).flow.steps;
    const answer = step?.kind === 'diameter' && typeof step.answer === 'object' ? step.answer : undefined;
    expect([...(answer?.avps ?? [])]).toEqual([
      ['Result-Code', { kind: 'is', value: '2001' }],
      [
        'Server-Capabilities',
        {
          kind: 'group',
          avps: new Map([
            ['Mandatory-Capability', { kind: 'all', values: [{ kind: 'is', value: '1' }, { kind: 'any' }] }],
          ]),
        },
      ],
      ['User-Data', { kind: 'absent' }],
    ]);
  });

  test.each([
    ['{ Server-Nam: any }', /avps\.Server-Nam: there is no AVP Server-Nam; did you mean `Server-Name`\?$/],
    ['{ Server-Capabilities: 5 }', /expected a mapping of AVPs, a list of them, `any` or `absent`$/],
    ['{ Server-Capabilities: { Mandatory-Capabilty: 5 } }', /did you mean `Mandatory-Capability`\?$/],
    ['{ Server-Name: { a: b } }', /expected a value, \{ matches: REGULAR EXPRESSION \}, a list/],
    ["{ Server-Name: { matches: '(' } }", /expected a regular expression$/],
  ])('%s is complained of', (avps, complaint) => {
    expect(complaints(lir(`{ command: LIA, avps: ${avps} }`))).toEqual([expect.stringMatching(complaint)]);
  });

  test('what does not come says nothing', () => {
    expect(complaints(question('dns', '{ name: a.b, type: A, answer: none, records: [] }'))).toEqual([
      expect.stringMatching(/flow\.0\.dns\.answer: none, and what it says is told too$/),
    ]);
  });
});
