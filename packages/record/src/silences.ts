import { type Observed, ofItsCall } from './observed.js';
import { isSameTransaction } from './select.js';

/** Says of each server which requests it never answered: its `on` has them as `silent`. */
export function silences(observed: Observed): void {
  for (const { name, host, on } of observed.actors.values()) {
    const asked = host === undefined ? [] : observed.sip.filter(({ record }) => record.to === name);
    for (const seen of asked) {
      const { message, cseq } = seen;
      const isAnswered = ofItsCall(observed, seen).some(
        (other) =>
          other.record.from === name && other.message.kind === 'response' && isSameTransaction(other, seen),
      );
      if (message.kind === 'request' && cseq.method !== 'ACK' && !isAnswered && !on.has(cseq.method)) {
        on.set(cseq.method, 'silent');
      }
    }
  }
}
