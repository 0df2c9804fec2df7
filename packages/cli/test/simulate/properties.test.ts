import { describe, expect, test } from '@jest/globals';
import { secondFinalResponses } from '../../src/simulate/properties/one-final-response.js';
import type { BrokenProperty } from '../../src/simulate/properties/property.js';
import { unregisteredIdentities } from '../../src/simulate/properties/registered-identities.js';
import { requestsWithoutEnd } from '../../src/simulate/properties/requests-end.js';
import { lastingSubscriptions } from '../../src/simulate/properties/subscriptions-expire.js';
import { grownTables } from '../../src/simulate/properties/tables-shrink.js';
import { evidence, request, response } from './evidence.js';
import { mainNetwork } from './main-flow.js';

const P1 = 'pcscf1.home1.net';
const S1 = 'scscf1.home1.net';
const PS = 'ps.home2.net';

function texts(broken: readonly BrokenProperty[]): string[] {
  return broken.map(({ text }) => text);
}

describe('no request without an end', () => {
  const asked = [P1, S1, 1, request({ method: 'MESSAGE' })] as const;

  test('RFC 3261 17: a final response is one, a provisional one is none', () => {
    const ok = [S1, P1, 2, response(200, { method: 'MESSAGE' })] as const;
    const trying = [S1, P1, 2, response(100, { method: 'MESSAGE' })] as const;
    expect(requestsWithoutEnd(evidence([asked, ok]))).toEqual([]);
    const broken = requestsWithoutEnd(evidence([asked, trying]));
    expect(texts(broken)).toEqual([`MESSAGE from ${P1} to ${S1} was neither answered nor sent on`]);
    expect(broken[0]?.records).toHaveLength(1);
  });

  test('who has sent it on waits itself; the last one is to answer, unless it is an actor', () => {
    const on = (to: string) => [S1, to, 1, request({ method: 'MESSAGE', branch: 'z9hG4bK2' })] as const;
    expect(texts(requestsWithoutEnd(evidence([asked, on(PS)])))).toEqual([
      `MESSAGE from ${S1} to ${PS} was neither answered nor sent on`,
    ]);
    expect(requestsWithoutEnd(evidence([asked, on('UE2')]))).toEqual([]);
  });

  test('where messages were lost or elements killed on purpose, timers are the end', () => {
    expect(requestsWithoutEnd(evidence([asked], { isDisturbed: true }))).toEqual([]);
    const again = [P1, S1, 60, request({ method: 'MESSAGE' })] as const;
    expect(texts(requestsWithoutEnd(evidence([asked, again], { isDisturbed: true })))).toEqual([
      `MESSAGE from ${P1} to ${S1} is still sent when its timers have run out`,
    ]);
  });

  const head = 'MESSAGE sip:user2_public1@home2.net SIP/2.0';
  const sent = (lines: readonly string[]) =>
    requestsWithoutEnd(evidence([['UE1', P1, 1, [head, ...lines].join('|')]]));
  const via = 'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1';
  const ends = ['From: <sip:a@home1.net>;tag=f', 'To: <sip:b@home2.net>'];
  const call = ['Call-ID: one', 'CSeq: 1 MESSAGE'];

  test.each<[string, string[]]>([
    ['no Via', [...ends, ...call]],
    ['a Via that cannot be read', ['Via: SIP/2.0/UDP 192.0.2.15;;,;,,', ...ends, ...call]],
    ['two Call-IDs', [via, ...ends, ...call, 'Call-ID: two']],
    ['no To', [via, 'From: <sip:a@home1.net>;tag=f', ...call]],
    ['no CSeq', [via, ...ends, 'Call-ID: one']],
  ])('RFC 3261 8.2.6: %s: nobody could answer, and nobody has to', (_, lines) => {
    expect(sent(lines)).toEqual([]);
  });

  test.each<[string, string[]]>([
    ['another method in the CSeq', [via, ...ends, 'Call-ID: one', 'CSeq: 1 OPTIONS']],
    ['a CSeq number that is too large', [via, ...ends, 'Call-ID: one', 'CSeq: 99999999999 MESSAGE']],
    ['a From that is no address', [via, 'From: <<', 'To: <sip:b@home2.net>', ...call]],
  ])('%s: it is to be answered all the same, and the answer is found', (_, lines) => {
    expect(texts(sent(lines))).toEqual([`MESSAGE from UE1 to ${P1} was neither answered nor sent on`]);
    const asking = ['UE1', P1, 1, [head, ...lines].join('|')] as const;
    const answer = [P1, 'UE1', 1, ['SIP/2.0 400 Bad Request', ...lines].join('|')] as const;
    expect(requestsWithoutEnd(evidence([asking, answer]))).toEqual([]);
  });

  test('RFC 3261 17.2.3: under a branch that an actor has used for two requests nobody knows whose an answer is', () => {
    const one = ['UE1', P1, 1, request({ method: 'MESSAGE' })] as const;
    const other = ['UE1', P1, 2, request({ method: 'MESSAGE', more: ['Subject: other'] })] as const;
    const final = (status: number) => [P1, 'UE1', 3, response(status, { method: 'MESSAGE' })] as const;
    const twice = [final(400), final(403)];
    expect(secondFinalResponses(evidence([one, other, ...twice]))).toEqual([]);
    expect(secondFinalResponses(evidence([one, one, ...twice]))).toHaveLength(1);
    const elements = twice.map(([, , atS, text]) => [S1, P1, atS, text] as const);
    const asks = [one, other].map(([, , atS, text]) => [P1, S1, atS, text] as const);
    expect(secondFinalResponses(evidence([...asks, ...elements]))).toHaveLength(1); // no element may do so
  });

  test('RFC 3261 16.6 step 11: an INVITE has timer C; an ACK is answered by nobody', () => {
    const invite = (atS: number) => [P1, S1, atS, request({ method: 'INVITE' })] as const;
    const ack = [P1, S1, 1, request({ method: 'ACK', branch: 'z9hG4bK3' })] as const;
    expect(requestsWithoutEnd(evidence([invite(1), invite(200), ack], { isDisturbed: true }))).toEqual([]);
    expect(requestsWithoutEnd(evidence([invite(1), invite(300)], { isDisturbed: true }))).toHaveLength(1);
  });
});

