import { describe, expect, test } from '@jest/globals';
import {
  createRequest,
  header,
  nextHopUri,
  responseTo,
  tagOf,
  to,
  uacDialog,
  type ServerTransaction,
} from '@ims-sim/sip';
import { network, notifyFor, ok, shown } from './network.js';

const PRESENCE = {
  uri: 'tel:+1-212-555-2222',
  event: 'presence',
  accept: 'application/cpim-pidf+xml',
  expiresS: 7200,
};
const granted = (transaction: ServerTransaction) => ok(transaction, ['Expires', '3600']);

describe('SUBSCRIBE', () => {
  test('TR 24.841 table 6.1.1-1, line by line', async () => {
    const { ue, clock, requests } = await network(granted);
    const subscription = ue.subscribe(PRESENCE);
    const outcome = await clock.until(subscription.response);
    expect(shown(requests[0])).toEqual([
      'SUBSCRIBE tel:+1-212-555-2222',
      'Via: SIP/2.0/UDP [5555::a:b:c:d];branch=BRANCH',
      'Max-Forwards: 70',
      'P-Asserted-Identity: <sip:user1_public1@home1.net>',
      'Privacy: none',
      'From: <sip:user1_public1@home1.net>;tag=TAG',
      'To: <tel:+1-212-555-2222>',
      'Call-ID: CALL',
      'CSeq: 61 SUBSCRIBE',
      'Event: presence',
      'Expires: 7200',
      'Accept: application/cpim-pidf+xml',
      'Contact: <sip:[5555::a:b:c:d]>',
      'Content-Length: 0',
    ]);
    expect(outcome).toMatchObject({ kind: 'response', response: { status: 200 } });
    expect(subscription).toMatchObject({
      phase: 'up',
      grantedS: 3600,
      dialog: { remoteTarget: 'sip:ps.home2.net' },
    });
  });

  test('TS 24.229 5.1.2A.1: a preferred identity, and a Route of the P-CSCF and the Service-Route', async () => {
    const { ue, clock, requests } = await network(
      (transaction) => ok(transaction, ['Service-Route', '<sip:orig@scscf1.home1.net;lr>']),
      'ts-24.141',
    );
    await clock.until(ue.register());
    await clock.until(ue.subscribe(PRESENCE).response);
    expect(shown(requests[1]).slice(2, 6)).toEqual([
      'Max-Forwards: 70',
      'Route: <sip:pcscf1.home1.net;lr>, <sip:orig@scscf1.home1.net;lr>',
      'P-Preferred-Identity: <sip:user1_public1@home1.net>',
      'Privacy: none',
    ]);
  });

  test('a refusal', async () => {
    const { ue, clock, notify, requests } = await network((transaction) =>
      transaction.respond(responseTo(transaction.request, 403, undefined, { toTag: 'x' })),
    );
    const subscription = ue.subscribe(PRESENCE);
    expect(await clock.until(subscription.response)).toMatchObject({ response: { status: 403 } });
    expect(subscription.phase).toBe('failed');
    expect(await clock.until(subscription.refresh())).toEqual({ kind: 'failure', failure: 'no-dialog' });
    const [sent] = requests;
    if (sent === undefined) throw new Error('nothing sent');
    expect(await clock.until(notify(notifyFor(sent, 1)))).toMatch(/^481 /);
  });

  test('another port than 5060 stands in Contact and Via', async () => {
    const { ue, clock, requests } = await network(granted, 'tr-24.841', {
      listen: { address: '5555::a:b:c:d', port: 5070 },
    });
    await clock.until(ue.subscribe(PRESENCE).response);
    expect(shown(requests[0])).toEqual(expect.arrayContaining(['Contact: <sip:[5555::a:b:c:d]:5070>']));
    expect(shown(requests[0])[1]).toBe('Via: SIP/2.0/UDP [5555::a:b:c:d]:5070;branch=BRANCH');
  });
});

