import { describe, expect, test } from '@jest/globals';
import { responseTo, type ServerTransaction } from '@ims-sim/sip';
import { network, ok, shown } from './network.js';

const registered = (transaction: ServerTransaction) =>
  ok(
    transaction,
    ['Contact', '<sip:[5555::a:b:c:d]>;expires=3600'],
    ['Path', '<sip:term@pcscf1.home1.net;lr>'],
    ['Service-Route', '<sip:orig@scscf1.home1.net;lr>'],
    ['P-Associated-URI', '<sip:user1_public1@home1.net>, <tel:+1-212-555-1111>'],
  );

describe('REGISTER (TS 24.229 5.1.1.2)', () => {
  test('line by line, and what its 200 says', async () => {
    const { ue, clock, requests } = await network(registered);
    expect(await clock.until(ue.register({ expiresS: 7200 }))).toMatchObject({ response: { status: 200 } });
    expect(shown(requests[0])).toEqual([
      'REGISTER sip:home1.net',
      'Via: SIP/2.0/UDP [5555::a:b:c:d];branch=BRANCH',
      'Max-Forwards: 70',
      'From: <sip:user1_public1@home1.net>;tag=TAG',
      'To: <sip:user1_public1@home1.net>',
      'Call-ID: CALL',
      'CSeq: 1 REGISTER',
      'Contact: <sip:[5555::a:b:c:d]>;expires=7200',
      'Expires: 7200',
      'Authorization: Digest username="user1_private@home1.net", realm="home1.net", nonce="", uri="sip:home1.net", response=""',
      'Supported: path',
      'Content-Length: 0',
    ]);
    expect(ue.registration?.expiresS).toBe(3600);
    expect(ue.registration?.serviceRoute.map(({ uriText }) => uriText)).toEqual([
      'sip:orig@scscf1.home1.net;lr',
    ]);
    expect(ue.registration?.associatedUris.map(({ uriText }) => uriText)).toEqual([
      'sip:user1_public1@home1.net',
      'tel:+1-212-555-1111',
    ]);
  });

  test('again with the same Call-ID and the next CSeq; a refusal changes nothing; 0 deregisters', async () => {
    let serve = registered;
    const { ue, clock, requests } = await network((transaction) => serve(transaction));
    await clock.until(ue.register());
    serve = (transaction) =>
      transaction.respond(responseTo(transaction.request, 500, undefined, { toTag: 'x' }));
    await clock.until(ue.register());
    expect(ue.registration).toBeDefined();
    serve = (transaction) => ok(transaction);
    await clock.until(ue.register({ expiresS: 0 }));
    expect(ue.registration).toBeUndefined();
    const all = requests.map(({ headers }) => headers.find(({ key }) => key === 'call-id')?.value);
    expect(new Set(all).size).toBe(1);
    expect(requests.map(({ headers }) => headers.find(({ key }) => key === 'cseq')?.value)).toEqual([
      '1 REGISTER',
      '2 REGISTER',
      '3 REGISTER',
    ]);
  });
});

describe('PUBLISH (RFC 3903)', () => {
  const document = {
    event: 'presence',
    body: '<presence note="é"/>',
    contentType: 'application/cpim-pidf+xml',
    expiresS: 3600,
  };

  test('line by line, with the bytes of its body counted', async () => {
    const { ue, clock, requests } = await network((transaction) => ok(transaction, ['SIP-ETag', 'dx200xyz']));
    expect(await clock.until(ue.publish(document))).toMatchObject({
      etag: 'dx200xyz',
      response: { status: 200 },
    });
    expect(shown(requests[0])).toEqual([
      'PUBLISH sip:user1_public1@home1.net',
      'Via: SIP/2.0/UDP [5555::a:b:c:d];branch=BRANCH',
      'Max-Forwards: 70',
      'P-Asserted-Identity: <sip:user1_public1@home1.net>',
      'Privacy: none',
      'From: <sip:user1_public1@home1.net>;tag=TAG',
      'To: <sip:user1_public1@home1.net>',
      'Call-ID: CALL',
      'CSeq: 1 PUBLISH',
      'Event: presence',
      'Expires: 3600',
      'Content-Type: application/cpim-pidf+xml',
      'Content-Length: 21',
    ]);
    expect(Buffer.from(requests[0]?.body ?? '', 'latin1').toString('utf8')).toBe(document.body);
  });

  test('a refresh has no body, and names what it refreshes', async () => {
    const { ue, clock, requests } = await network((transaction) =>
      transaction.respond(responseTo(transaction.request, 412, undefined, { toTag: 'x' })),
    );
    const outcome = await clock.until(ue.publish({ event: 'presence', expiresS: 60, ifMatch: 'dx200xyz' }));
    expect(outcome).toMatchObject({ response: { status: 412 } });
    expect(outcome).not.toHaveProperty('etag', expect.anything());
    expect(shown(requests[0]).slice(9)).toEqual([
      'Event: presence',
      'Expires: 60',
      'SIP-If-Match: dx200xyz',
      'Content-Length: 0',
    ]);
  });
});
