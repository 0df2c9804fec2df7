import type { TraceProtocol } from '@ims-sim/host';
import { diameterSummary } from './summary-diameter.js';
import { dnsSummary } from './summary-dns.js';
import { httpSummary } from './summary-http.js';
import { printable } from './printable.js';
import { sipSummary } from './summary-sip.js';

/** What a ladder shows of a message. */
export interface MessageSummary {
  /** One line without control characters, at most 120 characters: `200 OK (SUBSCRIBE)`, `LIA 2001`, `DNS NAPTR 2.1.e164.arpa`. */
  readonly label: string;
  readonly response: boolean;
}

const MAX_LABEL_LENGTH = 120;

/** The ladder, the report and trace.jsonl ask for the same messages, whose bytes stay as they are. */
const summaries = new WeakMap<Uint8Array, MessageSummary>();

/** A message in one line, from a light scan of its bytes: what is wrong with it is another's to say. Never throws. */
export function summarize(protocol: TraceProtocol, bytes: Uint8Array): MessageSummary {
  let summary = summaries.get(bytes);
  if (summary === undefined) {
    const { label, response } = summarizeBytes(
      protocol,
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    );
    summary = { label: printable(label, MAX_LABEL_LENGTH), response };
    summaries.set(bytes, summary);
  }
  return summary;
}

function summarizeBytes(protocol: TraceProtocol, bytes: Buffer): MessageSummary {
  switch (protocol) {
    case 'sip':
      return sipSummary(bytes);
    case 'diameter':
      return diameterSummary(bytes);
    case 'dns':
      return dnsSummary(bytes);
    case 'http':
      return httpSummary(bytes);
  }
}
