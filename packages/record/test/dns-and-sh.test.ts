import { describe, expect, test } from '@jest/globals';
import { avpOf, base, cx, encodeMessage, FLAG_REQUEST, sh } from '@ims-sim/diameter';
import { indexZones, respond, writeQuery, zonesFor } from '@ims-sim/dns';
import { parseEndpoint } from '@ims-sim/host';
import type { CapturedMessage } from '@ims-sim/trace';
import { flowFrom, type FlowOptions, named, narrowed, type RecordedFlow, writeFlow } from '../src/index.js';
import { captured } from './call.js';

const [UE, SCSCF, DNS, PS, HSS] = [
  '10.0.0.1:5061',
  '10.0.0.3:5060',
  '10.0.0.9:53',
  '10.0.0.4:5060',
  '10.0.0.5:3868',
];
const KNOWN = new Map([
  [SCSCF, 'scscf1.home1.net'],
  [DNS, 'dns.lab'],
  [PS, 'ps.home1.net'],
  [HSS, 'hss1.home1.net'],
]);
const NUMBER = '2.2.2.2.5.5.5.2.1.2.1.e164.arpa';

function message(
  atMs: number,
  from: string,
  to: string,
  protocol: 'dns' | 'diameter',
  bytes: Buffer,
): CapturedMessage {
  const [source, destination] = [parseEndpoint(from), parseEndpoint(to)];
  if (!source || !destination) {
    throw new Error(`${from} or ${to} is no endpoint`);
  }
  return { kind: 'message', atUs: atMs * 1000, source, destination, protocol, transport: 'udp', bytes };
}

function flowOf(messages: readonly CapturedMessage[], options: Partial<FlowOptions> = {}): RecordedFlow {
  const { records, actors } = named(messages, KNOWN);
  return flowFrom(records, { actors, ...options });
}

const request = (atMs: number, from: string, to: string, start: string): CapturedMessage =>
  captured(
    atMs,
    from,
    to,
    `${start} SIP/2.0
     Via: SIP/2.0/UDP ${from === UE ? UE : (KNOWN.get(from) ?? '')};branch=z9hG4bK${atMs}
     Max-Forwards: 70
     From: <sip:alice@home1.net>;tag=a
     To: <sip:bob@home1.net>
     Call-ID: call
     CSeq: 1 ${start.split(' ')[0] ?? ''}`,
  );

describe('what elements asked the DNS', () => {
  const zones = indexZones(
    zonesFor({
      domains: [{ name: 'home1.net', hosts: [{ name: 'ps.home1.net', addresses: ['10.0.0.4'] }] }],
      enum: [{ number: '+12125552222', uri: 'sip:bob@home1.net' }],
    }),
  );
  const lookup = (
    atMs: number,
    name: string,
    type: 'A' | 'NAPTR' = 'NAPTR',
    from = '10.0.0.3:40000',
  ): CapturedMessage[] => {
    const query = writeQuery(atMs, name, type, false);
    const answer = respond(zones, query, 'udp') ?? Buffer.alloc(0);
    return [message(atMs, from, DNS, 'dns', query), message(atMs + 1, DNS, from, 'dns', answer)];
  };
  const asked = [
    request(10, UE, SCSCF, 'MESSAGE tel:+1-212-555-2222'),
    ...lookup(20, NUMBER),
    ...lookup(30, 'ps.home1.net', 'A'),
    ...lookup(40, NUMBER),
    request(50, SCSCF, PS, 'MESSAGE sip:bob@home1.net'),
  ];

  test('is no step unless that is wanted', () => {
    expect(flowOf(asked).steps.map(({ kind }) => kind)).toEqual(['message', 'message']);
  });

  test('a number is looked up once, after the request to it, and must be; the way to a server may be known already', () => {
    const { steps } = flowOf(asked, { withDns: true });
    expect(steps.map(({ title }) => title)).toEqual([
      'MESSAGE: UE1 to S-CSCF#1',
      `ENUM NAPTR ${NUMBER}: S-CSCF#1 and DNS`,
      'DNS A ps.home1.net: S-CSCF#1 and DNS',
      'MESSAGE: S-CSCF#1 to PS',
    ]);
    const [, number, server] = steps;
    expect(number).toMatchObject({ from: 'scscf1.home1.net', to: 'dns.lab', rcode: 'NOERROR' });
    expect(number).not.toHaveProperty('optional');
    expect(number).not.toHaveProperty('follows'); // the message above
    expect(number).toMatchObject({
      records: [{ type: 'NAPTR', name: NUMBER, data: expect.stringContaining('!sip:bob@home1.net!') }],
    });
    expect(server).toMatchObject({
      optional: true,
      follows: 'none',
      records: [{ type: 'A', name: 'ps.home1.net' }],
    });
    expect(writeFlow(flowOf(asked, { withDns: true }))).not.toContain('10.0.0.4'); // of one run
  });

  test('one that somebody else’s element asks need not be asked again; nor is one that no request in the flow asks for', () => {
    const external = new Set(['scscf1.home1.net']);
    const theirs = flowOf(asked, { withDns: true, external }).steps[1];
    expect(theirs).toMatchObject({ kind: 'dns', name: NUMBER, optional: true });
    const other = [request(10, UE, SCSCF, 'MESSAGE tel:+1-212-555-9999'), ...lookup(20, NUMBER)];
    expect(flowOf(other, { withDns: true }).steps[1]).toMatchObject({ optional: true, follows: 'none' });
  });

  test('one that was asked before the flow is not asked in it', () => {
    const before = [...lookup(5, NUMBER), ...asked];
    const { steps } = flowOf(before, { withDns: true, firstId: 3 });
    expect(steps.map(({ title }) => title)).not.toContainEqual(expect.stringContaining('ENUM'));
  });

  test('a name that is not there is NXDOMAIN; what nobody answers is no step', () => {
    const [query] = lookup(20, '9.9.9.9.e164.arpa');
    const [call] = asked;
    const nowhere = [...(call ? [call] : []), ...(query ? [query] : [])];
    expect(flowOf(nowhere, { withDns: true }).steps).toHaveLength(1);
    const { steps } = flowOf([...nowhere, ...lookup(30, '9.9.9.9.e164.arpa')], { withDns: true });
    expect(steps[1]).toMatchObject({ rcode: 'NXDOMAIN', records: [] });
  });

  test('who asks from an address that two share is not guessed', () => {
    const shared = new Map([...KNOWN, ['10.0.0.3:5070', 'icscf1.home1.net']]);
    const { records, actors } = named(asked, shared);
    expect(flowFrom(records, { actors, withDns: true }).steps.map(({ kind }) => kind)).toEqual([
      'message',
      'message',
    ]);
  });
});

