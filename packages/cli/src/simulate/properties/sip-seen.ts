import { callId, cseq, parseMessage, type SipMessage, tagOf, topVia, from } from '@ims-sim/sip';
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
  const asked = isRequest ? message.method : method;
  return {
    record,
    message,
    method: asked,
    transaction: [client, server, via?.host, via?.port, via?.branch, asked].join(' '),
    request: [callId(message), number, asked, tagOf(from(message))].join(' '),
  };
}

export function isFinal({ message }: SipSeen): boolean {
  return message.kind === 'response' && message.status >= 200;
}
