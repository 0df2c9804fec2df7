import type { TraceProtocol } from '@ims-sim/host';
import { diameterEnd } from './diameter-bytes.js';
import { headerValue, looksLikeSip, readSip } from './sip-text.js';

/** A piece of what an element writes on a connection: a whole message, or bytes that are none of ours and go out as they are. */
export interface Piece {
  readonly protocol: TraceProtocol | undefined;
  readonly bytes: Buffer;
}

/** Of an incomplete message at most this is kept; then it goes out as it is. */
const MAX_HELD_BYTES = 1024 * 1024;
const LF = 10;
const CR = 13;

/**
 * Cuts what is written on one connection into messages: SIP by Content-Length (RFC 3261 18.3), Diameter by its length, DNS by the
 * two bytes before it.
 */
export class OutgoingStream {
  #held: Buffer = Buffer.alloc(0);

  push(chunk: Uint8Array): Piece[] {
    const bytes = this.#held.length === 0 ? asBuffer(chunk) : Buffer.concat([this.#held, chunk]);
    const pieces: Piece[] = [];
    let at = 0;
    while (at < bytes.length) {
      const found = messageAt(bytes, at);
      if (found === 'incomplete') break;
      const { protocol, start, end } = found;
      pieces.push({ protocol, bytes: bytes.subarray(start, end) });
      at = end;
    }
    this.#held = bytes.subarray(at);
    return this.#held.length > MAX_HELD_BYTES
      ? [...pieces, { protocol: undefined, bytes: this.rest() }]
      : pieces;
  }

  /** What is held of an incomplete message, to go out as it is. */
  rest(): Buffer {
    const rest = this.#held;
    this.#held = Buffer.alloc(0);
    return rest;
  }
}

type Found =
  | 'incomplete'
  | { readonly protocol: TraceProtocol | undefined; readonly start: number; readonly end: number };

function messageAt(bytes: Buffer, at: number): Found {
  const other: Found = { protocol: undefined, start: at, end: bytes.length };
  if (bytes[at] === CR && bytes[at + 1] === LF) return { ...other, end: at + 2 }; // RFC 5626 3.5.1: half a ping
  const diameter = diameterEnd(bytes, at);
  // Elements write whole messages; a length far behind what is there is that of another protocol.
  if (diameter !== undefined && diameter <= bytes.length)
    return { protocol: 'diameter', start: at, end: diameter };
  if (isTokenStart(bytes[at] ?? 0)) return sipAt(bytes, at) ?? other;
  const dns = bytes.length - at < 2 ? 'incomplete' : dnsAt(bytes, at);
  if (dns !== undefined) return dns;
  return diameter === undefined ? other : 'incomplete';
}

/** Undefined: it is another text (HTTP), or says no length, so that nobody knows where the next one begins. */
function sipAt(bytes: Buffer, at: number): Found | undefined {
  const rest = bytes.subarray(at);
  if (!looksLikeSip(rest)) return rest.includes('\r\n') ? undefined : 'incomplete';
  const headEnd = rest.indexOf('\r\n\r\n', 0, 'latin1');
  if (headEnd < 0) return 'incomplete';
  const sip = readSip(rest.subarray(0, headEnd + 4));
  const length = Number(sip && headerValue(sip, 'Content-Length'));
  if (!Number.isSafeInteger(length) || length < 0) return undefined;
  const end = at + headEnd + 4 + length;
  return end <= bytes.length ? { protocol: 'sip', start: at, end } : 'incomplete';
}

/** RFC 1035 4.2.2; an element writes one at a time (RFC 7766 8), which tells it from anything else. */
function dnsAt(bytes: Buffer, at: number): Found | undefined {
  const end = at + 2 + bytes.readUInt16BE(at);
  return end === bytes.length && end - at >= 14 ? { protocol: 'dns', start: at + 2, end } : undefined;
}

/** What a method can begin with (RFC 3261 25.1). */
function isTokenStart(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
