import type { LadderParticipant, LadderVerdict, MessageRecord, TraceRecord } from '../src/index.js';

/** A run like the main flow, cut down to what a trace's tests look at: SIP over UDP, Diameter over TCP, DNS, decisions. */

export const participants: readonly LadderParticipant[] = [
  { name: 'ue1', label: 'UE1', group: 'home1.net' },
  { name: 'pcscf1.home1.net', label: 'P-CSCF#1', group: 'home1.net' },
  { name: 'scscf1.home1.net', label: 'S-CSCF#1', group: 'home1.net' },
  { name: 'icscf2.home2.net', label: 'I-CSCF#2', group: 'home2.net' },
  { name: 'hss2.home2.net', label: 'HSS#2', group: 'home2.net' },
  { name: 'scscf2.home2.net', label: 'S-CSCF#2', group: 'home2.net' },
  { name: 'ps.home2.net', label: 'PS', group: 'home2.net' },
  { name: 'dns', label: 'DNS' },
];

const CRLF = '\r\n';

export function sip(startLine: string, method: string, body = ''): Buffer {
  const headers = [
    startLine,
    'Via: SIP/2.0/UDP scscf1.home1.net;branch=z9hG4bK351g45.1',
    'Max-Forwards: 68',
    'From: <sip:user1_public1@home1.net>;tag=31415',
    'To: <tel:+1-212-555-2222>',
    'Call-ID: b89rjhnedlrfjflslj40a222',
    `CSeq: 61 ${method}`,
    'Event: presence',
    ...(body === '' ? [] : ['Content-Type: application/pidf+xml']),
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(headers.join(CRLF) + CRLF + CRLF + body);
}

export function avp(code: number, value: Buffer, vendor?: number): Buffer {
  const header = Buffer.alloc(vendor === undefined ? 8 : 12);
  header.writeUInt32BE(code, 0);
  header.writeUInt32BE(header.length + value.length, 4);
  header.writeUInt8((vendor === undefined ? 0 : 0x80) | 0x40, 4);
  if (vendor !== undefined) {
    header.writeUInt32BE(vendor, 8);
  }
  return Buffer.concat([header, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function diameter(command: number, isRequest: boolean, ...avps: Buffer[]): Buffer {
  const header = Buffer.alloc(20);
  const body = Buffer.concat(avps);
  header.writeUInt32BE(20 + body.length, 0);
  header.writeUInt8(1, 0);
  header.writeUInt32BE(command, 4);
  header.writeUInt8(isRequest ? 0xc0 : 0x40, 4);
  header.writeUInt32BE(16777216, 8);
  header.writeUInt32BE(7, 12);
  header.writeUInt32BE(9, 16);
  return Buffer.concat([header, body]);
}

/** A Cx query as TS 29.229 6.1.5 and 6.1.6 have it. */
export function locationInfo(isRequest: boolean, ...more: Buffer[]): Buffer {
  const vendorSpecific = Buffer.concat([avp(266, uint32(10415)), avp(258, uint32(16777216))]);
  return diameter(
    302,
    isRequest,
    avp(263, Buffer.from('icscf2.home2.net;1;1')),
    avp(260, vendorSpecific),
    ...(isRequest ? [] : [avp(268, uint32(2001))]),
    avp(277, uint32(1)),
    avp(264, Buffer.from('icscf2.home2.net')),
    avp(296, Buffer.from('home2.net')),
    ...(isRequest
      ? [avp(283, Buffer.from('home2.net')), avp(601, Buffer.from('sip:user2_public1@home2.net'), 10415)]
      : [avp(602, Buffer.from('sip:scscf2.home2.net'), 10415)]),
    ...more,
  );
}

function dnsName(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.of(0)]);
}

export function dnsQuery(name: string, type: number): Buffer {
  return Buffer.concat([
    Buffer.from('123401000001000000000000', 'hex'),
    dnsName(name),
    Buffer.of(type >> 8, type & 255, 0, 1),
  ]);
}

/** A response with one A record, or with an RCODE and none. */
export function dnsResponse(name: string, type: number, rcode = 0): Buffer {
  const answers = rcode === 0 ? 1 : 0;
  const header = Buffer.from(`1234858${rcode}0001000${answers}00000000`, 'hex');
  const question = Buffer.concat([dnsName(name), Buffer.of(type >> 8, type & 255, 0, 1)]);
  const answer = Buffer.from('c00c00010001000000050004c0000201', 'hex');
  return Buffer.concat([header, question, answers === 0 ? Buffer.alloc(0) : answer]);
}

const PORTS: Readonly<Record<string, number>> = {
  ue1: 5070,
  'pcscf1.home1.net': 5061,
  'scscf1.home1.net': 5062,
  'icscf2.home2.net': 5063,
  'hss2.home2.net': 3869,
  'scscf2.home2.net': 5064,
  'ps.home2.net': 5065,
  dns: 5300,
};

export interface Flow {
  readonly records: TraceRecord[];
  readonly verdicts: ReadonlyMap<number, LadderVerdict>;
}

/** Collects records with steps; times are 400 µs apart. */
function flowBuilder() {
  const records: TraceRecord[] = [];
  const verdicts = new Map<number, LadderVerdict>();
  const startUs = 1_700_000_000_000_000;
  const stamp = () => ({ id: records.length + 1, atUs: startUs + records.length * 400 });
  const judged = (verdict: LadderVerdict) => verdicts.set(records.length, verdict);
  const port = (name: string) => PORTS[name] ?? 0;
  return {
    records,
    verdicts,
    message(
      from: string,
      to: string,
      bytes: Buffer,
      more: Partial<MessageRecord> = {},
      verdict: LadderVerdict = {},
    ) {
      records.push({
        kind: 'message',
        ...stamp(),
        from,
        to,
        source: { address: '127.0.0.1', port: port(from) },
        destination: { address: '127.0.0.1', port: port(to) },
        protocol: 'sip',
        transport: 'udp',
        bytes,
        ...more,
      });
      judged(verdict);
    },
    decision(element: string, text: string, clause: string, verdict: LadderVerdict = {}) {
      records.push({ kind: 'decision', ...stamp(), element, text, clause });
      judged(verdict);
    },
  };
}

const UE = 'ue1';
const P = 'pcscf1.home1.net';
const S1 = 'scscf1.home1.net';
const I = 'icscf2.home2.net';
const H = 'hss2.home2.net';
const S2 = 'scscf2.home2.net';
const PS = 'ps.home2.net';

/** The 25 steps, with two of them judged wrong. */
export function mainFlow(): Flow {
  const flow = flowBuilder();
  const ok = (step: number): LadderVerdict => ({ step, mark: 'right' });
  const subscribe = sip('SUBSCRIBE tel:+1-212-555-2222 SIP/2.0', 'SUBSCRIBE');
  const trying = sip('SIP/2.0 100 Trying', 'SUBSCRIBE');
  const accepted = sip('SIP/2.0 200 OK', 'SUBSCRIBE');
  const notify = sip(
    'NOTIFY sip:[5555::aaa:bbb:ccc:ddd] SIP/2.0',
    'NOTIFY',
    `<presence>${'x'.repeat(900)}</presence>`,
  );
  const notified = sip('SIP/2.0 200 OK', 'NOTIFY');
  const cx = { protocol: 'diameter', transport: 'tcp' } as const;
  const icscfCx = { address: '127.0.0.1', port: 41234 };
  const enumName = '2.2.2.2.5.5.5.2.1.2.1.e164.arpa';
  const dns = { protocol: 'dns' } as const;
  const resolver = { address: '127.0.0.1', port: 40100 };

  flow.message(UE, P, subscribe, {}, ok(1));
  flow.message(P, S1, subscribe, {}, ok(2));
  flow.message(S1, P, trying, {}, ok(3));
  flow.decision(
    S1,
    'originating: the top Via is the P-CSCF of the Path; no initial filter criterion matches SUBSCRIBE',
    'TS 24.229 5.4.3.2',
    ok(4),
  );
  flow.message(S1, 'dns', dnsQuery(enumName, 35), { ...dns, source: resolver }, { mark: 'unjudged' });
  flow.message('dns', S1, dnsResponse(enumName, 35), { ...dns, destination: resolver }, { mark: 'unjudged' });
  flow.message(S1, I, subscribe, {}, { step: 5, mark: 'wrong', note: 'Max-Forwards: expected 68, came 67' });
  flow.message(I, S1, trying, {}, ok(6));
  flow.message(I, H, locationInfo(true), { ...cx, source: icscfCx }, ok(7));
  flow.message(H, I, locationInfo(false), { ...cx, destination: icscfCx }, ok(7));
  flow.message(I, S2, subscribe, {}, ok(8));
  flow.message(S2, I, trying, {}, ok(9));
  flow.decision(
    S2,
    'criterion 10 matches: Method = SUBSCRIBE, Event = presence',
    'TS 24.229 5.4.3.3',
    ok(10),
  );
  flow.message(S2, PS, subscribe, {}, ok(11));
  flow.decision(PS, 'allowed: rule "friends" of user2 names user1', 'RFC 3856 6.6', {
    step: 12,
    mark: 'wrong',
    note: 'expected a decision with status pending\ncame active',
  });
  flow.message(PS, S2, accepted, {}, ok(13));
  flow.message(S2, I, accepted, {}, ok(14));
  flow.message(I, S1, accepted, {}, ok(15));
  flow.message(S1, P, accepted, {}, ok(16));
  flow.message(P, UE, accepted, {}, ok(17));
  flow.message(PS, S2, notify, {}, ok(18));
  flow.message(S2, S1, notify, {}, ok(19));
  flow.message(S1, P, notify, {}, ok(20));
  flow.message(P, UE, notify, {}, ok(21));
  flow.message(UE, P, notified, {}, ok(22));
  flow.message(P, S1, notified, {}, ok(23));
  flow.message(S1, S2, notified, {}, ok(24));
  flow.message(S2, PS, notified, {}, ok(25));
  return flow;
}
