import { readFileSync } from 'node:fs';
import { testHost, type TestHost } from '@ims-sim/host';
import {
  header,
  parseMessage,
  responseTo,
  serialize,
  valueOf,
  type SipMessage,
  type SipRequest,
  type SipResponse,
} from '@ims-sim/sip';
import { startPs, type PsOptions, type RunningPs } from '../src/index.js';

export const TR_DOCUMENT = readFileSync(new URL('../../test/tr-document.xml', import.meta.url), 'utf8');

export const WATCHER = '<sip:user1_public1@home1.net>';
export const PRESENTITY = '<sip:user2_public1@home2.net>';

/** A presence server on a virtual clock, and a peer in its way that says what the test makes it say. */
export interface Lab {
  readonly host: TestHost;
  readonly ps: RunningPs;
  /** All that the PS sent, in order. */
  readonly sent: SipMessage[];
  readonly notifies: SipRequest[];
  /** What it answers to the message, of which the lines not given are the main flow's. */
  ask(method: string, ask?: Ask): Promise<SipResponse>;
  answer(notify: SipRequest | undefined, status: number, lines?: Record<string, string>): Promise<void>;
  /** How NOTIFYs are answered from now on, at once; undefined: not by themselves. */
  autoAnswer: number | undefined;
  advance(seconds: number): Promise<void>;
  close(): Promise<void>;
}

export interface Ask {
  readonly uri?: string;
  readonly callId?: string;
  readonly fromTag?: string;
  /** In To. */
  readonly tag?: string;
  readonly cseq?: number;
  /** By name; undefined leaves one of the usual ones out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
}

let asked = 0;

export async function lab(options: Partial<PsOptions> = {}): Promise<Lab> {
  const host = testHost({ name: 'ps.home2.net', addresses: ['10.0.0.1'] });
  const peer = testHost({ beside: host, addresses: ['10.0.0.2'] });
  const ps = await startPs({
    host,
    profile: 'tr-24.841',
    presentities: [{ identities: ['sip:user2_public1@home2.net', 'tel:+1-212-555-2222'], rules: RULES }],
    endpoint: {
      kind: 'built-in',
      listen: { address: '10.0.0.1', port: 5060 },
      resolver: { resolve: () => ({ kind: 'empty' }) },
      initialCSeq: 42,
    },
    ...options,
  });
  const sent: SipMessage[] = [];
  const notifies: SipRequest[] = [];
  const socket = await peer.net.udp(
    { address: '10.0.0.2', port: 5060 },
    {
      onDatagram(datagram) {
        const parsed = parseMessage(datagram.toString('latin1'));
        if (parsed.kind !== 'message') throw new Error(`No message: ${datagram.toString()}`);
        sent.push(parsed.message);
        if (parsed.message.kind !== 'request') return;
        notifies.push(parsed.message);
        if (it.autoAnswer !== undefined) send(serialize(responseTo(parsed.message, it.autoAnswer)));
      },
    },
  );
  const send = (text: string) =>
    socket.send(Buffer.from(text, 'latin1'), { address: '10.0.0.1', port: 5060 });
  const it: Lab = {
    host,
    ps,
    sent,
    notifies,
    autoAnswer: 200,
    async ask(method, ask = {}) {
      const before = sent.length;
      send(requestText(method, ask));
      for (let i = 0; i < 20; i++) {
        await host.clock.advance(1);
        const response = sent.slice(before).find((message) => message.kind === 'response');
        if (response?.kind !== 'response') continue;
        await host.clock.advance(1);
        return response;
      }
      throw new Error(`No answer to the ${method}`);
    },
    async answer(notify, status, lines = {}) {
      if (notify === undefined) throw new Error('No NOTIFY to answer');
      const headers = Object.entries(lines).map(([name, value]) => header(name, value));
      send(serialize(responseTo(notify, status, undefined, { headers })));
      await host.clock.advance(1);
    },
    advance: (seconds) => host.clock.advance(seconds * 1000),
    async close() {
      await ps.close();
      socket.close();
    },
  };
  await host.clock.advance(1);
  return it;
}

/** home1.net may watch; user3 is blocked, user4 politely so; others wait. */
export const RULES: PsOptions['presentities'][number]['rules'] = {
  default: 'confirm',
  rules: [
    { domain: 'home1.net', handling: 'allow' },
    { identities: ['sip:user3_public1@home3.net'], handling: 'block' },
    { identities: ['sip:user4_public1@home3.net'], handling: 'polite-block' },
  ],
};

export function value(message: SipMessage | undefined, key: string): string | undefined {
  return message === undefined ? undefined : valueOf(message.headers, key);
}

export function toTag(response: SipResponse): string {
  return /tag=(.*)$/.exec(value(response, 'to') ?? '')?.[1] ?? '';
}

function requestText(method: string, ask: Ask): string {
  const {
    uri = 'sip:user2_public1@home2.net',
    callId = 'b89rjhnedlrfjflslj40a222',
    fromTag = '31415',
    body = '',
  } = ask;
  const watching = method === 'SUBSCRIBE';
  const headers: Record<string, string | undefined> = {
    'P-Asserted-Identity': watching ? WATCHER : PRESENTITY,
    Privacy: 'none',
    'Record-Route': watching ? '<sip:10.0.0.2;lr>, <sip:scscf1.home1.net;lr>' : undefined,
    From: `<sip:user1_public1@home1.net>;tag=${fromTag}`,
    To: `<tel:+1-212-555-2222>${ask.tag === undefined ? '' : `;tag=${ask.tag}`}`,
    'Call-ID': callId,
    CSeq: `${ask.cseq ?? 61} ${method}`,
    Event: watching || method === 'PUBLISH' ? 'presence' : undefined,
    Expires: watching || method === 'PUBLISH' ? '7200' : undefined,
    Accept: watching ? 'application/cpim-pidf+xml' : undefined,
    'Content-Type': method === 'PUBLISH' && body !== '' ? 'application/cpim-pidf+xml' : undefined,
    Contact: watching ? '<sip:[5555::aaa:bbb:ccc:ddd]>' : undefined,
    ...ask.headers,
  };
  const bytes = Buffer.from(body, 'utf8').toString('latin1');
  return [
    `${method} ${uri} SIP/2.0`,
    `Via: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK-${asked++}`,
    'Max-Forwards: 66',
    ...Object.entries(headers).flatMap(([name, text]) => (text === undefined ? [] : [`${name}: ${text}`])),
    `Content-Length: ${bytes.length}`,
    '',
    bytes,
  ].join('\r\n');
}
