import { callId, cseq, type CSeq, parseMessage, type SipMessage } from '@ims-sim/sip';
import type { MessageRecord, TraceRecord } from '@ims-sim/trace';

/** A SIP message of the trace with what tells its call and transaction. */
export interface SipSeen {
  readonly record: MessageRecord;
  readonly message: SipMessage;
  readonly callId: string;
  readonly cseq: CSeq;
}

/** The SIP messages that can be read, in the order of time; one that came again byte for byte between the same two is left out. */
export function sipMessages(records: readonly TraceRecord[]): SipSeen[] {
  const known = new Set<string>();
  return records.flatMap((record) => {
    if (record.kind !== 'message' || record.protocol !== 'sip') {
      return [];
    }
    const key = `${record.from} ${record.to} ${record.bytes.toString('latin1')}`;
    const parsed = known.has(key) ? undefined : parseMessage(record.bytes.toString('latin1'));
    known.add(key);
    if (parsed?.kind !== 'message') {
      return [];
    }
    const { message } = parsed;
    const [call, number] = [callId(message), cseq(message)];
    return call === undefined || number === undefined
      ? []
      : [{ record, message, callId: call, cseq: number }];
  });
}

/** Of one transaction, seen from end to end. */
export function isSameTransaction(one: SipSeen, other: SipSeen): boolean {
  return (
    one.callId === other.callId &&
    one.cseq.number === other.cseq.number &&
    one.cseq.method === other.cseq.method
  );
}

/**
 * The message that `seen` came of: the same one a hop before, or, of a response that its sender made itself, the request.
 * Undefined for a request that begins at its sender.
 */
export function hopBefore(seen: SipSeen, earlier: readonly SipSeen[]): SipSeen | undefined {
  const sender = seen.record.from;
  const arrived = earlier.filter((one) => one.record.to === sender && isSameTransaction(one, seen));
  const { message } = seen;
  if (message.kind === 'request') {
    return arrived.findLast((one) => one.message.kind === 'request');
  }
  const same = arrived.findLast(
    (one) => one.message.kind === 'response' && one.message.status === message.status,
  );
  return (
    same ?? arrived.findLast((one) => one.message.kind === 'request' && one.record.from === seen.record.to)
  );
}
