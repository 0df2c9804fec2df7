import { cseq, parseMessage, type SipMessage } from '@ims-sim/sip';
import type { MessageRecord, TraceRecord } from '@ims-sim/trace';

/** A SIP message of the trace, parsed once. */
export interface Seen {
  readonly record: MessageRecord;
  readonly message: SipMessage;
  used: boolean;
}

/** Whether a record is a SIP message, to be read or not. */
export function isSip(record: TraceRecord): record is MessageRecord {
  return record.kind === 'message' && record.protocol === 'sip';
}

/** The message of a record; none where it is not SIP, or not to be read. */
export function parsed(record: TraceRecord): Seen[] {
  if (!isSip(record)) {
    return [];
  }
  const result = parseMessage(record.bytes.toString('latin1'));
  return result.kind === 'message' ? [{ record, message: result.message, used: false }] : [];
}

/** The same bytes between the same two. */
export function isSame(one: MessageRecord, other: MessageRecord): boolean {
  return one.from === other.from && one.to === other.to && one.bytes.equals(other.bytes);
}

/** A response is sent again only to a request that came again (RFC 3261 17.2.2). */
export function isAnswerTo(response: Seen, request: Seen): boolean {
  return (
    request.message.kind === 'request' &&
    request.record.id < response.record.id &&
    request.record.from === response.record.to &&
    request.record.to === response.record.from &&
    cseq(request.message)?.number === cseq(response.message)?.number &&
    cseq(request.message)?.method === cseq(response.message)?.method
  );
}
