import type { Network } from '@ims-sim/element';
import type { MessageRecord, TraceRecord } from '@ims-sim/trace';
import type { Evidence } from '../../src/simulate/properties/property.js';
import { sipSeen } from '../../src/simulate/properties/sip-seen.js';
import { mainNetwork } from './main-flow.js';

const NETWORK: Network = mainNetwork();

/** Evidence made by hand: `[from, to, second, message]`, the message with `|` between its lines. */
export function evidence(
  messages: readonly (readonly [from: string, to: string, atS: number, text: string])[],
  more: Partial<Evidence> = {},
): Evidence {
  const records: TraceRecord[] = messages.map(([from, to, atS, text], index) =>
    record(from, to, atS, text, index),
  );
  return {
    network: NETWORK,
    records,
    sip: sipSeen(records),
    actors: new Set(['UE1', 'UE2']),
    kills: [],
    isDisturbed: false,
    altered: new Set<string>(),
    ...more,
  };
}

function record(from: string, to: string, atS: number, text: string, index: number): MessageRecord {
  const at = { address: '192.0.2.1', port: 5060 };
  return {
    kind: 'message',
    id: index + 1,
    atUs: atS * 1_000_000,
    from,
    to,
    source: at,
    destination: at,
    protocol: 'sip',
    transport: 'udp',
    bytes: Buffer.from(`${text.split('|').join('\r\n')}\r\nContent-Length: 0\r\n\r\n`, 'latin1'),
  };
}

export interface Parts {
  readonly method: string;
  readonly branch?: string;
  readonly cseq?: number;
  readonly fromTag?: string;
  readonly toTag?: string;
  readonly more?: readonly string[];
}

export function request({ method, ...parts }: Parts): string {
  return [`${method} sip:user2_public1@home2.net SIP/2.0`, ...common({ method, ...parts })].join('|');
}

export function response(status: number, parts: Parts): string {
  return [`SIP/2.0 ${status} Reason`, ...common({ toTag: 't', ...parts })].join('|');
}

function common({ method, branch = 'z9hG4bK1', cseq = 1, fromTag = 'f', toTag, more = [] }: Parts): string[] {
  return [
    `Via: SIP/2.0/UDP pcscf1.home1.net;branch=${branch}`,
    `From: <sip:user1_public1@home1.net>;tag=${fromTag}`,
    `To: <sip:user2_public1@home2.net>${toTag === undefined ? '' : `;tag=${toTag}`}`,
    'Call-ID: call1',
    `CSeq: ${cseq} ${method}`,
    ...more,
  ];
}
