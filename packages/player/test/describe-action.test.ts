import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import type { Action } from '@ims-sim/scenario';
import { readScenarioFile } from '@ims-sim/scenario/files';
import fc from 'fast-check';
import { describeAction } from '../src/index.js';

const NETWORK = fileURLToPath(new URL('../../../../scenarios/network.yaml', import.meta.url));
const FILES = {
  'a.xml': '<a/>',
  'offer 1.sdp': 'v=0\r\n',
  'u.json': '{"publicIdentities":["sip:u@home1.net"]}',
};
const HEAD = {
  title: 't',
  profile: 'tr-24.841',
  network: NETWORK,
  actors: {
    watcher: {
      ue: 'sip:user1_public1@home1.net',
      privateIdentity: 'user1_private@home1.net',
      proxy: 'pcscf1.home1.net',
    },
  },
};
/** Names that `of` may have. */
const BEFORE = [{ subscribe: 'watcher', to: 'sip:a@b', as: 'first' }, { registrationState: 'watcher' }];

const folder = mkdtempSync(join(tmpdir(), 'ims-describe-'));
for (const [name, content] of Object.entries(FILES)) {
  writeFileSync(join(folder, name), content);
}

/** JSON is YAML. */
function stringify(file: object): string {
  return Object.entries(file)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join('');
}

function readActions(yaml: string): readonly Action[] {
  const file = join(folder, 'flow.yaml');
  writeFileSync(file, yaml);
  return readScenarioFile(file).play;
}

/** Seconds to the microsecond. */
const micros = (seconds: number): number => Math.abs(Math.round(seconds * 1e6) / 1e6);

const uri = fc.constantFrom('sip:user2_public1@home2.net', 'tel:+1-212-555-2222', '${callee}', 'SIP:a@b;x=y');
const expiresS = fc.option(fc.nat(0xffffffff), { nil: undefined });
const withinS = fc.option(fc.oneof(fc.nat(3600), fc.double({ min: 0, max: 3600, noNaN: true }).map(micros)), {
  nil: undefined,
});
const of = fc.constantFrom(undefined, 'first');
const as = fc.constantFrom(undefined, 'mine', 'a.b-c');
const body = fc.constantFrom(undefined, ...Object.keys(FILES));
const text = fc.oneof(
  fc.constantFrom('hello', '', 'a: b # c', 'with "quotes"', 'two\nlines', 'x'.repeat(61)),
  fc.string({ maxLength: 70 }).filter((one) => !one.includes('${')),
);
const bool = fc.constantFrom(undefined, true, false);
const acting = {
  expect: fc.constantFrom(undefined, 200, 403, '4xx', 'no answer'),
  headers: fc.constantFrom(undefined, { Privacy: 'id' }),
  take: fc.constantFrom(undefined, { tag: { header: 'To' } }),
};
const watcher = fc.constant('watcher');
const status = fc.integer({ min: 100, max: 699 });
const method = fc.constantFrom('SUBSCRIBE', 'INVITE', 'MESSAGE', 'OPTIONS');

/** What a content is: a file, or a text, or nothing. */
const contents = fc.oneof(
  body.map((one) => ({ body: one })),
  text.map((one) => ({ text: one })),
);

