import type { MessageRecord, TraceRecord } from '@ims-sim/trace';
import { peekDiameter } from './diameter-commands.js';
import { Exchanges } from './exchanges.js';
import { exchangeOf, isSip, Seen } from './seen.js';

/** The requests of a trace that have no final response yet: while there is one, more is to come. */
export function openRequests(trace: readonly TraceRecord[]): MessageRecord[] {
  const open = new Map<string, MessageRecord>();
  for (const record of trace) {
    if (!isSip(record)) {
      continue;
    }
    const seen = new Seen(record);
    const { message, flaw } = seen;
    if (message === undefined || flaw !== undefined) {
      continue;
    }
    // A transaction by who asks whom, in which call, and its place there (RFC 3261 17.1.3 has the branch; this holds for forks too).
    if (message.kind === 'request') {
      if (message.method !== 'ACK') {
        open.set(exchangeOf(seen), record);
      }
    } else if (message.status >= 200) {
      open.delete(exchangeOf(seen));
    }
  }
  const { all } = new Exchanges(trace, 'diameter', (name) => name, peekDiameter);
  return [
    ...open.values(),
    ...all.flatMap(({ request, answers }) => (answers.length === 0 ? [request] : [])),
  ];
}