describe('NOTIFY', () => {
  async function subscribed() {
    const set = await network(granted);
    const subscription = set.ue.subscribe(PRESENCE);
    await set.clock.until(subscription.response);
    const sent = set.requests[0];
    if (sent === undefined) throw new Error('nothing sent');
    return { ...set, subscription, sent };
  }

  test('table 6.1.1-22: answered with what a response must have, and no more', async () => {
    const { clock, notify, sent, subscription } = await subscribed();
    const came: string[] = [];
    subscription.onNotify = ({ state }) => came.push(state.value);
    const answer = await clock.until(notify(notifyFor(sent, 42)));
    const names = answer
      .split('\n')
      .slice(1)
      .map((line) => line.slice(0, line.indexOf(':')));
    expect(answer).toMatch(/^200 OK\n/);
    expect(names.sort()).toEqual(['CSeq', 'Call-ID', 'Content-Length', 'From', 'To', 'Via']);
    expect(came).toEqual(['active']);
    expect(subscription.notifications[0]).toMatchObject({
      state: { value: 'active', expiresS: 7200 },
      body: '',
    });
  });

  test.each<[string, string, [string, string][]]>([
    ['of another call', '481', [['Call-ID', 'somebody-elses']]],
    ['from another notifier', '481', [['From', '<tel:+1-212-555-2222>;tag=other']]],
    ['to another tag', '481', [['To', '<sip:user1_public1@home1.net>;tag=other']]],
    ['of another event', '481', [['Event', 'reg']]],
    ['of another id', '481', [['Event', 'presence;id=7']]],
    ['without a state', '400', [['Subscription-State', '']]],
    ['overtaken by a later one', '500', [['CSeq', '']]],
  ])('%s: %s', async (_title, status, headers) => {
    const { clock, notify, sent, subscription } = await subscribed();
    await clock.until(notify(notifyFor(sent, 42)));
    const cseq = status === '500' ? 41 : 43;
    const wrong = notifyFor(sent, cseq, ...headers.filter(([name]) => name !== 'CSeq'));
    expect(await clock.until(notify(wrong))).toMatch(new RegExp(`^${status} `));
    expect(subscription.notifications).toHaveLength(1);
  });

  test('RFC 6665 4.4.1: it overtakes the 200, which then completes the route set', async () => {
    let answer: () => void = () => undefined;
    const { ue, clock, notify, requests } = await network((transaction) => {
      answer = () => granted(transaction);
    });
    const subscription = ue.subscribe(PRESENCE);
    await clock.advance(10);
    const [sent] = requests;
    if (sent === undefined) throw new Error('nothing sent');
    expect(await clock.until(notify(notifyFor(sent, 42)))).toMatch(/^200 /);
    expect(subscription).toMatchObject({ phase: 'up', dialog: { remoteTag: '151170', routeSet: [] } });

    answer();
    await clock.until(subscription.response);
    expect(subscription.dialog?.routeSet.map(({ uriText }) => uriText)).toEqual([
      'sip:pcscf1.home1.net;lr',
      'sip:scscf1.home1.net;lr',
    ]);
    expect(subscription.dialog?.remoteTarget).toBe('sip:ps.home2.net:5070');
  });

  test('one that is waited for, and one that does not come', async () => {
    const { clock, notify, sent, subscription } = await subscribed();
    const first = subscription.notification(0, 5000);
    void notify(notifyFor(sent, 42));
    expect(await clock.until(first)).toMatchObject({ state: { value: 'active' } });
    expect(await clock.until(subscription.notification(1, 5000))).toBeUndefined();
  });
});

describe('within the dialog', () => {
  test('refresh: by the route set, with the next CSeq', async () => {
    const { ue, clock, requests } = await network(granted);
    const subscription = ue.subscribe(PRESENCE);
    await clock.until(subscription.response);
    expect(await clock.until(subscription.refresh())).toMatchObject({ response: { status: 200 } });
    expect(shown(requests[1])).toEqual([
      'SUBSCRIBE sip:ps.home2.net',
      'Via: SIP/2.0/UDP [5555::a:b:c:d];branch=BRANCH',
      'Max-Forwards: 70',
      'Route: <sip:pcscf1.home1.net;lr>, <sip:scscf1.home1.net;lr>',
      'From: <sip:user1_public1@home1.net>;tag=TAG',
      'To: <tel:+1-212-555-2222>;tag=151170',
      'Call-ID: CALL',
      'CSeq: 62 SUBSCRIBE',
      'P-Asserted-Identity: <sip:user1_public1@home1.net>',
      'Privacy: none',
      'Event: presence',
      'Expires: 7200',
      'Accept: application/cpim-pidf+xml',
      'Contact: <sip:[5555::a:b:c:d]>',
      'Content-Length: 0',
    ]);
  });

  test('TS 24.229 5.1.2A.1.1: a refresh has no hint of an identity', async () => {
    const { ue, clock, requests } = await network(granted, 'ts-24.141');
    const subscription = ue.subscribe(PRESENCE);
    await clock.until(subscription.response);
    await clock.until(subscription.refresh());
    const names = requests[1]?.headers.map(({ key }) => key);
    expect(names).toContain('event');
    expect(names).not.toContain('p-preferred-identity');
    expect(names).not.toContain('privacy');
  });

  test('unsubscribe: Expires 0, and the last NOTIFY is answered still', async () => {
    const { ue, clock, requests, notify } = await network(granted);
    const subscription = ue.subscribe(PRESENCE);
    await clock.until(subscription.response);
    await clock.until(subscription.unsubscribe());
    const [sent, last] = requests;
    if (sent === undefined) throw new Error('nothing sent');
    expect(shown(last)).toEqual(expect.arrayContaining(['Expires: 0', 'CSeq: 62 SUBSCRIBE']));
    const state: [string, string] = ['Subscription-State', 'terminated;reason=timeout'];
    expect(await clock.until(notify(notifyFor(sent, 43, state)))).toMatch(/^200 /);
    expect(subscription).toMatchObject({ phase: 'ended', notifications: [{ state: { reason: 'timeout' } }] });
    expect(await clock.until(notify(notifyFor(sent, 44)))).toMatch(/^481 /);
  });

  test('481 to a refresh ends it', async () => {
    const { ue, clock } = await network((transaction) => {
      if (tagOf(to(transaction.request)) === undefined) granted(transaction);
      else transaction.respond(responseTo(transaction.request, 481));
    });
    const subscription = ue.subscribe(PRESENCE);
    await clock.until(subscription.response);
    await clock.until(subscription.refresh());
    expect(subscription.phase).toBe('ended');
  });
});