const mapping = <T extends object>(record: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(record);
const withContent = <T extends object>(record: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.tuple(mapping(record), contents).map(([its, content]) => ({ ...its, ...content }));

const simple: fc.Arbitrary<object> = fc.oneof(
  mapping({
    register: watcher,
    expiresS: fc.option(fc.integer({ min: 1, max: 1e6 }), { nil: undefined }),
    ...acting,
  }),
  mapping({ deregister: watcher, all: bool, ...acting }),
  mapping({ registrationState: watcher, ...acting }),
  mapping({
    subscribe: watcher,
    to: uri,
    event: fc.constantFrom(undefined, 'presence', 'presence.winfo', 'reg'),
    accept: fc.constantFrom(undefined, 'application/pidf+xml'),
    cseq: fc.constantFrom(undefined, 7),
    expiresS,
    as,
    ...acting,
  }),
  mapping({ refresh: watcher, of, expiresS, ...acting }),
  mapping({ unsubscribe: watcher, of, ...acting }),
  withContent({ publish: watcher, expiresS, as, ...acting, expect: fc.constantFrom(400, '2xx') }),
  mapping({ publish: watcher, body: fc.constant('a.xml'), as, expiresS }),
  mapping({ unpublish: watcher, of, ...acting }),
  withContent({ message: watcher, to: uri, ...acting }),
  mapping({ options: watcher, to: uri, ...acting }),
  withContent({
    invite: watcher,
    to: uri,
    reliable: bool,
    until: fc.constantFrom(undefined, 'ringing', 'answered', 'sent'),
    as,
    ...acting,
  }),
  mapping({ cancel: watcher, of, ...acting }),
  withContent({ update: watcher, of, ...acting }),
  withContent({ reinvite: watcher, of, ...acting }),
  mapping({ bye: watcher, of, ...acting }),
  mapping({ until: watcher, registered: fc.boolean(), withinS }),
  withContent({
    ring: watcher,
    status: fc.integer({ min: 101, max: 199 }),
    reliable: bool,
    headers: acting.headers,
  }),
  withContent({ answer: watcher, headers: acting.headers }),
  withContent({ respond: watcher, method, status, withinS, headers: acting.headers }),
  mapping({ receive: watcher, what: fc.oneof(method, status), withinS, take: acting.take }),
  withContent({
    notify: watcher,
    state: fc.constantFrom(undefined, 'active', 'pending', 'terminated;reason=noresource'),
    ...acting,
  }),
  mapping({
    send: watcher,
    message: fc.constantFrom(
      'OPTIONS sip:home2.net SIP/2.0\nVia: x\n',
      'SIP/2.0 200 OK',
      'SIP/2.0 200 a: b',
      'A # b',
      '\r\n\r\n',
      '- "x',
    ),
    to: fc.constantFrom(undefined, 'icscf2.home2.net', 'udp:127.0.0.1:5060', 'udp:[::1]:5060'),
    ...acting,
  }),
  mapping({ wait: fc.oneof(fc.nat(86_400), fc.double({ min: 0, max: 86_400, noNaN: true }).map(micros)) }),
  mapping({ advance: fc.nat(0xffffffff) }),
  mapping({
    hss: fc.constant('hss1.home1.net'),
    terminate: fc.constant('user1_private@home1.net'),
    reason: fc.constantFrom(undefined, 'permanent-termination', 'server-change'),
  }),
  fc.constantFrom(
    { hss: 'hss1.home1.net', provision: 'u@home1.net', from: 'u.json' },
    {
      hss: 'hss1.home1.net',
      provision: 'u@home1.net',
      subscriber: { publicIdentities: ['sip:u@home1.net'] },
    },
    { hss: 'hss1.home1.net', remove: 'u@home1.net' },
    { sCscf: 'scscf1.home1.net', deregister: 'sip:user1_public1@home1.net' },
    { sCscf: 'scscf1.home1.net', reauthenticate: 'sip:user1_public1@home1.net', expiresS: 300 },
  ),
);
/** What needs nothing below its colon: within another action a description has no room for it. */
const alone = simple.filter(
  (its) =>
    !('subscriber' in its) &&
    !('send' in its && 'message' in its && !/^(?:OPTIONS[^#]*|SIP\/2.0 200 OK)$/.test(String(its.message))),
);
const entry: fc.Arbitrary<object> = fc.oneof(
  { weight: 9, arbitrary: simple },
  fc
    .array(fc.array(alone, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 2 })
    .map((parallel) => ({ parallel })),
  fc
    .tuple(fc.integer({ min: 1, max: 9 }), fc.array(alone, { minLength: 1, maxLength: 2 }))
    .map(([repeat, steps]) => ({ repeat, steps })),
);

/** As the file would have it: a sentence is a text, what has a colon of its own stands as it is. */
function asEntry(action: Action): string {
  const said = describeAction(action);
  return ['parallel', 'repeat', 'send'].includes(action.kind) ? said : JSON.stringify(said);
}

/** What a sentence says of an action; the rest stands below its colon. */
function sayable(action: Action): unknown {
  if (action.kind === 'parallel') {
    return { kind: action.kind, branches: action.branches.map((branch) => branch.map(sayable)) };
  }
  if (action.kind === 'repeat') {
    return { kind: action.kind, times: action.times, actions: action.actions.map(sayable) };
  }
  const its: Record<string, unknown> = { ...action };
  for (const key of ['at', 'headers', 'take', 'accept', 'cseq', 'contentType', 'subscriber']) {
    its[key] = undefined;
  }
  const isSaid =
    action.kind === 'message' && action.body !== undefined && /^[^"\r\n]{0,60}$/.test(action.body);
  const takesNoFile = action.kind === 'respond' || action.kind === 'ring';
  if ((its.bodyFile === undefined || takesNoFile) && !isSaid) {
    its.body = undefined;
    its.bodyFile = undefined;
  }
  if (action.kind === 'send') {
    const [line = ''] = action.message.trim().split(/\r?\n/);
    its.message = /: | #/.test(line) || !/^[A-Z]/.test(line) ? undefined : line;
  }
  return its;
}

/** What must stand below, for the file to take it: read back as they were given. */
function below(action: Action): object | undefined {
  if (action.kind === 'publish' && action.body === undefined) {
    return undefined;
  }
  if (action.kind === 'publish' && action.bodyFile === undefined) {
    return { text: action.body };
  }
  if (action.kind === 'provision' && action.subscriber !== undefined && action.from === undefined) {
    return { subscriber: action.subscriber };
  }
  return action.kind === 'send' && sayableLine(action) === undefined
    ? { message: action.message }
    : undefined;
}

function sayableLine(action: Action): unknown {
  return (sayable(action) as { readonly message?: unknown }).message;
}

function yamlOf(action: Action): string {
  const more = below(action);
  return more === undefined
    ? asEntry(action)
    : `{ ${JSON.stringify(describeAction(action))}: ${JSON.stringify(more)} }`;
}

describe('an action in words', () => {
  test('is the sentence that the file takes: read again it is the same action', () => {
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 30 }), (play) => {
        const variables = { callee: 'sip:callee@home2.net' };
        const head = { ...HEAD, variables, before: BEFORE };
        const given = stringify({ ...head, play });
        const actions = readActions(given);
        const said = `${stringify(head)}play:\n${actions.map((one) => `  - ${yamlOf(one)}\n`).join('')}`;
        expect(readActions(said).map(sayable)).toEqual(actions.map(sayable));
      }),
      { numRuns: 40 },
    );
  });

  test.each([
    ['watcher registers', { register: 'watcher' }],
    ['watcher is no longer registered within 5 s', { until: 'watcher', registered: false }],
    ['watcher invites tel:+1-212-555-2222', { invite: 'watcher', to: 'tel:+1-212-555-2222' }],
    ['watcher re-invites first', { reinvite: 'watcher', of: 'first' }],
    ['kill scscf1.home1.net', { kill: 'scscf1.home1.net' }],
    ['restart scscf2.home2.net', { restart: 'scscf2.home2.net' }],
    [
      'watcher sends a message to sip:a@b saying "hello"',
      { message: 'watcher', to: 'sip:a@b', text: 'hello' },
    ],
    [
      'watcher sends to icscf2.home2.net and gets 4xx: OPTIONS sip:a SIP/2.0',
      {
        send: 'watcher',
        to: 'icscf2.home2.net',
        expect: '4xx',
        message: 'OPTIONS sip:a SIP/2.0\nVia: x',
      },
    ],
  ])('%s', (said, given) => {
    const before = [...BEFORE, { kill: 'scscf2.home2.net' }, { deregister: 'watcher' }];
    const [action] = readActions(stringify({ ...HEAD, before, play: [given] }));
    expect(action && describeAction(action)).toBe(said);
  });
});