describe('no second final response', () => {
  const asked = [P1, S1, 1, request({ method: 'MESSAGE' })] as const;
  const answer = (status: number, atS: number) =>
    [S1, P1, atS, response(status, { method: 'MESSAGE' })] as const;

  test('RFC 3261 17.2.2: the same bytes may come again, others not', () => {
    expect(secondFinalResponses(evidence([asked, answer(100, 1), answer(200, 2), answer(200, 3)]))).toEqual(
      [],
    );
    const broken = secondFinalResponses(evidence([asked, answer(200, 2), answer(500, 3)]));
    expect(texts(broken)).toEqual([`${S1} answered the MESSAGE of ${P1} with 200 and with 500`]);
    expect(broken[0]?.records.map(({ id }) => id)).toEqual([2, 3]);
  });

  test('who was killed in between may answer anew, and only then', () => {
    const killed = (atS: number) => ({ kills: [{ element: S1, atUs: atS * 1e6 }] });
    const twice = [asked, answer(200, 2), answer(403, 5)];
    expect(secondFinalResponses(evidence(twice, killed(3)))).toEqual([]);
    expect(secondFinalResponses(evidence(twice, killed(1)))).toHaveLength(1);
    expect(secondFinalResponses(evidence(twice, killed(6)))).toHaveLength(1);
  });

  test('RFC 3261 16.7: 2xx to an INVITE of several branches, by their To tags', () => {
    const invite = (status: number, toTag: string) =>
      [S1, P1, 2, response(status, { method: 'INVITE', toTag })] as const;
    expect(secondFinalResponses(evidence([invite(200, 'a'), invite(200, 'b')]))).toEqual([]);
    expect(secondFinalResponses(evidence([invite(200, 'a'), invite(486, 'b')]))).toHaveLength(1);
    expect(secondFinalResponses(evidence([invite(200, 'a'), invite(202, 'a')]))).toHaveLength(1);
  });

  test('an actor may do as it likes', () => {
    const by = (status: number) => ['UE1', P1, 2, response(status, { method: 'MESSAGE' })] as const;
    expect(secondFinalResponses(evidence([by(200), by(500)]))).toEqual([]);
  });
});