describe('every promise ends', () => {
  test.each([
    ['nobody answers', 'timeout', {}],
    ['the P-CSCF has no address', 'transport', { proxy: 'pcscf9.home1.net' }],
  ])('%s: %s', async (_title, failure, options) => {
    const { ue, clock } = await network(() => undefined, 'tr-24.841', options);
    const subscription = ue.subscribe(PRESENCE);
    expect(await clock.until(subscription.response)).toEqual({ kind: 'failure', failure });
    expect(subscription.phase).toBe('failed');
    expect(await clock.until(ue.register())).toEqual({ kind: 'failure', failure });
    expect(await clock.until(ue.publish({ event: 'presence', expiresS: 0 }))).toEqual({
      kind: 'failure',
      failure,
    });
  });

  test('the UE is closed', async () => {
    const { ue, clock } = await network(() => undefined);
    const pending = [ue.register(), ue.subscribe(PRESENCE).response];
    await clock.advance(10);
    await ue.close();
    const closed = { kind: 'failure', failure: 'closed' };
    expect(await Promise.all(pending)).toEqual([closed, closed]);
    expect(await ue.register()).toEqual(closed);
  });
});

describe('doing wrong on purpose', () => {
  test('a request goes as it is', async () => {
    const { ue, clock, requests } = await network((transaction) =>
      transaction.respond(responseTo(transaction.request, 400, undefined, { toTag: 'x' })),
    );
    const odd = createRequest({
      method: 'SUBSCRIBE',
      uri: 'sip:x',
      headers: [
        header('f', '<sip:mallory@evil.example>;tag=1'),
        header('t', '<sip:x>'),
        header('i', 'odd'),
        header('CSeq', '1 SUBSCRIBE'),
        header('P-Asserted-Identity', '<sip:user2_public1@home2.net>'),
      ],
    });
    expect(await clock.until(ue.send(odd))).toMatchObject({ response: { status: 400 } });
    expect(requests[0]?.headers.slice(1)).toMatchObject(odd.headers.map(({ line }) => ({ line })));
    expect(requests[0] && nextHopUri(requests[0])).toMatchObject({ host: 'x' });
    expect(uacDialog(odd, responseTo(odd, 200))).toBeUndefined();
  });

  test('what it does without being told (RFC 3261 8.2.1, 11.2, 12.2.2; RFC 3428 7)', async () => {
    const { clock, notify, ue } = await network(granted);
    const asked = (method: string, to = '<sip:a@b>') => {
      const request = notifyFor(
        createRequest({ method: 'X', uri: 'x', headers: [] }),
        1,
        ['Call-ID', 'c'],
        ['From', '<sip:a@b>;tag=1'],
        ['To', to],
      );
      const headers = request.headers.map((h) => (h.key === 'cseq' ? header('CSeq', `1 ${method}`) : h));
      return { ...request, method, headers };
    };
    expect(await clock.until(notify(asked('OPTIONS')))).toMatch(/^200 OK[^]*\nAllow: INVITE, ACK/);
    expect(await clock.until(notify(asked('MESSAGE')))).toMatch(/^200 /);
    expect(await clock.until(notify(asked('PUBLISH')))).toMatch(/^405 [^]*\nAllow: INVITE, ACK/);
    for (const method of ['OPTIONS', 'MESSAGE', 'BYE', 'UPDATE', 'INVITE', 'SUBSCRIBE', 'NOTIFY']) {
      expect(await clock.until(notify(asked(method, '<sip:a@b>;tag=none')))).toMatch(/^481 /);
    }
    await ue.close();
  });
});
