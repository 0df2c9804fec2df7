import { addressBytes } from './address.js';
import type { Avp, AvpDefinition, Encoded, RawAvp } from './avp.js';
import { AVP_MANDATORY, AVP_VENDOR, NTP_EPOCH_S } from './avp.js';
import type { Header } from './header.js';
import { DIAMETER_VERSION, HEADER_BYTES } from './header.js';

/** The length field has 24 bits (RFC 6733 3). */
const MAX_LENGTH = 0xffffff;
const SHORT_TEXT = 64;

export interface OutgoingMessage extends Header {
  readonly avps: readonly Avp[];
}

/** Where every message is written before it is copied to a buffer of its own size: one growing buffer for the process. */
let scratch = Buffer.allocUnsafeSlow(65_536);

/**
 * The message as it goes over the wire.
 * @throws RangeError where a value does not fit its type or the message its length field: a bug of the caller.
 */
export function encodeMessage(message: OutgoingMessage): Buffer {
  let at = HEADER_BYTES;
  for (const avp of message.avps) at = writeAvp(avp, at);
  if (at > MAX_LENGTH) throw new RangeError(`a Diameter message of ${String(at)} bytes does not fit 24 bits`);
  writeUint32(0, at);
  scratch[0] = DIAMETER_VERSION;
  writeUint32(4, message.command);
  scratch[4] = message.flags;
  writeUint32(8, message.application);
  writeUint32(12, message.hopByHop);
  writeUint32(16, message.endToEnd);
  const bytes = Buffer.allocUnsafe(at);
  scratch.copy(bytes, 0, 0, at);
  return bytes;
}

/** The bytes of one AVP with its padding, as they stand in a message. Throws as `encodeMessage`. */
export function encodeAvp(avp: Avp): Buffer {
  return Buffer.from(scratch.subarray(0, writeAvp(avp, 0)));
}

function writeAvp(avp: Avp, at: number): number {
  if (avp.kind === 'raw') return writeRaw(avp.raw, at);
  const { definition, value } = avp;
  const header = definition.vendorId === 0 ? 8 : 12;
  reserve(at + header);
  writeUint32(at, definition.code);
  if (definition.vendorId !== 0) writeUint32(at + 8, definition.vendorId);
  const end = writeValue(definition, value, at + header);
  return finishAvp(
    at,
    end,
    (definition.mandatory ? AVP_MANDATORY : 0) | (definition.vendorId === 0 ? 0 : AVP_VENDOR),
  );
}

function writeRaw(raw: RawAvp, at: number): number {
  const header = raw.flags & AVP_VENDOR ? 12 : 8;
  const end = at + header + raw.end - raw.start;
  reserve(end);
  writeUint32(at, raw.code);
  if (header === 12) writeUint32(at + 8, raw.vendorId);
  raw.bytes.copy(scratch, at + header, raw.start, raw.end);
  return finishAvp(at, end, raw.flags);
}

/**
 * Length and flags of the AVP at `at` whose data ends at `end`; zeroes its padding and returns where the next one
 * starts.
 */
function finishAvp(at: number, end: number, flags: number): number {
  const length = end - at;
  if (length > MAX_LENGTH) throw new RangeError(`an AVP of ${String(length)} bytes does not fit 24 bits`);
  writeUint32(at + 4, length);
  scratch[at + 4] = flags;
  const next = (end + 3) & ~3;
  reserve(next);
  for (let pad = end; pad < next; pad++) scratch[pad] = 0;
  return next;
}

function writeValue(definition: AvpDefinition, value: Encoded[keyof Encoded], at: number): number {
  switch (definition.type) {
    case 'text':
    case 'identity':
      return writeText(value as string, at);
    case 'uint32':
    case 'enumerated':
      reserve(at + 4);
      writeUint32(at, value as number);
      return at + 4;
    case 'grouped':
      for (const avp of value as readonly Avp[]) at = writeAvp(avp, at);
      return at;
    case 'octets':
      return writeOctets(value as Uint8Array, at);
    case 'uint64':
      reserve(at + 8);
      return scratch.writeBigUInt64BE(value as bigint, at);
    case 'time':
      reserve(at + 4);
      // RFC 6733 4.3.1: from 2036 on, the seconds start again at 0 (RFC 4330 3).
      writeUint32(at, (Math.floor((value as number) / 1000) + NTP_EPOCH_S) % 2 ** 32);
      return at + 4;
    case 'address':
      return writeAddress(definition, value as string, at);
  }
}

function writeText(text: string, at: number): number {
  const length = text.length;
  reserve(at + 3 * length);
  if (length > SHORT_TEXT) return at + scratch.write(text, at, 'utf8');
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127) return at + scratch.write(text, at, 'utf8');
    scratch[at + i] = code;
  }
  return at + length;
}

function writeOctets(octets: Uint8Array, at: number): number {
  reserve(at + octets.length);
  scratch.set(octets, at);
  return at + octets.length;
}

function writeAddress(definition: AvpDefinition, literal: string, at: number): number {
  const bytes = addressBytes(literal);
  if (bytes === undefined) throw new RangeError(`${definition.name}: '${literal}' is no IP address`);
  reserve(at + 2);
  scratch[at] = 0;
  scratch[at + 1] = bytes.length === 4 ? 1 : 2; // IANA address family numbers
  return writeOctets(bytes, at + 2);
}

function writeUint32(at: number, value: number): void {
  scratch[at] = value >>> 24;
  scratch[at + 1] = value >>> 16;
  scratch[at + 2] = value >>> 8;
  scratch[at + 3] = value;
}

function reserve(end: number): void {
  if (end <= scratch.length) return;
  if (end > 4 * MAX_LENGTH)
    throw new RangeError(`a Diameter message of ${String(end)} bytes does not fit 24 bits`);
  const larger = Buffer.allocUnsafeSlow(Math.max(end, 2 * scratch.length));
  scratch.copy(larger);
  scratch = larger;
}