describe('no identity past the P-CSCF that is not registered', () => {
  const registered = (expiresS: number) =>
    [
      P1,
      'UE1',
      1,
      response(200, {
        method: 'REGISTER',
        more: [
          `Contact: <sip:192.0.2.9>;expires=${expiresS}`,
          'P-Associated-URI: <sip:user1_public1@home1.net>, <tel:+1-212-555-1111>',
        ],
      }),
    ] as const;
  const parts = { method: 'MESSAGE', cseq: 7, branch: 'z9hG4bK5' };
  const sent = ['UE1', P1, 10, request(parts)] as const;
  const on = (identity: string, atS = 10, header = 'P-Asserted-Identity') =>
    [P1, S1, atS, request({ ...parts, branch: 'z9hG4bK6', more: [`${header}: ${identity}`] })] as const;

  test('RFC 3325, TS 24.229 5.2.6.3: of the set that the UE has registered, in whatever spelling', () => {
    const good = ['<sip:user1_public1@home1.net>', '"A" <tel:+12125551111>'];
    for (const identity of good) {
      expect(unregisteredIdentities(evidence([registered(600), sent, on(identity)]))).toEqual([]);
    }
    expect(
      texts(unregisteredIdentities(evidence([registered(600), sent, on('<sip:boss@home1.net>')]))),
    ).toEqual([`${P1} asserts sip:boss@home1.net of UE1, which has not registered it`]);
  });

  test('of nobody who has not registered, nor for longer', () => {
    const own = '<sip:user1_public1@home1.net>';
    expect(texts(unregisteredIdentities(evidence([sent, on(own)])))).toEqual([
      `${P1} asserts sip:user1_public1@home1.net of UE1, which has registered nothing`,
    ]);
    expect(texts(unregisteredIdentities(evidence([registered(60), sent, on(own, 100)])))).toEqual([
      `${P1} asserts sip:user1_public1@home1.net of UE1, whose registration has expired`,
    ]);
  });

  test('RFC 5502: the served user of whom an AS hears that it is registered', () => {
    const served = '<sip:boss@home1.net>;sescase=orig;regstate=reg';
    expect(
      unregisteredIdentities(evidence([registered(600), sent, on(served, 10, 'P-Served-User')])),
    ).toHaveLength(1);
  });

  test('what the UE itself writes is a hint; what an element is made to write says nothing', () => {
    const spoofed = [
      'UE1',
      P1,
      10,
      request({ ...parts, more: ['P-Asserted-Identity: <sip:boss@home1.net>'] }),
    ] as const;
    expect(unregisteredIdentities(evidence([registered(600), spoofed]))).toEqual([]);
    const messages = [registered(600), sent, on('<sip:boss@home1.net>')];
    expect(unregisteredIdentities(evidence(messages, { altered: new Set([P1]) }))).toEqual([]);
    expect(unregisteredIdentities(evidence(messages, { altered: 'all' }))).toEqual([]);
  });
});

describe('subscriptions expire', () => {
  const accepted = (expiresS: number, atS = 1) =>
    [
      PS,
      'UE1',
      atS,
      response(200, { method: 'SUBSCRIBE', toTag: 'n', more: [`Expires: ${expiresS}`] }),
    ] as const;
  const notify = (atS: number, cseq: number, state: string, from = PS) =>
    [
      from,
      S1,
      atS,
      request({ method: 'NOTIFY', cseq, fromTag: 'n', toTag: 'f', more: [`Subscription-State: ${state}`] }),
    ] as const;

  test('RFC 6665 4.4.1: nothing after the NOTIFY that says terminated', () => {
    const last = notify(3, 2, 'terminated;reason=timeout');
    const good = [accepted(600), notify(2, 1, 'active'), last, last, notify(3, 2, 'terminated', S1)];
    expect(lastingSubscriptions(evidence(good))).toEqual([]);
    expect(texts(lastingSubscriptions(evidence([...good, notify(4, 3, 'active')])))).toEqual([
      `${PS} sent a NOTIFY after the one that said terminated`,
    ]);
  });

  test('none later than timer N after the end of the subscription, which a refresh moves', () => {
    expect(
      lastingSubscriptions(evidence([accepted(60), notify(90, 1, 'terminated;reason=timeout')])),
    ).toEqual([]);
    expect(texts(lastingSubscriptions(evidence([accepted(60), notify(200, 1, 'active')])))).toEqual([
      `${PS} sent a NOTIFY 139 s after the subscription had expired`,
    ]);
    expect(
      lastingSubscriptions(evidence([accepted(60), accepted(600, 50), notify(200, 1, 'active')])),
    ).toEqual([]);
  });
});

describe('no table grows', () => {
  const network = mainNetwork();
  const tables = (of: Record<string, Record<string, number>>) => new Map(Object.entries(of));

  test('beyond what was in it before anybody came', () => {
    const before = tables({ [S1]: { timers: 2, registrations: 0 } });
    const after = (timers: number, registrations: number) => tables({ [S1]: { timers, registrations } });
    expect(grownTables({ before, after: after(2, 0) }, { kills: [], network })).toEqual([]);
    expect(grownTables({ before, after: after(1, 0) }, { kills: [], network })).toEqual([]);
    expect(texts(grownTables({ before, after: after(3, 1) }, { kills: [], network }))).toEqual([
      `${S1}: timers: 2 before anybody came, 3 when everything had ended`,
      `${S1}: registrations: 0 before anybody came, 1 when everything had ended`,
    ]);
  });

  test('TS 23.380 4: an HSS keeps registrations for an S-CSCF of its operator that was killed', () => {
    const around = {
      before: tables({ 'hss1.home1.net': { registeredSets: 0 } }),
      after: tables({ 'hss1.home1.net': { registeredSets: 1 } }),
    };
    const killed = (element: string) => grownTables(around, { kills: [{ element, atUs: 1 }], network });
    expect(killed(S1)).toEqual([]);
    expect(killed('hss1.home1.net')).toEqual([]); // with its answer on the way
    expect(killed('scscf2.home2.net')).toHaveLength(1);
    expect(killed(P1)).toHaveLength(1);
  });
});
