import { describe, expect, test } from '@jest/globals';
import { writeRegInfo, type ContactEvent, type RegInfo } from '@ims-sim/reginfo';
import { createRequest, header, valueOf, type ServerTransaction } from '@ims-sim/sip';
import type { RegistrationChange } from '../src/index.js';
import { network, notifyFor, ok, shown } from './network.js';
import {
  AKA,
  AkaChallenges,
  authorizationOf,
  registered,
  script,
  status,
  unauthorized,
} from './registrar.js';

const OWN = 'sip:[5555::a:b:c:d]';
const IMPU = 'sip:user1_public1@home1.net';

interface State {
  readonly event: ContactEvent;
  readonly version?: number;
  readonly state?: RegInfo['state'];
  readonly aor?: string;
  readonly uri?: string;
}

function document({ event, version = 0, state = 'full', aor = IMPU, uri = OWN }: State): string {
  const isActive = ['registered', 'created', 'refreshed', 'shortened'].includes(event);
  const contactState = isActive ? 'active' : 'terminated';
  const contacts = [{ id: 'c1', state: contactState, event, uri, expiresS: 600 } as const];
  return writeRegInfo({ version, state, registrations: [{ aor, id: 'r1', state: contactState, contacts }] });
}

/** A registered UE that follows its registration; `tell` sends it a document, the registrar's answers follow `answers`. */
async function following(...answers: ((transaction: ServerTransaction) => void)[]) {
  const changes: RegistrationChange[] = [];
  const challenge = new AkaChallenges();
  const serve = script(unauthorized(challenge.next().text), registered(), ...answers);
  const it = await network(
    (transaction) => {
      if (transaction.request.method === 'REGISTER') {
        serve(transaction);
      } else {
        ok(transaction, ['Expires', '600000']);
      }
    },
    'ts-24.141',
    { credentials: { aka: AKA }, onRegistrationChange: (change) => changes.push(change) },
  );
  await it.clock.until(it.ue.register());
  const subscription = it.ue.registrationState();
  await it.clock.until(subscription.response);
  const subscribe = it.requests.find(({ method }) => method === 'SUBSCRIBE');
  let cseq = 1;
  const tell = async (text: string, state = 'active;expires=600000') => {
    if (subscribe === undefined) {
      throw new Error('No SUBSCRIBE');
    }
    const { method, uri, headers } = notifyFor(
      subscribe,
      cseq++,
      ['Event', 'reg'],
      ['Subscription-State', state],
      ['Content-Type', 'application/reginfo+xml'],
    );
    const answer = await it.clock.until(it.notify(createRequest({ method, uri, headers, body: text })));
    await it.clock.advance(1000);
    return answer;
  };
  const registers = () => it.requests.filter(({ method }) => method === 'REGISTER');
  return { ...it, changes, tell, registers, subscription, challenge };
}

