import { describe, expect, test } from '@jest/globals';
import type { ServicePointTrigger, SessionCase } from '@ims-sim/cx';
import { createRequest, header } from '@ims-sim/sip';
import { compileCriteria, compileTriggerPoint, describeTriggerPoint } from '../../src/index.js';

const request = createRequest({
  method: 'SUBSCRIBE',
  uri: 'sip:user2_public1@home2.net;x=y',
  headers: [
    header('o', 'presence'),
    header('Supported', 'eventlist, path'),
    header('Supported', '100rel'),
    header('Content-Type', 'application/sdp'),
  ],
  body: 'v=0\r\nm=audio 49170 RTP/AVP 0\r\na=sendrecv\r\n',
});

type Spt = ServicePointTrigger extends infer T
  ? T extends unknown
    ? Omit<T, 'negated' | 'groups'>
    : never
  : never;

function spt(trigger: Spt, group: number | number[] = 0, negated = false): ServicePointTrigger {
  return { ...trigger, negated, groups: typeof group === 'number' ? [group] : group } as ServicePointTrigger;
}

function matches(
  triggers: ServicePointTrigger[],
  cnf = false,
  sessionCase: SessionCase = 'originating',
  registrationType?: 'initial' | 're-registration' | 'de-registration',
  method = 'SUBSCRIBE',
) {
  return compileTriggerPoint({ cnf, servicePointTriggers: triggers })({
    request: { ...request, method },
    sessionCase,
    registrationType,
  });
}

const YES = spt({ kind: 'method', method: 'SUBSCRIBE' });
const yes = (group: number | number[], negated = false) =>
  spt({ kind: 'method', method: 'SUBSCRIBE' }, group, negated);
const no = (group: number | number[], negated = false) =>
  spt({ kind: 'method', method: 'INVITE' }, group, negated);

describe('TS 29.228 B.2.3: each kind of service point trigger', () => {
  test.each<[string, Spt, boolean]>([
    ['method', { kind: 'method', method: 'SUBSCRIBE' }, true],
    ['another method', { kind: 'method', method: 'PUBLISH' }, false],
    ['a method in another case', { kind: 'method', method: 'subscribe' }, false],
    [
      'registration types of no REGISTER do not count',
      { kind: 'method', method: 'SUBSCRIBE', registrationTypes: ['initial'] },
      true,
    ],
    ['header there', { kind: 'sip-header', header: 'Event' }, true],
    ['header not there', { kind: 'sip-header', header: 'Path' }, false],
    ['header and content', { kind: 'sip-header', header: 'event', content: '^presence$' }, true],
    ['header and other content', { kind: 'sip-header', header: 'Event', content: 'winfo' }, false],
    ['second line of a header', { kind: 'sip-header', header: 'Supported', content: '^100rel$' }, true],
    ['header name as a pattern', { kind: 'sip-header', header: 'Sup.*|Require', content: 'eventlist' }, true],
    ['header name is matched whole', { kind: 'sip-header', header: 'Sup.' }, false],
    ['header name that breaks out of its parentheses', { kind: 'sip-header', header: 'X)|(Event' }, false],
    ['content that is no pattern', { kind: 'sip-header', header: 'Event', content: '(' }, false],
    ['Request-URI', { kind: 'request-uri', pattern: '@home2\\.net' }, true],
    ['another Request-URI', { kind: 'request-uri', pattern: '^tel:' }, false],
    ['session case', { kind: 'session-case', sessionCase: 'originating' }, true],
    ['another session case', { kind: 'session-case', sessionCase: 'terminating-registered' }, false],
    ['SDP line', { kind: 'session-description', line: 'm' }, true],
    ['SDP line and content', { kind: 'session-description', line: 'm', content: '^audio ' }, true],
    ['SDP line and other content', { kind: 'session-description', line: 'm', content: 'video' }, false],
    ['content of another line', { kind: 'session-description', line: 'a', content: 'audio' }, false],
  ])('%s', (_what, trigger, expected) => {
    expect(matches([spt(trigger)])).toBe(expected);
    // A trigger that cannot be read never matches, negated neither.
    const unreadable =
      trigger.kind === 'sip-header' && (trigger.content === '(' || trigger.header.includes(')|('));
    expect(matches([spt(trigger, 0, true)])).toBe(unreadable ? false : !expected);
  });

  type Type = 'initial' | 're-registration' | 'de-registration';

  test.each<[Type[] | undefined, Type | undefined, boolean]>([
    [undefined, 'initial', true],
    [['initial'], 'initial', true],
    [['initial', 'de-registration'], 'de-registration', true],
    [['initial'], 're-registration', false],
    [['initial'], undefined, false],
  ])('REGISTER of types %j held against %s: %s', (registrationTypes, type, expected) => {
    const trigger = spt({
      kind: 'method',
      method: 'REGISTER',
      ...(registrationTypes && { registrationTypes }),
    });
    expect(matches([trigger], false, 'originating', type, 'REGISTER')).toBe(expected);
  });

  test.each<[SessionCase]>([
    ['originating'],
    ['terminating-registered'],
    ['terminating-unregistered'],
    ['originating-unregistered'],
    ['originating-cdiv'],
  ])('session case %s is told from the others', (sessionCase) => {
    const trigger = spt({ kind: 'session-case', sessionCase });
    const all: SessionCase[] = [
      'originating',
      'terminating-registered',
      'terminating-unregistered',
      'originating-unregistered',
      'originating-cdiv',
    ];
    expect(all.filter((other) => matches([trigger], false, other))).toEqual([sessionCase]);
  });
});

