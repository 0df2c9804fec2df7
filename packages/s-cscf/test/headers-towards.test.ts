import { describe, expect, test } from '@jest/globals';
import { header, responseTo, valueOf, type Forward, type SipResponse } from '@ims-sim/sip';
import type { SCscf } from '../src/index.js';
import { backFromAs, criterion, forwarded, lab, profileOf, request, valuesOf } from './harness.js';

const CHARGING = { primaryCcf: 'aaa://ccf1.home1.net', secondaryCcf: 'aaa://ccf2.home1.net' };
const ADDRESSES = 'ccf="aaa://ccf1.home1.net"; ccf="aaa://ccf2.home1.net"';
const ACCESS = 'P-Access-Network-Info: 3GPP-UTRAN-TDD; utran-cell-id-3gpp=1';
const VECTOR = 'P-Charging-Vector: icid-value="a;b";orig-ioi=visited1.net';
const TO_SIP: [string, string] = ['SUBSCRIBE tel:+1-212-555-2222', 'SUBSCRIBE sip:user2_public1@home2.net'];
const TO_OWN: [string, string] = ['SUBSCRIBE tel:+1-212-555-2222', 'SUBSCRIBE sip:user3@home1.net'];

async function served(as?: string, scscf: Partial<SCscf> = {}) {
  const it = lab({
    profile: 'ts-24.141',
    user: profileOf(...(as === undefined ? [] : [criterion(0, as)])),
    scscf,
  });
  it.answers.push({
    kind: 'assigned',
    profile: profileOf(...(as === undefined ? [] : [criterion(0, as)])),
    charging: CHARGING,
  });
  await it.register();
  return it;
}

/** From the UE, with all that its P-CSCF may have added. */
function originating(privacy: string, ...changes: [string, string][]) {
  return request(
    'originating',
    ['<sip:scscf1.home1.net;lr>', '<sip:orig@scscf1.home1.net;lr>'],
    ['Privacy: none', `Privacy: ${privacy}\n${VECTOR}\n${ACCESS}\nP-Served-User: <sip:evil@home1.net>`],
    ...changes,
  );
}

const seen = ({ request: message }: Pick<Forward, 'request'>) => ({
  served: valuesOf(message, 'p-served-user'),
  access: valuesOf(message, 'p-access-network-info').length,
  charging: valuesOf(message, 'p-charging-function-addresses'),
  vector: valuesOf(message, 'p-charging-vector'),
  asserted: valuesOf(message, 'p-asserted-identity').length,
});

