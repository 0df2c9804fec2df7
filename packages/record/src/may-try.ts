import type { OtherMessage } from './recorded.js';
import type { SipSeen } from './select.js';

/**
 * The 100s that did not come and may come on another run: who answers an INVITE within 200 ms need not say that it tries (RFC 3261
 * 17.2.1), and when it takes longer it must. One for each two that an INVITE went between without one.
 */
export function mayTry(sip: readonly SipSeen[]): OtherMessage[] {
  const found = new Map<string, OtherMessage>();
  const tried = new Set<string>();
  for (const { record, message, cseq, callId } of sip) {
    if (message.kind === 'response' && message.status === 100) {
      tried.add(`${record.from} ${record.to} ${cseq.number} ${callId}`);
    }
  }
  for (const { record, message, cseq, callId } of sip) {
    if (
      message.kind === 'request' &&
      message.method === 'INVITE' &&
      !tried.has(`${record.to} ${record.from} ${cseq.number} ${callId}`)
    ) {
      found.set(`${record.to} ${record.from}`, { from: record.to, to: record.from, message: '100' });
    }
  }
  return [...found.values()];
}
