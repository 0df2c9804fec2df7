import type { Endpoint, TraceProtocol } from '@ims-sim/host';

/** A message between two elements, once, however many of them reported it. */
export interface MessageRecord {
  readonly kind: 'message';
  /** Position in the run, from 1; messages and decisions share the count. */
  readonly id: number;
  /** Microseconds since the epoch, as the sender saw it (the receiver, where the sender does not report). */
  readonly atUs: number;
  /** Host name of the sender, e.g. `pcscf1.home1.net`; a UE's is its name in the network file; an address for a stranger. */
  readonly from: string;
  readonly to: string;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly protocol: TraceProtocol;
  readonly transport: 'udp' | 'tcp';
  readonly bytes: Buffer;
}

export interface DecisionRecord {
  readonly kind: 'decision';
  readonly id: number;
  readonly atUs: number;
  /** The element that took it. */
  readonly element: string;
  readonly callId?: string | undefined;
  readonly clause: string;
  readonly text: string;
}

export type TraceRecord = MessageRecord | DecisionRecord;
