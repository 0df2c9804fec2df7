import { headerKey } from '@ims-sim/sip/header-names';

/** A SIP message taken apart by lines: put together again it is what it was, byte for byte. Text is latin1. */
export interface SipText {
  readonly startLine: string;
  /** Header lines, each with what folds into it. */
  readonly lines: readonly string[];
  readonly body: string;
}

/** Undefined where it is no SIP (keep-alives, other protocols, a head without an end). */
export function readSip(bytes: Uint8Array): SipText | undefined {
  if (!looksLikeSip(bytes)) return undefined;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [startLine = '', ...raw] = text.slice(0, headEnd).split('\r\n');
  const lines: string[] = [];
  for (const line of raw) {
    const folds = line.startsWith(' ') || line.startsWith('\t');
    if (folds && lines.length > 0) lines[lines.length - 1] += `\r\n${line}`;
    else lines.push(line);
  }
  return { startLine, lines, body: text.slice(headEnd + 4) };
}

export function writeSip({ startLine, lines, body }: SipText): Buffer {
  return Buffer.from(`${[startLine, ...lines].join('\r\n')}\r\n\r\n${body}`, 'latin1');
}

const SIP_VERSION = 'SIP/2.0';
const LONGEST_START_LINE = 8192;

/** By its first line: that of a request ends with the version, that of a response begins with it (RFC 3261 7). */
export function looksLikeSip(bytes: Uint8Array): boolean {
  const first = bytes[0] ?? 0;
  if (first < 0x21 || first > 0x7e) return false;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, LONGEST_START_LINE));
  const end = buffer.indexOf('\r\n', 0, 'latin1');
  if (end < 0) return false;
  const line = buffer.toString('latin1', 0, end);
  return line.startsWith(`${SIP_VERSION} `) || line.endsWith(` ${SIP_VERSION}`);
}

/** The method of a request; undefined: a response. */
export function methodOf({ startLine }: SipText): string | undefined {
  return startLine.startsWith(`${SIP_VERSION} `) ? undefined : startLine.slice(0, startLine.indexOf(' '));
}

export function statusOf({ startLine }: SipText): number | undefined {
  return startLine.startsWith(`${SIP_VERSION} `) ? Number(startLine.slice(8, 11)) : undefined;
}

/** The value of the first header of that name, unfolded; undefined: there is none. */
export function headerValue({ lines }: SipText, name: string): string | undefined {
  const key = headerKey(name);
  const line = lines.find((each) => keyOf(each) === key);
  return line
    ?.slice(line.indexOf(':') + 1)
    .replaceAll('\r\n', '')
    .trim();
}

/** The method that a response is to: that of its CSeq. */
export function cseqMethod(sip: SipText): string | undefined {
  return headerValue(sip, 'CSeq')?.split(' ').at(-1);
}

/** Host of the topmost Via's sent-by: in a response that of who it is for (RFC 3261 18.2.2). */
export function viaHost(sip: SipText): string | undefined {
  const via = headerValue(sip, 'Via');
  if (via === undefined) return undefined;
  const sentBy = (via.split(/[;,]/, 1)[0] ?? '').trim().split(/\s+/).at(-1) ?? '';
  const bracket = sentBy.indexOf(']');
  return sentBy.startsWith('[') ? sentBy.slice(1, Math.max(1, bracket)) : sentBy.split(':', 1)[0];
}

/** One header of that name with that value, in the place of the first there is, else the last; undefined: none. */
export function withHeader(sip: SipText, name: string, value: string | undefined): SipText {
  const key = headerKey(name);
  const place = sip.lines.findIndex((line) => keyOf(line) === key);
  const others = sip.lines.filter((line) => keyOf(line) !== key);
  if (value === undefined) return { ...sip, lines: others };
  const at = place < 0 ? others.length : place;
  return { ...sip, lines: others.toSpliced(at, 0, `${name}: ${latin1(value)}`) };
}

/**
 * `text` replaced by `by` wherever it stands. Content-Length follows a body that became longer or shorter, unless it was wrong
 * before or the replacement was in it.
 */
export function withText(sip: SipText, text: string, by: string): SipText {
  if (text === '') return sip;
  const [from, to] = [latin1(text), latin1(by)];
  const change = (part: string): string => part.replaceAll(from, to);
  const changed = { startLine: change(sip.startLine), lines: sip.lines.map(change), body: change(sip.body) };
  const length = headerValue(sip, 'Content-Length');
  const follows = length === String(sip.body.length) && headerValue(changed, 'Content-Length') === length;
  if (!follows || changed.body.length === sip.body.length) return changed;
  return withHeader(changed, 'Content-Length', String(changed.body.length));
}

function keyOf(line: string): string {
  const colon = line.indexOf(':');
  return colon < 0 ? '' : headerKey(line.slice(0, colon).trim());
}

/** UTF-8, one character a byte. */
function latin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
