import type { Endpoint } from '@ims-sim/host';

export type Transport = 'UDP' | 'TCP';

/** Where a message came from. */
export interface Source {
  readonly transport: Transport;
  readonly remote: Endpoint;
  readonly local: Endpoint;
}

/** Where a message is to go: an address, after RFC 3263. */
export interface Target {
  readonly transport: Transport;
  readonly address: string;
  readonly port: number;
}

/** What the transports have counted since the start. */
export interface TransportCounters {
  received: number;
  sent: number;
  /** Datagrams and stream contents that were no SIP, dropped. */
  notSip: number;
  /** Messages that were SIP and wrong (answered with 400, or dropped where they were responses). */
  invalid: number;
  /** Responses and ACKs that match no transaction. */
  stray: number;
}