describe('the state of its own registration (TS 24.229 5.1.1.3, RFC 3680)', () => {
  test('SUBSCRIBE line by line', async () => {
    const { requests } = await following();
    expect(shown(requests[2])).toEqual([
      'SUBSCRIBE sip:user1_public1@home1.net',
      'Via: SIP/2.0/UDP [5555::a:b:c:d];branch=BRANCH',
      'Max-Forwards: 70',
      'Route: <sip:pcscf1.home1.net;lr>, <sip:orig@scscf1.home1.net;lr>',
      'P-Preferred-Identity: <sip:user1_public1@home1.net>',
      'Privacy: none',
      'From: <sip:user1_public1@home1.net>;tag=TAG',
      'To: <sip:user1_public1@home1.net>',
      'Call-ID: CALL',
      'CSeq: 61 SUBSCRIBE',
      'Event: reg',
      'Expires: 600000',
      'Accept: application/reginfo+xml',
      'Contact: <sip:[5555::a:b:c:d]>',
      'Content-Length: 0',
    ]);
  });

  test('5.1.1.7: rejected ends the registration, and nothing is registered again', async () => {
    const { ue, tell, registers, changes } = await following();
    expect(await tell(document({ event: 'registered' }))).toMatch(/^200 /);
    expect(ue.registration).toBeDefined();
    expect(await tell(document({ event: 'rejected', version: 1 }), 'terminated;reason=deactivated')).toMatch(
      /^200 /,
    );
    expect(ue.registration).toBeUndefined();
    expect(registers()).toHaveLength(2);
    expect(changes).toEqual([
      { kind: 'identity', aor: IMPU, state: 'active' },
      { kind: 'identity', aor: IMPU, state: 'terminated' },
      { kind: 'terminated', aor: IMPU, event: 'rejected', retryAfterS: undefined },
    ]);
  });

  test('5.1.1.7: deactivated is followed by an initial registration', async () => {
    const { ue, tell, registers, changes } = await following();
    await tell(document({ event: 'deactivated' }));
    expect(registers()).toHaveLength(3);
    expect(authorizationOf(registers()[2]).get('nonce')).toBe('');
    expect(ue.registration).toBeDefined();
    expect(changes.map(({ kind }) => kind)).toEqual(['identity', 'terminated', 'registered-again']);
  });

  test('5.1.1.5A: shortened is registered again at once, with the stored challenge, and a new one is answered', async () => {
    const late = new AkaChallenges();
    late.sqn = 320n;
    const { ue, tell, registers, changes } = await following(unauthorized(late.next().text), registered());
    await tell(document({ event: 'shortened' }));
    const params = registers().map(authorizationOf);
    expect(params).toHaveLength(4);
    expect(params[2]?.get('nc')).toBe('00000002');
    expect(params[3]?.get('nonce')).not.toBe(params[2]?.get('nonce'));
    expect(ue.registration).toBeDefined();
    expect(changes.slice(1)).toEqual([
      { kind: 'shortened', aor: IMPU, expiresS: 600 },
      { kind: 'registered-again', outcome: expect.objectContaining({ kind: 'response' }) },
    ]);
  });

  test('a registration that fails is told, and not tried without end', async () => {
    const { tell, registers, changes } = await following(status(503));
    await tell(document({ event: 'shortened' }));
    expect(registers()).toHaveLength(3);
    expect(changes.at(-1)).toMatchObject({ outcome: { response: { status: 503 } } });
  });

  test.each([
    ['the contact of another UE', { event: 'rejected', uri: 'sip:[5555::9]' } as const],
    ['another identity', { event: 'rejected', aor: 'sip:other@home1.net' } as const],
    ['a contact that is refreshed', { event: 'refreshed' } as const],
  ])('%s changes nothing', async (_, state) => {
    const { ue, tell, registers } = await following();
    await tell(document(state));
    expect(ue.registration).toBeDefined();
    expect(registers()).toHaveLength(2);
  });

  test('RFC 3680 5.2: an old document says nothing, a lost one makes the UE ask for the full state', async () => {
    const { ue, tell, requests } = await following();
    const refreshes = () => requests.filter(({ method }) => method === 'SUBSCRIBE').length - 1;
    await tell(document({ event: 'registered', version: 4 }));
    await tell(document({ event: 'rejected', version: 4 }));
    await tell(document({ event: 'rejected', version: 3, state: 'partial' }));
    expect([ue.registration === undefined, refreshes()]).toEqual([false, 0]);
    await tell(document({ event: 'rejected', version: 6, state: 'partial' }));
    expect([ue.registration === undefined, refreshes()]).toEqual([false, 1]);
    await tell(document({ event: 'rejected', version: 7 }));
    expect(ue.registration).toBeUndefined();
  });

  test('what is no document gets its 200, and changes nothing', async () => {
    const { ue, tell, changes } = await following();
    expect(await tell('<reginfo')).toMatch(/^200 /);
    expect(await tell('')).toMatch(/^200 /);
    expect(ue.registration).toBeDefined();
    expect(changes).toEqual([]);
  });

  test('a barred identity subscribes to the default one', async () => {
    const other = header('P-Associated-URI', '<sip:default@home1.net>');
    const { ue, clock, requests } = await network((transaction) => {
      ok(transaction, ['P-Associated-URI', other.value], ['Contact', `<${OWN}>;expires=60`]);
    }, 'ts-24.141');
    await clock.until(ue.register());
    await clock.until(ue.registrationState().response);
    expect(requests[1]?.uri).toBe('sip:default@home1.net');
    expect(valueOf(requests[1]?.headers ?? [], 'event')).toBe('reg');
  });
});
