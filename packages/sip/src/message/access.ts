import { WORD, decimal, isDigit, skipSpace, spanEnd } from './chars.js';
import type { CSeq, NameAddr, Via } from './fields.js';
import type { Header } from './header.js';
import { first } from './headers.js';
import { splitValues, valueEnd } from './list.js';
import type { SipMessage } from './message.js';
import { parseNameAddrList } from './name-addr.js';
import { parseHeaderParams } from './params.js';
import type { Params } from './uri.js';
import { parseVia, parseViaList } from './via.js';

/** What `Header.parsed` holds where the value could not be parsed: not to be tried again. */
const UNPARSABLE = null;

/** The first value of the first Via line; undefined where there is none or it is none. Others are not parsed. */
export function topVia(message: SipMessage): Via | undefined {
  return topViaOf(first(message.headers, 'via'));
}

/** The first value of a Via line. */
export function topViaOf(line: Header | undefined): Via | undefined {
  return line === undefined ? undefined : viaLine(line).top;
}

/** All Vias from the top down; a line that holds something else gives none. */
export function vias(message: SipMessage): readonly Via[] {
  const result: Via[] = [];
  for (const h of message.headers) {
    if (h.key === 'via') {
      const line = viaLine(h);
      line.all ??= parseViaList(h.value) ?? [];
      result.push(...line.all);
    }
  }
  return result;
}

interface ViaLine {
  readonly top: Via | undefined;
  all: readonly Via[] | undefined;
}

function viaLine(h: Header): ViaLine {
  if (h.parsed !== undefined) {
    return h.parsed as ViaLine;
  }
  const value = h.value;
  const end = valueEnd(value, 0);
  const top = parseVia(end === value.length ? value : value.slice(0, end));
  const line: ViaLine = { top, all: end === value.length ? (top === undefined ? [] : [top]) : undefined };
  h.parsed = line;
  return line;
}

/** The From; undefined where it is absent or cannot be read (RFC 3261 20.20). Parsed once a header. */
export function from(message: SipMessage): NameAddr | undefined {
  return addressOf(first(message.headers, 'from'));
}

/** The To; undefined where it is absent or cannot be read (RFC 3261 20.39). Parsed once a header. */
export function to(message: SipMessage): NameAddr | undefined {
  return addressOf(first(message.headers, 'to'));
}

/** The one address of a From, a To, a Refer-To, ...; undefined also where there are two. */
export function addressOf(line: Header | undefined): NameAddr | undefined {
  const list = line === undefined ? undefined : addressesOf(line);
  return list?.length === 1 ? list[0] : undefined;
}

/** The tag of a From or To. */
export function tagOf(address: NameAddr | undefined): string | undefined {
  const tag = address?.params.get('tag');
  return tag === true ? undefined : tag;
}

/** RFC 3261 25.1: word [ "@" word ]. */
export function callId(message: SipMessage): string | undefined {
  return callIdOf(first(message.headers, 'call-id'));
}

/** The same of a header line. */
export function callIdOf(line: Header | undefined): string | undefined {
  if (line === undefined) {
    return undefined;
  }
  line.parsed ??= isCallId(line.value);
  return line.parsed === true ? line.value : undefined;
}

function isCallId(text: string): boolean {
  const end = text.length;
  const wordEnd = spanEnd(text, 0, end, WORD);
  if (wordEnd === 0 || wordEnd === end) {
    return wordEnd > 0;
  }
  return (
    text.charCodeAt(wordEnd) === 64 && wordEnd + 1 < end && spanEnd(text, wordEnd + 1, end, WORD) === end
  );
}

/** The number is below 2^32 (RFC 3261 20.16); the method is as written. */
export function cseq(message: SipMessage): CSeq | undefined {
  return cseqOf(first(message.headers, 'cseq'));
}

/** The same of a header line. */
export function cseqOf(line: Header | undefined): CSeq | undefined {
  return remembered(line, parseCSeq);
}

function parseCSeq(value: string): CSeq | undefined {
  let space = 0;
  while (isDigit(value.charCodeAt(space))) {
    space++;
  }
  const number = decimal(value, 0, space, 0xffff_ffff);
  const methodAt = skipSpace(value, space, value.length);
  if (
    number < 0 ||
    methodAt === space ||
    methodAt === value.length ||
    spanEnd(value, methodAt, value.length, 1) < value.length
  ) {
    return undefined;
  }
  return { number, method: value.slice(methodAt) };
}

