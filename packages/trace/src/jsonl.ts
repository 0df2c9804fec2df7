import { isUtf8 } from 'node:buffer';
import { parseEndpoint, prettyEndpoint, type TraceProtocol } from '@ims-sim/host';
import type { DecisionRecord, MessageRecord, TraceRecord } from './record.js';
import { summarize } from './summary.js';

export interface InvalidLine {
  readonly kind: 'invalid';
  readonly reason: string;
}

/**
 * A record as one line of `trace.jsonl`, without the line's end: SIP and HTTP as `text` (as `base64` where it is not UTF-8),
 * Diameter and DNS as `base64`; `time` and `summary` are for readers and not read back.
 */
export function toJsonLine(record: TraceRecord): string {
  const time = new Date(record.atUs / 1000).toISOString();
  if (record.kind === 'decision') {
    return JSON.stringify({ ...record, time });
  }
  const { bytes, source, destination, ...rest } = record;
  const isText = (record.protocol === 'sip' || record.protocol === 'http') && isUtf8(bytes);
  return JSON.stringify({
    ...rest,
    time,
    source: prettyEndpoint(source),
    destination: prettyEndpoint(destination),
    summary: summarize(record.protocol, bytes).label,
    ...(isText ? { text: bytes.toString('utf8') } : { base64: bytes.toString('base64') }),
  });
}

/** What `toJsonLine` wrote, or why the line is no record; never throws. */
export function fromJsonLine(line: string): TraceRecord | InvalidLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return invalid('not JSON');
  }
  if (typeof value !== 'object' || value === null) {
    return invalid('not a JSON object');
  }
  const fields = value as Readonly<Record<string, unknown>>;
  const { kind, id, atUs } = fields;
  if (
    typeof id !== 'number' ||
    typeof atUs !== 'number' ||
    !Number.isFinite(new Date(atUs / 1000).getTime())
  ) {
    return invalid('`id` and `atUs` must be numbers');
  }
  switch (kind) {
    case 'message':
      return message(id, atUs, fields);
    case 'decision':
      return decision(id, atUs, fields);
    default:
      return invalid('`kind` must be message or decision');
  }
}

type Fields = Readonly<Record<string, unknown>>;

function message(id: number, atUs: number, fields: Fields): MessageRecord | InvalidLine {
  const { from, to, protocol, transport, text, base64 } = fields;
  const source = typeof fields.source === 'string' ? parseEndpoint(fields.source) : undefined;
  const destination = typeof fields.destination === 'string' ? parseEndpoint(fields.destination) : undefined;
  if (source === undefined || destination === undefined) {
    return invalid('`source` and `destination` must be address:port');
  }
  if (typeof from !== 'string' || typeof to !== 'string') {
    return invalid('`from` and `to` must be names');
  }
  if (!isProtocol(protocol) || (transport !== 'udp' && transport !== 'tcp')) {
    return invalid('`protocol` must be sip, diameter, dns or http, `transport` udp or tcp');
  }
  if (typeof text !== 'string' && typeof base64 !== 'string') {
    return invalid('neither `text` nor `base64`');
  }
  const bytes = typeof text === 'string' ? Buffer.from(text, 'utf8') : Buffer.from(String(base64), 'base64');
  return { kind: 'message', id, atUs, from, to, source, destination, protocol, transport, bytes };
}

function decision(id: number, atUs: number, fields: Fields): DecisionRecord | InvalidLine {
  const { element, callId, clause, text } = fields;
  if (typeof element !== 'string' || typeof clause !== 'string' || typeof text !== 'string') {
    return invalid('`element`, `clause` and `text` must be there');
  }
  return {
    kind: 'decision',
    id,
    atUs,
    element,
    clause,
    text,
    ...(typeof callId === 'string' ? { callId } : {}),
  };
}

function isProtocol(value: unknown): value is TraceProtocol {
  return value === 'sip' || value === 'diameter' || value === 'dns' || value === 'http';
}

function invalid(reason: string): InvalidLine {
  return { kind: 'invalid', reason };
}
