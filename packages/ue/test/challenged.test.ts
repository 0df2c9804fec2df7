import { describe, expect, test } from '@jest/globals';
import { digestHa1, digestResponse } from '@ims-sim/auth';
import {
  header,
  parseCredentials,
  responseTo,
  valueOf,
  type ServerTransaction,
  type SipRequest,
} from '@ims-sim/sip';
import type { UeCredentials } from '../src/index.js';
import { network, ok, type Network } from './network.js';
import { digestChallenge, PASSWORD } from './registrar.js';

const URI = 'sip:b@home2.net';
const DIGEST: UeCredentials = { digest: { password: PASSWORD } };

/** A network that wants credentials for whatever is no ACK, and then answers 200. */
async function challenging(
  status: 401 | 407 = 407,
  credentials: UeCredentials = DIGEST,
  qop = 'auth',
): Promise<Network> {
  let nonces = 0;
  const name = status === 407 ? 'Proxy-Authenticate' : 'WWW-Authenticate';
  const serve = (transaction: ServerTransaction) => {
    const { request } = transaction;
    if (request.method === 'ACK') {
      return;
    }
    if (isRight(request, status)) {
      ok(transaction, ['Expires', '600']);
      return;
    }
    const headers = [header(name, digestChallenge(`n${nonces++}`).replace('"auth"', `"${qop}"`))];
    transaction.respond(responseTo(request, status, undefined, { toTag: 'proxy', headers }));
  };
  return network(serve, 'ts-24.141', { credentials });
}

/** Whether the credentials are those of this very request. */
function isRight(request: SipRequest, status: 401 | 407): boolean {
  const value = valueOf(request.headers, status === 407 ? 'proxy-authorization' : 'authorization');
  const params = value === undefined ? undefined : parseCredentials(value)?.params;
  if (params === undefined) {
    return false;
  }
  const say = (name: string) => params.get(name) ?? '';
  return (
    say('uri') === request.uri &&
    say('response') ===
      digestResponse({
        algorithm: 'MD5',
        ha1: digestHa1('MD5', 'user1_private@home1.net', 'home1.net', PASSWORD),
        nonce: say('nonce'),
        method: request.method,
        uri: request.uri,
        qop: say('qop') === 'auth-int' ? 'auth-int' : 'auth',
        nc: say('nc'),
        cnonce: say('cnonce'),
        body: Buffer.from(request.body, 'latin1'),
      })
  );
}

function shown({ requests }: Network): string[] {
  return requests.map(({ headers }) => valueOf(headers, 'cseq') ?? '');
}

function only(values: readonly (string | undefined)[]): number {
  return new Set(values).size;
}

