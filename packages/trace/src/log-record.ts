import type { TracedDecision } from '@ims-sim/host';

/** What a decision says, without the call that it belongs to: that stands in the HEP packet's correlation id. */
export type DecisionText = Pick<TracedDecision, 'clause' | 'text'>;

/** A decision as the payload of a HEP log record (type 100): JSON with `clause` and `text`. */
export function encodeDecision(decision: DecisionText): Buffer {
  return Buffer.from(JSON.stringify({ clause: decision.clause, text: decision.text }), 'utf8');
}

/** What a log record says. One that is not ours (any text) is a decision without a clause; never throws. */
export function decodeDecision(payload: Uint8Array): DecisionText {
  const written = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('utf8');
  try {
    const value: unknown = JSON.parse(written);
    if (typeof value === 'object' && value !== null && 'text' in value && typeof value.text === 'string') {
      const clause = 'clause' in value && typeof value.clause === 'string' ? value.clause : '';
      return { clause, text: value.text };
    }
  } catch {
    // Not JSON: somebody else's log line.
  }
  return { clause: '', text: written };
}
