import type { Trace, TracedDecision, TracedMessage } from './trace.js';

/** A trace that keeps what it is given, the first 100,000 of each. */
export interface RecordingTrace extends Trace {
  readonly messages: TracedMessage[];
  readonly decisions: TracedDecision[];
}

const MAX_RECORDS = 100_000;

export function recordingTrace(): RecordingTrace {
  const messages: TracedMessage[] = [];
  const decisions: TracedDecision[] = [];
  return {
    enabled: true,
    messages,
    decisions,
    message(message) {
      // Senders reuse their buffers.
      if (messages.length < MAX_RECORDS) messages.push({ ...message, bytes: Buffer.from(message.bytes) });
    },
    decision(decision) {
      if (decisions.length < MAX_RECORDS) decisions.push(decision);
    },
  };
}
