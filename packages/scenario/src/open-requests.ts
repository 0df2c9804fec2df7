import { callId, cseq, type SipMessage } from '@ims-sim/sip';
import type { MessageRecord, TraceRecord } from '@ims-sim/trace';
import { unansweredRequests } from './judge-diameter.js';
import { parsed } from './seen.js';

/** The requests of a trace that have no final response yet: while there is one, more is to come. */
export function openRequests(trace: readonly TraceRecord[]): MessageRecord[] {
  const open = new Map<string, MessageRecord>();
  for (const { record, message } of trace.flatMap((one) => parsed(one))) {
    if (message.kind === 'response') {
      if (message.status >= 200) {
        open.delete(hop(record.to, record.from, message));
      }
    } else if (message.method !== 'ACK') {
      open.set(hop(record.from, record.to, message), record);
    }
  }
  return [...open.values(), ...unansweredRequests(trace)];
}

/** A transaction by who asks whom, in which call, and its place there (RFC 3261 17.1.3 has the branch; this holds for forks too). */
function hop(from: string, to: string, message: SipMessage): string {
  const { number, method } = cseq(message) ?? { number: 0, method: '' };
  return [from, to, callId(message) ?? '', number, method].join(' ');
}