describe('a challenge to another request than REGISTER (RFC 3261 22.2, 22.3; TS 24.229 5.1.2A.1.1)', () => {
  test.each([407, 401] as const)(
    '%i: the same once more, with credentials and the next CSeq',
    async (status) => {
      const it = await challenging(status);
      const outcome = await it.clock.until(
        it.ue.peer.request({ method: 'MESSAGE', uri: URI, body: 'hello' }),
      );
      expect(outcome).toMatchObject({ response: { status: 200 } });
      expect(shown(it)).toEqual(['1 MESSAGE', '2 MESSAGE']);
      for (const key of ['call-id', 'from', 'to', 'route', 'content-type']) {
        expect(only(it.requests.map(({ headers }) => valueOf(headers, key)))).toBe(1);
      }
      expect(only(it.requests.map(({ headers }) => valueOf(headers, 'via')))).toBe(2);
      expect(only(it.requests.map(({ body }) => body))).toBe(1);
      await it.ue.close();
    },
  );

  test('auth-int covers the body', async () => {
    const it = await challenging(407, DIGEST, 'auth-int');
    const outcome = await it.clock.until(it.ue.peer.request({ method: 'MESSAGE', uri: URI, body: 'héllo' }));
    expect(outcome).toMatchObject({ response: { status: 200 } });
    await it.ue.close();
  });

  test.each([
    ['a wrong password: once, and no more', { digest: { password: 'wrong' } }, 2],
    ['without a password', {}, 1],
    ['with a USIM only', { aka: { k: '0'.repeat(32), opc: '0'.repeat(32) } }, 1],
  ])('%s', async (_title, credentials, count) => {
    const it = await challenging(407, credentials);
    const outcome = await it.clock.until(it.ue.peer.request({ method: 'OPTIONS', uri: URI }));
    expect(outcome).toMatchObject({ response: { status: 407 } });
    expect(it.requests).toHaveLength(count);
    await it.ue.close();
  });

  test('credentials that a scenario gives itself are not replaced', async () => {
    const it = await challenging();
    const extra = [['Proxy-Authorization', 'Digest username="x", realm="home1.net", nonce="", uri="", response=""']] as const; // prettier-ignore
    const outcome = await it.clock.until(it.ue.peer.request({ method: 'OPTIONS', uri: URI, extra }));
    expect(outcome).toMatchObject({ response: { status: 407 } });
    expect(it.requests).toHaveLength(1);
    await it.ue.close();
  });

  test('what is sent as it is stays as it is', async () => {
    const it = await challenging();
    await it.clock.until(it.ue.peer.request({ method: 'OPTIONS', uri: URI }));
    const [first] = it.requests;
    if (first === undefined) throw new Error('nothing came');
    const headers = first.headers.filter(({ key }) => key !== 'via');
    expect(await it.clock.until(it.ue.send({ ...first, headers }))).toMatchObject({
      response: { status: 407 },
    });
    expect(it.requests).toHaveLength(3);
    await it.ue.close();
  });

  test('SUBSCRIBE, its refresh and its end: the CSeq of the dialog goes on', async () => {
    const it = await challenging();
    const subscription = it.ue.subscribe({ uri: URI, event: 'presence', expiresS: 600, cseq: 1 });
    expect(await it.clock.until(subscription.response)).toMatchObject({ response: { status: 200 } });
    expect(await it.clock.until(subscription.refresh(300))).toMatchObject({ response: { status: 200 } });
    expect(await it.clock.until(subscription.unsubscribe())).toMatchObject({ response: { status: 200 } });
    expect(shown(it)).toEqual([1, 2, 3, 4, 5, 6].map((number) => `${number} SUBSCRIBE`));
    expect(only(it.requests.map(({ headers }) => valueOf(headers, 'call-id')))).toBe(1);
    await it.ue.close();
  });

  test('PUBLISH', async () => {
    const it = await challenging();
    const outcome = await it.clock.until(it.ue.publish({ event: 'presence', expiresS: 60, body: '<x/>' }));
    expect(outcome).toMatchObject({ response: { status: 200 } });
    expect(shown(it)).toEqual(['1 PUBLISH', '2 PUBLISH']);
    await it.ue.close();
  });

  test('INVITE: the ACK has its number and its credentials; re-INVITE and BYE go on from there', async () => {
    const it = await challenging();
    const call = it.ue.peer.invite({ uri: URI, contentType: 'application/sdp', body: 'v=0\r\n' });
    await it.clock.advance(1000);
    expect(call.outcome).toMatchObject({ response: { status: 200 } });
    await it.clock.until(
      call.leg?.request('INVITE', { body: 'v=0\r\n' }) ?? Promise.reject(new Error('none')),
    );
    await it.clock.until(call.leg?.request('BYE') ?? Promise.reject(new Error('none')));
    expect(shown(it)).toEqual([
      '1 INVITE',
      '2 INVITE',
      '2 ACK',
      '3 INVITE',
      '4 INVITE',
      '4 ACK',
      '5 BYE',
      '6 BYE',
    ]);
    const credentials = it.requests.map(({ headers }) => valueOf(headers, 'proxy-authorization'));
    expect(credentials[2]).toBe(credentials[1]);
    expect(credentials[5]).toBe(credentials[4]);
    await it.ue.close();
  });

  test('an INVITE that is cancelled meanwhile is not sent again', async () => {
    const it = await challenging();
    const call = it.ue.peer.invite({ uri: URI });
    call.cancel();
    await it.clock.advance(1000);
    expect(call.outcome).toMatchObject({ response: { status: 407 } });
    expect(shown(it)).toEqual(['1 INVITE']);
    await it.ue.close();
  });
});
