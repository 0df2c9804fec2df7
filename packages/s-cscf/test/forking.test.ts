import { expect, test } from '@jest/globals';
import {
  createRequest,
  header,
  responseTo,
  valueOf,
  type ServerTransaction,
  type SipRequest,
} from '@ims-sim/sip';
import { network, register } from './network.js';

function invite(method = 'INVITE'): SipRequest {
  return createRequest({
    method,
    uri: 'sip:user1_public1@home1.net',
    headers: [
      header('Max-Forwards', '67'),
      header('P-Asserted-Identity', '<sip:user2_public1@home2.net>'),
      header('From', '<sip:user2_public1@home2.net>;tag=2'),
      header('To', '<sip:user1_public1@home1.net>'),
      header('Call-ID', 'call'),
      header('CSeq', `1 ${method}`),
      header('Contact', '<sip:[5555::eee]>'),
    ],
  });
}

/** Two contacts of one user behind one P-CSCF, and a caller behind another. */
async function twoContacts(serve: (transaction: ServerTransaction) => void, q = '') {
  const it = await network();
  const pcscf = await it.agent('pcscf1.home1.net', serve);
  const caller = await it.agent('pcscf2.home1.net');
  for (const contact of [`<sip:[5555::aaa]>${q};expires=3600`, '<sip:[5555::bbb]>;expires=3600']) {
    expect((await pcscf.ask(register(['Contact', contact]))).status).toBe(200);
  }
  return { ...it, pcscf, caller };
}

test('TS 24.229 5.4.3.3: both contacts ring, the one that answers has the call, the other is cancelled', async () => {
  const cancelled: string[] = [];
  const { caller, pcscf, host } = await twoContacts((transaction) => {
    const { request } = transaction;
    if (request.method !== 'INVITE') return;
    transaction.respond(responseTo(request, 180, undefined, { toTag: request.uri.slice(11, 14) }));
    transaction.onCancel = () => {
      cancelled.push(request.uri);
      transaction.respond(responseTo(request, 487, undefined, { toTag: 'gone' }));
    };
    if (request.uri === 'sip:[5555::aaa]') {
      host.clock.timer(200, () => transaction.respond(responseTo(request, 200, undefined, { toTag: 'aaa' })));
    }
  });
  const answer = await caller.ask(invite());
  await host.clock.advance(1000);
  expect(answer.status).toBe(200);
  expect(valueOf(answer.headers, 'to')).toContain('tag=aaa');
  const invited = pcscf.requests.filter(({ method }) => method === 'INVITE');
  expect(invited.map(({ uri }) => uri)).toEqual(['sip:[5555::bbb]', 'sip:[5555::aaa]']);
  expect(cancelled).toEqual(['sip:[5555::bbb]']);
});

test('TS 24.229 5.4.3.3: the contact with the lower q once the other has refused', async () => {
  const { caller, pcscf } = await twoContacts((transaction) => {
    const status = transaction.request.uri === 'sip:[5555::aaa]' ? 200 : 480;
    transaction.respond(responseTo(transaction.request, status, undefined, { toTag: 'x' }));
  }, ';q=0.5');
  expect((await caller.ask(invite('MESSAGE'))).status).toBe(200);
  expect(pcscf.requests.map(({ uri }) => uri)).toEqual(['sip:[5555::bbb]', 'sip:[5555::aaa]']);
});