describe('what an application server and the HSS say to each other (Sh)', () => {
  const user = avpOf(sh.userIdentity, [avpOf(cx.publicIdentity, 'sip:bob@home1.net')]);
  const data = (text: string) => avpOf(sh.userData, Buffer.from(text));
  const state = '<Sh-Data><Sh-IMS-Data><IMSUserState>0</IMSUserState></Sh-IMS-Data></Sh-Data>';
  const diameter = (
    atMs: number,
    [from, to]: readonly [string, string],
    command: number,
    asks: Parameters<typeof encodeMessage>[0]['avps'],
    says: Parameters<typeof encodeMessage>[0]['avps'] = [],
  ): CapturedMessage[] => {
    const head = { command, application: 16_777_217, hopByHop: atMs, endToEnd: atMs };
    const origin = (at: string) => avpOf(base.originHost, KNOWN.get(at) ?? '');
    const asked = encodeMessage({ ...head, flags: FLAG_REQUEST, avps: [origin(from), user, ...asks] });
    const said = encodeMessage({
      ...{ ...head, flags: 0 },
      avps: [origin(to), avpOf(base.resultCode, 2001), ...says],
    });
    return [message(atMs, from, to, 'diameter', asked), message(atMs + 1, to, from, 'diameter', said)];
  };
  const snr = (atMs: number): CapturedMessage[] =>
    diameter(atMs, [PS, HSS], 308, [avpOf(sh.dataReference, 11), avpOf(sh.subsReqType, 0)], [data(state)]);
  const pnr = (atMs: number, text = state): CapturedMessage[] => diameter(atMs, [HSS, PS], 309, [data(text)]);
  const watch = request(10, UE, PS, 'SUBSCRIBE sip:bob@home1.net');
  const SUBSCRIBED = { command: 'SNR', publicIdentity: 'sip:bob@home1.net' };

  test('is steps, after what brought them about', () => {
    const { steps, others } = flowOf([watch, ...snr(20), ...pnr(30)]);
    expect(steps.map(({ title, follows }) => [title, follows])).toEqual([
      ['SUBSCRIBE: UE1 to PS', undefined],
      ['Sh SNR/SNA: PS and HSS#1', undefined],
      ['Sh PNR/PNA: HSS#1 and PS', 'none'],
    ]);
    const avps = { 'Data-Reference': '11', 'Subs-Req-Type': '0' };
    expect(steps[1]).toMatchObject({
      optional: true, // it may remember the answer
      request: { ...SUBSCRIBED, avps },
      answer: { command: 'SNA', resultCode: 2001, avps: { 'User-Data': state } },
    });
    expect(steps[2]).not.toHaveProperty('optional');
    expect(others).toEqual([]); // another question than this is none that is allowed
  });

  test('what the HSS was told of that user is what it tells after', () => {
    const sar = diameter(25, [SCSCF, HSS], 301, [avpOf(cx.publicIdentity, 'sip:bob@home1.net')]);
    const { steps } = flowOf([watch, ...snr(20), ...sar, ...pnr(30)]);
    expect(steps.at(-1)).toMatchObject({ title: 'Sh PNR/PNA: HSS#1 and PS', follows: 3 });
  });

  test('data with a sequence number are any', () => {
    const repository =
      '<Sh-Data><RepositoryData><ServiceIndication>s</ServiceIndication><SequenceNumber>7</SequenceNumber></RepositoryData></Sh-Data>';
    expect(flowOf([watch, ...pnr(30, repository)]).steps[1]).toMatchObject({
      request: { avps: { 'User-Data': 'any' } },
    });
  });

  test('somebody else’s application server may remember: it need not ask, and may', () => {
    const { steps, others } = flowOf([watch, ...snr(20)], { external: new Set(['ps.home1.net']) });
    expect(steps[1]).toMatchObject({ request: SUBSCRIBED, optional: true });
    expect(others).toEqual([{ from: 'ps.home1.net', to: 'hss1.home1.net', message: 'SNR' }]);
  });

  test('what came before the flow may come late: it is allowed, and no step', () => {
    const { steps, others } = flowOf([...snr(5), watch, ...pnr(30)], { firstId: 3 });
    expect(steps.map(({ kind }) => kind)).toEqual(['message', 'diameter']);
    expect(others).toEqual([{ from: 'ps.home1.net', to: 'hss1.home1.net', message: 'SNR' }]);
  });

  test('of one call, what it brought about is kept, and what the HSS told because of that', () => {
    const { records, actors } = named([...pnr(5), watch, ...snr(20), ...pnr(30)], KNOWN);
    const kept = narrowed(records, actors, { callIds: ['call'] }).records.map(({ id }) => id);
    expect(kept).toEqual([3, 4, 5, 6, 7]);
  });
});