describe('ts-24.141: what goes to the next hop (TS 24.229 4.4, 4.5, 5.4.3.2)', () => {
  test('to an AS of the operator: whom it serves, the access, the charging functions, this operator', async () => {
    const it = await served('as1.home1.net');
    expect(seen(forwarded(it.askAtOnce(originating('id'))))).toEqual({
      served: ['<sip:user1_public1@home1.net>;sescase=orig;regstate=reg'],
      access: 1,
      charging: [ADDRESSES],
      vector: [`icid-value="a;b";orig-ioi="Type 3home1.net"`],
      asserted: 1,
    });
  });

  test('to an AS of a third party: none of it', async () => {
    const it = await served('as.provider.net');
    const none = { served: [], access: 0, charging: [], vector: [] };
    expect(seen(forwarded(it.askAtOnce(originating('id'))))).toEqual({ ...none, asserted: 0 });
    expect(seen(forwarded(it.askAtOnce(originating('none'))))).toEqual({ ...none, asserted: 1 });
  });

  test('to another operator: the ICID and this operator, nothing else of this network', async () => {
    const it = await served();
    expect(seen(forwarded(it.askAtOnce(originating('id', TO_SIP))))).toEqual({
      served: [],
      access: 0,
      charging: [],
      vector: ['icid-value="a;b";orig-ioi=home1.net'],
      asserted: 2,
    });
  });

  test.each([
    ['id', 0],
    ['header; id', 0],
    ['none', 2],
    ['header', 2],
  ])('RFC 3325 7: out of the trust domain, Privacy: %s', async (privacy, asserted) => {
    const it = await served(undefined, { trustedDomains: new Set(['home3.net']) });
    const forward = forwarded(it.askAtOnce(originating(privacy, TO_SIP)));
    expect(seen(forward)).toEqual({ served: [], access: 0, charging: [], vector: [], asserted });
  });

  test('within the operator: the charging functions too', async () => {
    const it = await served(undefined, { trustedDomains: new Set() });
    expect(seen(forwarded(it.askAtOnce(originating('id', TO_OWN))))).toMatchObject({
      served: [],
      access: 1,
      charging: [ADDRESSES],
      asserted: 2,
    });
  });

  test('what an AS sends on loses its P-Served-User; P-Charging-Function-Addresses stand once', async () => {
    const it = await served('as1.home1.net');
    const sent = forwarded(it.askAtOnce(originating('none', TO_OWN)));
    const onward = forwarded(it.askAtOnce(backFromAs(sent.request)));
    expect(seen(onward)).toMatchObject({ served: [], charging: [ADDRESSES] });
  });

  test('5.4.3.3: to a terminating AS, and to the P-CSCF of the user', async () => {
    const it = await served('as1.home1.net');
    const message = request('terminating', ['Privacy: none', `Privacy: none\n${VECTOR}`]);
    const sent = forwarded(it.askAtOnce(message));
    expect(seen(sent)).toMatchObject({
      served: ['<sip:user1_public1@home1.net>;sescase=term;regstate=reg'],
      vector: [`icid-value="a;b";orig-ioi="Type 3home1.net"`],
    });
    expect(seen(forwarded(it.askAtOnce(backFromAs(sent.request))))).toMatchObject({
      served: [],
      charging: [ADDRESSES],
      vector: [`icid-value="a;b";orig-ioi="Type 1home1.net"`],
    });
  });

  test.each([
    ['scscf2.home2.net', 0, 'home1.net'],
    ['pcscf1.home1.net', 1, '"Type 1home1.net"'],
  ])('within a dialog too, towards %s', async (next, access, ioi) => {
    const it = await served();
    const message = request('notify', [
      'Privacy: none',
      `Privacy: none\n${VECTOR}\n${ACCESS}\nRoute: <sip:scscf1.home1.net;lr>, <sip:${next};lr>`,
    ]);
    const headers = message.headers.filter((h) => h.key !== 'route' || h.value.includes(next));
    const forward = forwarded(it.askAtOnce({ ...message, headers }));
    expect(seen(forward)).toMatchObject({ access, vector: [`icid-value="a;b";orig-ioi=${ioi}`] });
  });

  test.each([
    ['ps.home2.net', 0],
    ['as.home1.net', 1],
    ['pcscf1.home1.net', 1],
  ])('within a dialog the access that a response names goes back to %s: %i', async (asker, access) => {
    const it = await served();
    const message = request('notify');
    const headers = message.headers.map((h) =>
      h.key === 'via' ? header('Via', `SIP/2.0/UDP ${asker};branch=z9hG4bK839j20.1`) : h,
    );
    const { onResponse, request: sent } = forwarded(it.askAtOnce({ ...message, headers }));
    const answer = responseTo(sent, 200);
    const located = {
      ...answer,
      headers: [...answer.headers, header('P-Access-Network-Info', 'IEEE-802.11')],
    };
    const back = onResponse?.(located);
    expect(back?.headers.filter(({ key }) => key === 'p-access-network-info')).toHaveLength(access);
  });

  test.each([
    ['visited1.net', 'home1.net'],
    ['"Type 1visited1.net"', '"Type 1home1.net"'],
    ['"Type 3provider.net"', '"Type 3home1.net"'],
  ])('4.5.4: a response names the neighbour that asked, %s, and this operator', async (origIoi, termIoi) => {
    const it = await served();
    const vector: [string, string] = ['orig-ioi=visited1.net', `orig-ioi=${origIoi}`];
    const forward = forwarded(it.askAtOnce(originating('none', TO_SIP, vector)));
    const answer = (status: number): SipResponse | undefined =>
      forward.onResponse?.(responseTo(forward.request, status));
    expect(valueOf(answer(200)?.headers ?? [], 'p-charging-vector')).toBe(
      `icid-value="a;b";orig-ioi=${origIoi};term-ioi=${termIoi}`,
    );
    expect(valueOf(answer(404)?.headers ?? [], 'p-charging-vector')).toBeUndefined();
    const named = header(
      'P-Charging-Vector',
      'icid-value="a;b";orig-ioi=home1.net;term-ioi="Type 1else.net"',
    );
    const refusal = responseTo(forward.request, 404, undefined, { headers: [named] });
    expect(valueOf(forward.onResponse?.(refusal).headers ?? [], 'p-charging-vector')).toBe(
      `icid-value="a;b";orig-ioi=${origIoi};term-ioi=${termIoi}`,
    );
  });
});

test('tr-24.841: nothing is added', async () => {
  const it = lab({ user: profileOf(criterion(0, 'as1.home1.net')) });
  it.answers.push({
    kind: 'assigned',
    profile: profileOf(criterion(0, 'as1.home1.net')),
    charging: CHARGING,
  });
  await it.register();
  const forward = forwarded(it.askAtOnce(request('originating')));
  expect(seen(forward)).toEqual({ served: [], access: 0, charging: [], vector: [], asserted: 1 });
  expect(forward.onResponse).toBeUndefined();
});
