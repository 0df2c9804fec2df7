import { callId, cseq, from, parseMessage, type SipMessage, tagOf, topVia, valueOf } from '@ims-sim/sip';
import type { MessageRecord, TraceRecord } from '@ims-sim/trace';

/** A SIP message of the trace, read once. */
export interface SipSeen {
  readonly record: MessageRecord;
  readonly message: SipMessage;
  readonly method: string;
  /** RFC 3261 17.1.3: the transaction at this hop, the same for a request and its responses. */
  readonly transaction: string;
  /** The same request at every hop, its responses too: Call-ID, CSeq and who it is from. */
  readonly request: string;
}

/** The SIP messages of a trace that can be read, in its order. */
export function sipSeen(records: readonly TraceRecord[]): SipSeen[] {
  return records.flatMap((record) => {
    if (record.kind !== 'message' || record.protocol !== 'sip') {
      return [];
    }
    const parsed = parseMessage(record.bytes.toString('latin1'));
    return parsed.kind === 'message' ? [seen(record, parsed.message)] : [];
  });
}

function seen(record: MessageRecord, message: SipMessage): SipSeen {
  const { number = 0, method = '' } = cseq(message) ?? {};
  const isRequest = message.kind === 'request';
  const [client, server] = isRequest ? [record.from, record.to] : [record.to, record.from];
  const via = topVia(message);
  const answered = method === '' ? methodIn(valueOf(message.headers, 'cseq')) : method;
  const asked = isRequest ? message.method : answered;
  // The CSeq's method, which a response has from its request: a request whose own is another one is answered all the same.
  const told = answered === '' ? asked : answered;
  return {
    record,
    message,
    method: asked,
    transaction: [client, server, via?.host, via?.port, via?.branch, told].join(' '),
    request: [callId(message), number, asked, tagOf(from(message))].join(' '),
  };
}

/** Of a CSeq whose number cannot be read (RFC 4475 3.1.2.4). */
function methodIn(value = ''): string {
  return value.slice(value.trimEnd().lastIndexOf(' ') + 1).trim();
}

/**
 * Transactions under whose branch an actor sent different requests: a server may take the later one for the first sent again (RFC 3261
 * 17.2.3), or for a new one. What is sent again has the same bytes.
 */
export function muddled(sip: readonly SipSeen[], actors: ReadonlySet<string>): ReadonlySet<string> {
  const sent = new Map<string, Buffer>();
  return new Set(
    sip.flatMap(({ record, message, method, transaction }) => {
      if (message.kind !== 'request' || method === 'ACK' || !actors.has(record.from)) {
        return [];
      }
      const before = sent.get(transaction);
      sent.set(transaction, before ?? record.bytes);
      return before === undefined || before.equals(record.bytes) ? [] : [transaction];
    }),
  );
}

export function isFinal({ message }: SipSeen): boolean {
  return message.kind === 'response' && message.status >= 200;
}
