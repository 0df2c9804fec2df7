import { describe, expect, test } from '@jest/globals';
import { actionForms, actionGrammar } from '../../src/file/action-sentences.js';
import { understood } from '../../src/file/sentence.js';
import type { Action } from '../../src/index.js';
import { complaints, HEAD, read } from './lab.js';

function played(entries: string): readonly Action[] {
  return read(`${HEAD}play:\n${entries}`).play;
}

describe('actions as sentences', () => {
  test('each form takes its own example, and no form before it does', () => {
    for (const form of actionForms) {
      expect([form.pattern, understood(form.example, actionGrammar)?.form.pattern]).toEqual([
        form.pattern,
        form.pattern,
      ]);
    }
  });

  test.each([
    [
      'watcher subscribes to tel:+1-212-555-2222 for presence, 7200 s',
      '{ subscribe: watcher, to: "tel:+1-212-555-2222", event: presence, expiresS: 7200 }',
    ],
    [
      'watcher subscribes to sip:a@b as first and gets 403',
      '{ subscribe: watcher, to: "sip:a@b", as: first, expect: 403 }',
    ],
    ['watcher registers again, 1 h', '{ register: watcher, expiresS: 3600 }'],
    ['watcher deregisters all contacts', '{ deregister: watcher, all: true }'],
    ['watcher refreshes, 60 s and gets 4xx', '{ refresh: watcher, expiresS: 60, expect: 4xx }'],
    [
      'watcher publishes presence from user2-presence.xml, 7200 s',
      '{ publish: watcher, body: user2-presence.xml, expiresS: 7200 }',
    ],
    [
      'watcher sends a message to sip:a@b saying "hello, you"',
      '{ message: watcher, to: "sip:a@b", text: "hello, you" }',
    ],
    [
      'watcher invites tel:+1 reliably with offer.sdp until ringing',
      '{ invite: watcher, to: "tel:+1", reliable: true, body: offer.sdp, until: ringing }',
    ],
    ['watcher rejects with 486', '{ respond: watcher, method: INVITE, status: 486 }'],
    ['watcher rings with 183 reliably', '{ ring: watcher, status: 183, reliable: true }'],
    [
      'as answers SUBSCRIBE with 200 within 500 ms',
      '{ respond: as, method: SUBSCRIBE, status: 200, withinS: 0.5 }',
    ],
    ['as notifies terminated;reason=noresource', '{ notify: as, state: "terminated;reason=noresource" }'],
    ['watcher receives 202', '{ receive: watcher, what: 202 }'],
    ['watcher receives NOTIFY within 1 min', '{ receive: watcher, what: NOTIFY, withinS: 60 }'],
    ['watcher is no longer registered', '{ until: watcher, registered: false }'],
    [
      'hss1.home1.net terminates user1_private@home1.net, server-change',
      '{ hss: hss1.home1.net, terminate: user1_private@home1.net, reason: server-change }',
    ],
    [
      'hss1.home1.net removes user1_private@home1.net',
      '{ hss: hss1.home1.net, remove: user1_private@home1.net }',
    ],
    [
      'scscf1.home1.net deregisters sip:user1_public1@home1.net',
      '{ sCscf: scscf1.home1.net, deregister: "sip:user1_public1@home1.net" }',
    ],
    ['advance the clock by 7200 s', '{ advance: 7200 }'],
  ])('`%s` says what `%s` does', (sentence, mapping) => {
    const [one, other] = played(`  - '${sentence}'\n  - ${mapping}\n`);
    expect(one).toEqual({ ...other, at: one?.at });
    expect(one?.at).toMatchObject({ line: 8, column: 5 });
  });

  test('a sentence with more below its colon: options, headers, what is taken', () => {
    const [action] = played(`  - watcher subscribes to tel:+1 for presence, 7200 s:
      accept: application/pidf+xml
      as: first
      expect: no answer
      headers: { Privacy: absent, X-Two: [a, b], Max-Forwards: 0 }
      take: { theTag: { header: To, pattern: 'tag=(\\S+)' }, all: { from: body, pattern: '.' } }
`);
    expect(action).toMatchObject({
      kind: 'subscribe',
      accept: 'application/pidf+xml',
      as: 'first',
      expect: { kind: 'no-answer' },
      headers: [
        ['Privacy', ''],
        ['X-Two', 'a'],
        ['X-Two', 'b'],
        ['Max-Forwards', '0'],
      ],
      take: [
        { variable: 'theTag', from: { header: 'To' }, pattern: 'tag=(\\S+)' },
        { variable: 'all', from: 'body', pattern: '.' },
      ],
    });
  });

  test('bodies: the file beside the scenario, with the type of its kind', () => {
    const bodies = played(`  - watcher publishes presence from user2-presence.xml
  - watcher invites tel:+1 with offer.sdp
  - { message: watcher, to: 'sip:a@b', text: '<a/>', contentType: text/xml }
`).map((action) => ('contentType' in action ? [action.contentType, String(action.body).slice(0, 5)] : []));
    expect(bodies).toEqual([
      ['application/cpim-pidf+xml', '<?xml'],
      ['application/sdp', 'v=0\r\n'],
      ['text/xml', '<a/>'],
    ]);
  });

  test('raw bytes, a subscriber out of a file, parallel and repeat, each with its place', () => {
    const [send, shorter, provision, parallel, repeat] = played(`  - watcher sends:
      message: |
        OPTIONS sip:a SIP/2.0
  - watcher sends to udp:127.0.0.1:5060: |
      OPTIONS sip:b SIP/2.0
  - hss1.home1.net provisions user3_private@home1.net from user3.json
  - parallel:
      - - wait 2 s
      - - watcher registers
        - watcher deregisters
  - repeat: 3
    steps:
      - watcher asks sip:user\${round}@home2.net for its options
`);
    expect(send).toMatchObject({ kind: 'send', message: 'OPTIONS sip:a SIP/2.0\n', to: undefined });
    expect(shorter).toMatchObject({
      kind: 'send',
      message: 'OPTIONS sip:b SIP/2.0\n',
      to: 'udp:127.0.0.1:5060',
    });
    expect(provision).toMatchObject({ subscriber: { publicIdentities: ['sip:user3@home1.net'] } });
    expect(parallel).toMatchObject({
      branches: [
        [{ kind: 'wait', forS: 2, at: { line: 15, column: 11 } }],
        [
          { kind: 'register', expiresS: 600_000 },
          { kind: 'register', expiresS: 0, at: { line: 17, column: 11 } },
        ],
      ],
    });
    expect(repeat).toMatchObject({
      times: 3,
      actions: [{ kind: 'options', to: 'sip:user${round}@home2.net', at: { line: 20 } }],
    });
  });

  test('an INVITE whose answer is expected waits for it; else the next steps ring and answer', () => {
    const until = played('  - watcher invites tel:+1\n  - watcher invites tel:+1 and gets 486\n').map(
      (action) => (action.kind === 'invite' ? action.until : ''),
    );
    expect(until).toEqual(['sent', 'answered']);
  });
});