describe('TS 29.228 B.2.3: normal forms', () => {
  test.each<[string, boolean, ServicePointTrigger[], boolean]>([
    ['CNF: y', true, [YES], true],
    ['CNF: y AND n', true, [yes(0), no(1)], false],
    ['CNF: y OR n', true, [yes(0), no(0)], true],
    ['CNF: (y OR n) AND (n OR n)', true, [yes(0), no(0), no(1), no(1)], false],
    ['CNF: (y OR n) AND NOT n', true, [yes(0), no(0), no(1, true)], true],
    ['CNF: NOT y', true, [yes(0, true)], false],
    ['CNF: a trigger in two groups', true, [yes([0, 1]), no(0), no(1)], true],
    ['DNF: y AND n', false, [yes(0), no(0)], false],
    ['DNF: y OR n', false, [yes(0), no(1)], true],
    ['DNF: (y AND n) OR (y AND NOT n)', false, [yes([0, 1]), no(0), no(1, true)], true],
    ['DNF: (y AND n) OR n', false, [yes(0), no(0), no(1)], false],
    ['DNF: NOT n AND NOT n', false, [no(0, true), no(0, true)], true],
    ['CNF of nothing', true, [], true],
    ['DNF of nothing', false, [], false],
  ])('%s', (_what, cnf, triggers, expected) => {
    expect(matches(triggers, cnf)).toBe(expected);
  });

  test.each<[boolean, ServicePointTrigger[], string]>([
    [
      true,
      [YES, spt({ kind: 'sip-header', header: 'Event', content: '^presence$' }, 1)],
      'Method = SUBSCRIBE AND Event = presence',
    ],
    [
      false,
      [YES, spt({ kind: 'sip-header', header: 'Event', content: 'presence.*' }, 0)],
      'Method = SUBSCRIBE AND Event = presence.*',
    ],
    [true, [yes(0), no(0), no(1, true)], '(Method = SUBSCRIBE OR Method = INVITE) AND NOT Method = INVITE'],
    [
      false,
      [spt({ kind: 'request-uri', pattern: '^tel:' }, 0), spt({ kind: 'session-description', line: 'm' }, 1)],
      'Request-URI = ^tel: OR SDP m',
    ],
  ])('in words, for the trace (cnf %s): %#', (cnf, servicePointTriggers, text) => {
    expect(describeTriggerPoint({ cnf, servicePointTriggers })).toBe(text);
  });
});

describe('TS 29.228 B.2.2: criteria', () => {
  const applicationServer = { serverName: 'sip:as', defaultHandling: 'session-continued' } as const;

  test('come by priority, 0 first', () => {
    const criteria = [3, 0, 2].map((priority) => ({ priority, applicationServer }));
    expect(compileCriteria(criteria).map(({ priority }) => priority)).toEqual([0, 2, 3]);
  });

  test.each<['registered' | 'unregistered' | undefined, boolean, boolean]>([
    [undefined, true, true],
    [undefined, false, true],
    ['registered', true, true],
    ['registered', false, false],
    ['unregistered', true, false],
    ['unregistered', false, true],
  ])('profile part %s, user registered %s: %s', (profilePartIndicator, isRegistered, expected) => {
    const [criterion] = compileCriteria([
      { priority: 0, applicationServer, ...(profilePartIndicator && { profilePartIndicator }) },
    ]);
    expect(criterion?.matches({ request, sessionCase: 'originating' }, isRegistered)).toBe(expected);
  });
});
