import { testHost, type DatagramFate, type TestHost } from '@ims-sim/host';
import { parseMessage, type SipMessage } from '@ims-sim/sip';
import { startUe, type Ue, type UeOptions } from '../../src/index.js';

/** Two UEs, each other's P-CSCF: what one sends comes to the other, unless the network loses it. */
export interface TwoUes {
  readonly caller: Ue;
  readonly callee: Ue;
  readonly clock: TestHost['clock'];
  /** All that was sent, in order, lost or not: `caller INVITE`, `callee 180 INVITE`. */
  readonly sent: string[];
  readonly messages: SipMessage[];
  /** Decides what becomes of a datagram, by what `sent` says of it and the how-manieth of these it is, from 1. */
  fate: (what: string, number: number) => DatagramFate;
}

export const CALLER = '5555::a';
export const CALLEE = '5555::b';
export const CALLEE_URI = 'sip:user2_public1@home2.net';
export const OFFER = { contentType: 'application/sdp', body: 'v=0\r\no=offer\r\n' };
export const ANSWER = { contentType: 'application/sdp', body: 'v=0\r\no=answer\r\n' };

export async function twoUes(options: Partial<UeOptions> = {}): Promise<TwoUes> {
  const host = testHost({ name: 'caller', addresses: [CALLER] });
  const beside = testHost({ beside: host, name: 'callee', addresses: [CALLEE] });
  const start = (own: TestHost, address: string, other: string, user: string) =>
    startUe({
      host: own,
      listen: { address, port: 5060 },
      resolver: { resolve: () => ({ kind: 'empty' }) },
      identity: {
        impu: `sip:${user}_public1@home1.net`,
        impi: `${user}_private@home1.net`,
        homeDomain: 'home1.net',
      },
      proxy: { transport: 'UDP', address: other, port: 5060 },
      profile: 'ts-24.141',
      ...options,
    });
  const caller = await start(host, CALLER, CALLEE, 'user1');
  const callee = await start(beside, CALLEE, CALLER, 'user2');
  const two: TwoUes = { caller, callee, clock: host.clock, sent: [], messages: [], fate: () => 'deliver' };
  const counts = new Map<string, number>();
  host.network.faults = (datagram, from) => {
    const parsed = parseMessage(datagram.toString('latin1'));
    if (parsed.kind !== 'message') {
      return 'deliver';
    }
    const { message } = parsed;
    const who = from.address === CALLER ? 'caller' : 'callee';
    const cseq = message.headers.find(({ key }) => key === 'cseq')?.value.split(' ')[1] ?? '';
    const what = `${who} ${message.kind === 'request' ? message.method : `${message.status} ${cseq}`}`;
    const number = (counts.get(what) ?? 0) + 1;
    counts.set(what, number);
    two.sent.push(what);
    two.messages.push(message);
    return two.fate(what, number);
  };
  return two;
}

export function headerOf(message: SipMessage | undefined, key: string): string | undefined {
  return message?.headers.find((h) => h.key === key)?.value;
}