/** 0 to 255 (RFC 3261 20.22). */
export function maxForwards(message: SipMessage): number | undefined {
  return maxForwardsOf(first(message.headers, 'max-forwards'));
}

/** The same of a header line. */
export function maxForwardsOf(line: Header | undefined): number | undefined {
  return numberOf(line, 255);
}

/** In bytes (RFC 3261 20.14); undefined where it is missing or no number. */
export function contentLength(message: SipMessage): number | undefined {
  return numberOf(first(message.headers, 'content-length'), Number.MAX_SAFE_INTEGER / 10);
}

/** In seconds. More than 2^32-1 counts as that (RFC 3261 20.19). */
export function expires(message: SipMessage): number | undefined {
  const value = first(message.headers, 'expires')?.value;
  return value === undefined ? undefined : secondsOf(value);
}

/** How long one contact of a REGISTER or its response is for: its own `expires`, else the message's (RFC 3261 10.2.1.1). */
export function contactExpires({ params }: NameAddr, message: SipMessage): number | undefined {
  const own = params.get('expires');
  return (typeof own === 'string' ? secondsOf(own) : undefined) ?? expires(message);
}

function secondsOf(text: string): number | undefined {
  const seconds = decimal(text, 0, text.length, Infinity);
  return seconds < 0 ? undefined : Math.min(seconds, 0xffff_ffff);
}

/** -1 where it is none: a number costs no object to remember. */
function numberOf(line: Header | undefined, max: number): number | undefined {
  if (line === undefined) {
    return undefined;
  }
  line.parsed ??= decimal(line.value, 0, line.value.length, max);
  return (line.parsed as number) < 0 ? undefined : (line.parsed as number);
}

/** The Event header (RFC 6665 8.2.1). */
export interface EventField {
  /** In lower case, template included: `presence.winfo`. */
  readonly package: string;
  readonly id?: string | undefined;
  readonly params: Params;
}

/** The Event; undefined where it is absent or cannot be read. Parsed once a header. */
export function event(message: SipMessage): EventField | undefined {
  return remembered(first(message.headers, 'event'), parseEvent);
}

function parseEvent(value: string): EventField | undefined {
  const nameEnd = spanEnd(value, 0, value.length, 1);
  const params = nameEnd === 0 ? undefined : parseHeaderParams(value, nameEnd);
  if (params === undefined) {
    return undefined;
  }
  const id = params.get('id');
  return { package: value.slice(0, nameEnd).toLowerCase(), id: id === true ? undefined : id, params };
}

/**
 * All values of a header of name-addrs (`route`, `record-route`, `contact`, `path`, ...), lines and commas flattened. A line
 * that holds something else (also `*` in Contact) gives none.
 */
export function addresses(message: SipMessage, key: string): readonly NameAddr[] {
  let only: readonly NameAddr[] = NONE;
  for (const h of message.headers) {
    if (h.key === key) {
      const line = addressesOf(h) ?? NONE;
      only = only.length === 0 ? line : [...only, ...line];
    }
  }
  return only;
}

const NONE: readonly NameAddr[] = [];

/** The addresses of one line; undefined where it holds something else. */
export function addressesOf(line: Header): readonly NameAddr[] | undefined {
  const list = remembered<object>(line, parseNameAddrList);
  return Array.isArray(list) ? (list as NameAddr[]) : undefined; // a Via, say, is remembered as something else
}

/** Headers whose value has commas that separate nothing, or that hold one value (RFC 3261 7.3.1, 20). */
const WHOLE = new Set([
  'authorization',
  'call-id',
  'content-type',
  'cseq',
  'date',
  'expires',
  'from',
  'max-forwards',
  'organization',
  'proxy-authenticate',
  'proxy-authorization',
  'retry-after',
  'server',
  'subject',
  'to',
  'user-agent',
  'www-authenticate',
]);

/** All values of a header as text, in order: lines flattened, and commas where the header's grammar has a list. */
export function values(message: SipMessage, key: string): string[] {
  const result: string[] = [];
  for (const h of message.headers) {
    if (h.key !== key) {
      continue;
    }
    if (WHOLE.has(key)) {
      result.push(h.value);
    } else {
      result.push(...splitValues(h.value));
    }
  }
  return result;
}

/** Parses once; a failure is remembered too. */
function remembered<T extends object>(
  line: Header | undefined,
  parse: (value: string) => T | undefined,
): T | undefined {
  if (line === undefined) {
    return undefined;
  }
  if (line.parsed === undefined) {
    line.parsed = parse(line.value) ?? UNPARSABLE;
  }
  return (line.parsed as T | null) ?? undefined;
}
