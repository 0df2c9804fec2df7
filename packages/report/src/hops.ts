import { callId, cseq, parseMessage } from '@ims-sim/sip';
import type { MessageRecord } from '@ims-sim/trace';

/** Rows that a message belongs with; -1: none. */
export interface Related {
  /** The same request or response where it came to the one who sends it here: the hop before. */
  readonly before: number;
  /** The request that this answers. */
  readonly request: number;
}

/** Tells for each message in turn, by its row, what came before it. */
export interface Hops {
  add(record: MessageRecord, row: number): Related;
}

const NONE: Related = { before: -1, request: -1 };

/** Messages are told in the order of time. A SIP message is the same at two hops by Call-ID and CSeq; an answer is found by its number (RFC 6733 3, RFC 1035 4.1.1), in HTTP by its connection (RFC 9112 9.3.2). */
export function hops(): Hops {
  /** The last row of each message by who got it. */
  const arrived = new Map<string, number>();
  /** The last row of each request by its ends. */
  const requests = new Map<string, number>();

  const sip = (record: MessageRecord, row: number): Related => {
    const parsed = parseMessage(record.bytes.toString('latin1'));
    if (parsed.kind !== 'message') {
      return NONE;
    }
    const { message } = parsed;
    const sequence = cseq(message);
    const transaction = `${callId(message) ?? ''} ${sequence?.number ?? ''} ${sequence?.method ?? ''}`;
    const kind = message.kind === 'request' ? 'request' : String(message.status);
    const before = arrived.get(`${record.from} ${kind} ${transaction}`) ?? -1;
    arrived.set(`${record.to} ${kind} ${transaction}`, row);
    if (message.kind === 'request') {
      requests.set(`${record.from} ${record.to} ${transaction}`, row);
      return { before, request: -1 };
    }
    return { before, request: requests.get(`${record.to} ${record.from} ${transaction}`) ?? -1 };
  };
  /** Diameter and DNS: an answer has its request's number. HTTP: of a connection the request that came last. */
  const numbered = (record: MessageRecord, row: number, number: number, isAnswer: boolean): Related => {
    const { source, destination } = record;
    const [asker, asked] = isAnswer ? [destination, source] : [source, destination];
    const key = `${record.protocol} ${asker.address} ${asker.port} ${asked.address} ${asked.port} ${number}`;
    if (isAnswer) {
      return { before: -1, request: requests.get(key) ?? -1 };
    }
    requests.set(key, row);
    return NONE;
  };
  return {
    add(record, row) {
      const { bytes, protocol } = record;
      switch (protocol) {
        case 'sip':
          return sip(record, row);
        case 'diameter':
          return bytes.length < 20
            ? NONE
            : numbered(record, row, bytes.readUInt32BE(12), ((bytes[4] ?? 0) & 0x80) === 0);
        case 'dns':
          return bytes.length < 12
            ? NONE
            : numbered(record, row, bytes.readUInt16BE(0), ((bytes[2] ?? 0) & 0x80) !== 0);
        case 'http':
          return numbered(record, row, 0, bytes.toString('latin1', 0, 5) === 'HTTP/');
      }
    },
  };
}
