import { callId, type CSeq, cseq, header, parseMessage, type SipMessage } from '@ims-sim/sip';
import type { MessageRecord, TraceRecord } from '@ims-sim/trace';

/** A SIP message of the trace: parsed when somebody asks for what is in it, once. */
export class Seen {
  readonly record: MessageRecord;
  /** The method, or the status, as the start line has it. */
  readonly start: string;
  /** Whether a step was found in it. */
  used = false;
  #parsed: Read | undefined;

  constructor(record: MessageRecord) {
    this.record = record;
    this.start = startToken(record.bytes);
  }

  /** Undefined where it is not SIP at all. */
  get message(): SipMessage | undefined {
    return this.#read().message;
  }

  /** What makes it unreadable for an element (RFC 3261 16.3, 18.3), though headers may be told. */
  get flaw(): string | undefined {
    return this.#read().flaw;
  }

  /** Undefined where there is none, or it is none (RFC 3261 25.1). */
  get callId(): string | undefined {
    return this.#read().callId;
  }

  get cseq(): CSeq | undefined {
    return this.#read().cseq;
  }

  #read(): Read {
    this.#parsed ??= read(this.record.bytes.toString('latin1'));
    return this.#parsed;
  }
}

interface Read {
  readonly message: SipMessage | undefined;
  readonly flaw: string | undefined;
  readonly callId: string | undefined;
  readonly cseq: CSeq | undefined;
}

/** Whether a record is a SIP message, to be read or not. */
export function isSip(record: TraceRecord): record is MessageRecord {
  return record.kind === 'message' && record.protocol === 'sip';
}

/** What a request and its responses share on one hop: who asked whom, in which call, and its place there. */
export function exchangeOf({ record, message, callId: call, cseq: place }: Seen): string {
  const [asker, asked] = message?.kind === 'response' ? [record.to, record.from] : [record.from, record.to];
  return [asker, asked, call ?? '', place?.number ?? '', place?.method ?? ''].join(' ');
}

const LF = 0x0a;
const CR = 0x0d;
const MAX_TOKEN = 64;

function startToken(bytes: Buffer): string {
  let at = 0;
  while (bytes[at] === CR || bytes[at] === LF) {
    at += 1;
  }
  const line = bytes.toString('latin1', at, at + MAX_TOKEN);
  const [first = '', second = ''] = line.split(/[ \r\n]/, 2);
  return first === 'SIP/2.0' ? second : first;
}

function read(text: string): Read {
  const parsed = parseMessage(text);
  switch (parsed.kind) {
    case 'message':
      return withPlace(parsed.message, undefined);
    case 'not-sip':
      return withPlace(undefined, 'not SIP');
    case 'invalid':
      return withPlace(parsed.message ?? withoutLength(text), parsed.reason);
  }
}

function withPlace(message: SipMessage | undefined, flaw: string | undefined): Read {
  return { message, flaw, callId: message && callId(message), cseq: message && cseq(message) };
}

/** A wrong Content-Length leaves the headers to be told: they are read without it, and it is one of them. */
function withoutLength(text: string): SipMessage | undefined {
  const head = text.search(/\r?\n\r?\n/);
  const pattern = /^(content-length|l)[ \t]*:(.*)\r\n/im;
  const [line, name, value] = pattern.exec(text.slice(0, head < 0 ? text.length : head + 2)) ?? [];
  if (line === undefined || name === undefined || value === undefined) {
    return undefined;
  }
  const parsed = parseMessage(text.replace(line, () => ''));
  return parsed.kind === 'message'
    ? { ...parsed.message, headers: [...parsed.message.headers, header(name, value.trim())] }
    : undefined;
}
