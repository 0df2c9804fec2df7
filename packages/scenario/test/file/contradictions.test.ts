import { describe, expect, test } from '@jest/globals';
import { complaints, HEAD } from './lab.js';

const PLAY = `${HEAD}play: [ 'wait 1 s' ]\n`;
const played = (...sentences: readonly string[]): string =>
  `${HEAD}play:\n${sentences.map((one) => `  - ${one}\n`).join('')}`;
const STEP = 'title: t, from: watcher, to: pcscf1.home1.net';
const flow = (...steps: readonly string[]): string =>
  `${PLAY}flow:\n${steps.map((one) => `  - { ${STEP}, ${one} }\n`).join('')}`;
const OK = 'message: "SIP/2.0 200 OK\\nVia: x"';
const VALUE = '; write the value, say `headers: { To: any }`, or ';
const BEHIND = 'put it behind the step that it is of: `follows: N` names one above';
const EMPTY = 'message: "SIP/2.0 200 OK\\nVia: x\\nTo:\\nContent-Length:"';

describe('what cannot be together', () => {
  test.each([
    [
      'a step that follows itself',
      flow(`step: 1, ${OK}`, `step: 2, ${OK}, follows: 2`),
      'flow.1.follows: a step cannot follow itself',
    ],
    [
      'two steps of one number',
      flow(`step: 1, ${OK}`, `step: 1, ${OK}`),
      'flow.1.step: there is a step 1 before',
    ],
    [
      'an empty header in the first message',
      flow(`step: 1, ${EMPTY}`),
      'flow.0.message: empty is as in the message before, and there is no message before it: To'.concat(
        VALUE,
        BEHIND,
      ),
    ],
    [
      'an empty header after what is no message',
      flow('step: 1, dns: { type: A, name: a.b }', `step: 2, ${EMPTY}, follows: 1`),
      'flow.1.message: empty is as in the message before, and there is no message in step 1: To'.concat(
        VALUE,
        BEHIND,
      ),
    ],
    [
      'an empty header after what need not happen',
      flow(`step: 1, optional: true, ${OK}`, `step: 2, ${EMPTY}`),
      'flow.1.message: empty is as in the message before, and there is none before it but step 1, which need not happen: To'.concat(
        VALUE,
        BEHIND,
      ),
    ],
    [
      'an empty header by `follows: none`',
      flow(`step: 1, ${OK}`, `step: 2, ${EMPTY}, follows: none`),
      'there is none by `follows: none`: To'.concat(
        VALUE,
        'say which step above it is of, such as `follows: 1`',
      ),
    ],
    [
      'an empty header within a group, of its first step',
      `${PLAY}flow:\n  - anyOrder: [{ ${STEP}, step: 1, ${OK} }, { ${STEP}, step: 2, ${EMPTY} }]\n`,
      'there is no message before its group, within which no step is before another: To'.concat(
        VALUE,
        'say which step above it is of, such as `follows: 1`',
      ),
    ],
    [
      '`follows` a step that stands below',
      flow(`step: 1, ${OK}`, `step: 2, follows: 3, ${OK}`, `step: 3, ${OK}`),
      'flow.1.follows: step 3 stands below, and `follows` looks up only: put this step behind it, or say one above, such as `follows: 1`',
    ],
    [
      'a header twice beside a table',
      flow(`step: 1, ${OK}, headers: { To: any, to: absent }`),
      'flow.0.headers.to: to stands above',
    ],
    [
      'a header that is absent and on the wire',
      flow(`step: 1, ${OK}, headers: { Date: absent }, alsoOnTheWire: { date: { value: x, why: y } }`),
      'flow.0.headers.Date: absent, and in alsoOnTheWire it is there',
    ],
    [
      'an answer to another command',
      flow('step: 1, diameter: { request: { command: LIR }, answer: { command: UAA } }'),
      'flow.0.diameter.answer.command: expected LIA, the answer to LIR',
    ],
    [
      'an answer for a request',
      flow('step: 1, diameter: { request: { command: LIA }, answer: { command: LIA } }'),
      'flow.0.diameter.request.command: LIA is an answer: expected a request such as LIR',
    ],
    ['a symbol twice', `${PLAY}symbols: [ abc, abc ]\n`, 'symbols.1: abc stands above'],
    [
      'a symbol of an address and of a value',
      `${PLAY.replace(/proxy: (\S+) \}/, "proxy: $1, symbol: '[5555::a]' }")}symbols: [ '[5555::A]' ]\n`,
      'symbols.0: it is the address of watcher already',
    ],
    [
      'a symbol of two addresses',
      PLAY.replace(
        / {2}watcher: (.*) \}\n/,
        (_, its: string) => `  watcher: ${its}, symbol: a }\n  other: ${its}, symbol: A }\n`,
      ),
      'actors.other.symbol: it is the address of watcher already',
    ],
    [
      'two actors at one host',
      PLAY.replace('  as: {', '  other: { agent: ps.home2.net }\n  as: {'),
      'actors.as.as: the actor other is at ps.home2.net',
    ],
    [
      'an actor of an element’s name',
      PLAY.replace('  as: {', '  scscf1.home1.net: { agent: gw.home2.net }\n  as: {'),
      'actors.scscf1.home1.net: there is an element of the name scscf1.home1.net',
    ],
    [
      'a fault that is told twice how often',
      `${PLAY}faults:\n  - drops SUBSCRIBE, once: { times: 3 }\n`,
      'times: the sentence says it already',
    ],
    [
      'a fault that is told twice from whom',
      `${PLAY}faults:\n  - drops SUBSCRIBE from watcher: { from: as }\n`,
      'from: the sentence says it already',
    ],
    [
      'a restart of what runs',
      played('restart scscf1.home1.net'),
      'play.0.restart: nothing before kills scscf1.home1.net',
    ],
    [
      'a kill of somebody else’s',
      `${played('kill scscf1.home1.net')}elements: { scscf1.home1.net: { external: 'udp:192.0.2.1:5060' } }\n`,
      'play.0.kill: scscf1.home1.net is not started here: it is nobody of ours',
    ],
    [
      'a kill of an actor',
      played('kill ps.home2.net'),
      'play.0.kill: ps.home2.net is not started here: the actor as is in its place',
    ],
    [
      'a UE that is to know what nobody tells it',
      played(
        'watcher registers',
        'hss1.home1.net terminates user1_private@home1.net',
        'watcher is no longer registered',
      ),
      '10:5: play.2.until: watcher would not know: expected `watcher subscribes to its registration state` before',
    ],
    [
      'a UE that subscribes too late',
      played(
        'watcher registers',
        'watcher is no longer registered',
        'watcher subscribes to its registration state',
      ),
      'play.1.until: watcher would not know',
    ],
    [
      'a UE in a repetition',
      played('watcher registers', '{ repeat: 2, steps: [ watcher is no longer registered ] }'),
      'play.1.steps.0.until: watcher would not know',
    ],
  ])('%s', (_, text, expected) => {
    const found = complaints(text);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(expected);
    expect(found[0]).toMatch(/^flow\.yaml:\d+:\d+: /);
  });

  const STATE = 'watcher subscribes to its registration state';
  const UNTIL = 'watcher is no longer registered';
  test.each([
    ['it has subscribed', ['watcher registers', STATE, UNTIL]],
    ['it deregisters itself', ['watcher registers', 'watcher deregisters', UNTIL]],
    ['it never registered', [UNTIL]],
    ['it is refused', ['watcher registers', 'watcher registers again and gets 403', UNTIL]],
    [
      'it takes its contact back by a header',
      ['watcher registers', '{ watcher registers: { headers: { Expires: 0 } } }', UNTIL],
    ],
    ['another branch subscribes', ['watcher registers', `{ parallel: [ [ ${UNTIL} ], [ ${STATE} ] ] }`]],
    [
      'another branch deregisters',
      ['watcher registers', `{ parallel: [ [ ${UNTIL} ], [ watcher deregisters ] ] }`],
    ],
    ['another branch kills', ['{ parallel: [ [ restart scscf1.home1.net ], [ kill scscf1.home1.net ] ] }']],
    [
      'it was killed in a repetition',
      ['{ repeat: 2, steps: [ kill scscf1.home1.net, restart scscf1.home1.net ] }'],
    ],
  ])('it may come true where %s', (_, sentences) => {
    expect(complaints(played(...sentences))).toEqual([]);
  });

  test('what is right: an empty header after its message, a length as the body is, an element that is ours again', () => {
    expect(
      complaints(flow(`step: 1, ${OK.replace('Via: x', 'Via: x\\nContent-Length:')}`, `step: 2, ${EMPTY}`)),
    ).toEqual([]);
    expect(complaints(flow(`step: 1, ${EMPTY}, headers: { To: any }`))).toEqual([]);
    expect(complaints(`${played('kill scscf1.home1.net')}elements: { scscf1.home1.net: play }\n`)).toEqual(
      [],
    );
  });
});
