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
  /** Which of the stack's own sockets it is to leave from, where that is not the first (`StackOptions.further`). */
  readonly from?: Endpoint | undefined;
}

/** What the transports have counted since the start. */
export interface TransportCounters {
  received: number;
  sent: number;
  /** Datagrams and stream contents that were no SIP, dropped. */
  notSip: number;
  /** Messages that were SIP and wrong (answered with 400, or dropped where they were responses). */
  invalid: number;
  /** Responses that match no transaction, dropped. */
  stray: number;
  /** Requests that a transaction has absorbed, answered or not. */
  retransmissionsReceived: number;
  /** Requests and responses that a timer has sent again. */
  retransmissionsSent: number;
  /** Requests refused with 503, or not sent, since a table was full. */
  refused: number;
  /** Messages that could not be sent, as the network said. */
  sendErrors: number;
}

/** All at zero: those of one stack, which all its transports and transactions count into. */
export function transportCounters(): TransportCounters {
  return {
    received: 0,
    sent: 0,
    notSip: 0,
    invalid: 0,
    stray: 0,
    retransmissionsReceived: 0,
    retransmissionsSent: 0,
    refused: 0,
    sendErrors: 0,
  };
}