describe('actions that are wrong', () => {
  test.each([
    [
      'watcher subscibes to tel:+1 for presence, 7200 s',
      'flow.yaml:8:5: play.0: not understood',
      'did you mean `watcher subscribes to tel:+1 for presence, 7200 s`?',
    ],
    ['watcher subscribes to 12 for presence', '8:5', '; 12: expected a sip: or tel: URI'],
    ['kil scscf1.home1.net', '8:5', 'did you mean `kill scscf1.home1.net`?'],
    ['wacher registers', '8:5', 'there is no actor wacher; there are: watcher, as; did you mean `watcher`?'],
    ['as registers', '8:5', 'as is no UE'],
    ['kill scscf3.home1.net', '8:5', 'there is no element scscf3.home1.net'],
    ['scscf1.home1.net terminates user1_private@home1.net', '8:5', 'there is no HSS scscf1.home1.net'],
    ['watcher receives NOTFIY', '8:5', 'there is no method NOTFIY; did you mean `NOTIFY`?'],
    ['watcher refreshes frst', '8:5', 'nothing before is named frst'],
    ['watcher sends', '8:5', 'message: missing'],
    ['watcher publishes presence from nobody.xml', '8:5', 'there is no file nobody.xml'],
    ['watcher subscribes to ${numbr}', '8:5', 'there is no variable numbr'],
    ["'watcher subscribes to ${numbr'", '8:5', '`${numbr` has no end: expected `}` behind the name'],
    ['{ message: watcher, to: "sip:a@b", text: "a ${b, c" }', '8:46', '`${b, c` has no end'],
    ['{ subscibe: watcher }', '8:7', 'did you mean `subscribe`?'],
    [
      '{ subscribe: watcher, to: "tel:+1", acept: x }',
      '8:41',
      'unknown key acept: expected one of to, event, accept',
    ],
    ['{ subscribe: watcher, to: "tel:+1", expect: 99 }', '8:49', 'expected a final status such as 403'],
    ['{ hss: hss1.home1.net, terminat: a@b }', '8:28', 'did you mean `terminate`?'],
    ['{ repeat: 100001, steps: [] }', '8:15', '100000'],
    ['{ watcher registers: { expirs: 5 } }', '8:28', 'did you mean `expiresS`?'],
    ['{ watcher sends: { mesage: x } }', '8:24', 'did you mean `message`?'],
    ['{ "watcher subscribes to tel:+1": { to: "tel:+2" } }', '8:41', 'the sentence says it already'],
    ['{ watcher registers: , expect: 403 }', '8:28', 'write it deeper'],
    ['{ wait: 2, until: 3 }', '8:16', 'unknown key until'],
    ['7', '8:5', 'expected an action'],
  ])('`%s` is complained of at %s: %s', (entry, place, expected) => {
    const found = complaints(`${HEAD}play:\n  - ${entry}\n`);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(place);
    expect(found[0]).toContain(expected);
  });

  test('what begins alike is offered, and nothing else', () => {
    const [text = ''] = complaints(`${HEAD}play:\n  - hss1.home1.net answers LIR with\n`);
    expect(text).toContain('`ACTOR answers METHOD with STATUS[ within DURATION]`');
    expect(text).not.toContain('kill');
  });

  test.each([
    [
      'watcher subscribes to tel:+1 for presence, 7200 parsecs',
      '; 7200 parsecs: expected a time such as 7200 s',
    ],
    ['watcher subscribes sip:a@b', '; did you mean `watcher subscribes to sip:a@b`?'],
    [
      'watcher subscribe to sip:a@b for presence, 7200 s',
      '`watcher subscribes to sip:a@b for presence, 7200 s`?',
    ],
    ['advance clock by 3 s', '; did you mean `advance the clock by 3 s`?'],
    ['watcher waits 3 s', '; did you mean `wait 3 s`?'],
    ['watcher refreshes, 0.5 fortnights', '; 0.5 fortnights: expected a time such as 7200 s'],
    ['watcher refreshes 3600', '; 3600: expected a time such as 7200 s'],
    ['watcher invites', '; missing: URI, a sip: or tel: URI'],
    ['nobody subscribes sip:a@b', '; nobody: expected an actor: watcher, as'],
    ['wacher subscibes to sip:a@b', '; did you mean `watcher subscribes to sip:a@b`?'],
    ['watcher answrs SUBSCIBE with 200', '; did you mean `watcher answers SUBSCRIBE with 200`?'],
    ['kil scsf1.home1.net', '; did you mean `kill scscf1.home1.net`?'],
    ['watcher, registrs', '; did you mean `watcher registers`?'],
    ['watcher registers, gets 403', '; did you mean `watcher registers, and gets 403`?'],
    [
      'watcher sends a mesage to sip:a@b saying "to be"',
      '; did you mean `watcher sends a message to sip:a@b saying "to be"`?',
    ],
    ['hss1.home1.net terminates user1_private@home1.net, server-chnge', ', server-change`?'],
  ])('`%s`: the nearest sentence that is taken, or the slot that is wrong: %s', (sentence, expected) => {
    const [text = ''] = complaints(`${HEAD}play:\n  - '${sentence}'\n`);
    expect(text.endsWith(expected) ? expected : text).toBe(expected);
    const [, suggested] = /did you mean `([^`]+)`\?$/.exec(text) ?? [];
    expect(suggested === undefined ? [] : complaints(`${HEAD}play:\n  - '${suggested}'\n`)).toEqual([]);
  });

  test.each([
    'watcher calls sip:a@b',
    'as regsters',
    'watcher refrshes first',
    'watcher publshes presence from nobody.xml',
    'watcher to sip:a@b',
    'rings',
    'watcher registrs, 500 ms',
  ])('`%s`: nothing is suggested that would not be taken', (sentence) => {
    const [text = ''] = complaints(`${HEAD}play:\n  - '${sentence}'\n`);
    expect(text).toContain('not understood');
    expect(text).not.toContain('did you mean');
  });

  test('whatever word of an example is left out or misspelt, what is suggested is taken', () => {
    const head = HEAD.replace(
      / {2}watcher: (.*)\n/,
      (line, its) => `${line}  presentity: ${its}\n  caller: ${its}\n  callee: ${its}\n`,
    );
    const file = (sentences: readonly string[]): string =>
      `${head}play:\n${sentences.map((one) => `  - '${one}'\n`).join('')}`;
    const examples = actionForms
      .map(({ example }) => example)
      .filter((one) => complaints(file([one])).length === 0);
    const broken = examples.flatMap((example) => {
      const words = example.split(' ');
      return words.flatMap((word, at) => [
        words.toSpliced(at, 1).join(' '),
        words.with(at, word.replace(/^(..)./, '$1')).join(' '),
      ]);
    });
    const suggested: string[] = [];
    for (let at = 0; at < broken.length; at += 10) {
      const found = complaints(file(broken.slice(at, at + 10))).join('\n');
      suggested.push(
        ...[...found.matchAll(/not understood.* did you mean `([^`]+)`\?$/gm)].map(([, one = '']) => one),
      );
    }
    expect(suggested.length).toBeGreaterThan(broken.length / 4);
    for (let at = 0; at < suggested.length; at += 100) {
      expect(complaints(file(suggested.slice(at, at + 100)))).toEqual([]);
    }
  });

  test('a variable that is taken is known from then on, a round within its repeat', () => {
    const take = '{ register: watcher, take: { tag: { header: To } } }';
    const ask = (name: string): string => `{ options: watcher, to: 'sip:\${${name}}@b' }`;
    expect(complaints(`${HEAD}play:\n  - ${take}\n  - ${ask('tag')}\n`)).toEqual([]);
    expect(complaints(`${HEAD}play:\n  - ${ask('tag')}\n  - ${take}\n`)[0]).toContain(
      '8:29: play.0.to: there is no variable tag',
    );
    expect(complaints(`${HEAD}play:\n  - { parallel: [ [ ${ask('tag')} ], [ ${take} ] ] }\n`)).toEqual([]);
    expect(
      complaints(`${HEAD}play:\n  - { repeat: 2, steps: [ ${ask('round')} ] }\n  - ${ask('round')}\n`),
    ).toHaveLength(1);
  });
});
