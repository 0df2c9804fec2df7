import { addressLiteral } from './address.js';
import type { AvpDefinition, AvpGroup, AvpType, Decoded, RawAvp } from './avp.js';
import { AVP_VENDOR, NTP_EPOCH_S } from './avp.js';
import type { Header } from './header.js';
import { HEADER_BYTES, readHeader } from './header.js';

/** A message that came in, whole. Its AVPs are found; their values are read when asked for. */
export interface Message extends Header, AvpGroup {
  readonly bytes: Buffer;
}

/** An AVP whose length does not fit what is around it. */
export interface BadAvp {
  readonly kind: 'bad-avp';
  readonly code: number;
  readonly vendorId: number;
  readonly flags: number;
}

export type AvpIndex =
  { readonly kind: 'avps'; readonly avps: RawAvp[] } | BadAvp | { readonly kind: 'too-many' };

export type Decoding =
  | { readonly kind: 'message'; readonly message: Message }
  | {
      readonly kind: 'malformed';
      readonly header: Header;
      readonly fault: Exclude<AvpIndex, { readonly kind: 'avps' }>;
      /** What could be read before the fault. */
      readonly avps: readonly RawAvp[];
    };

/**
 * Finds the AVPs of one framed message (`framer.ts` has checked version and length). Takes time and memory in proportion to
 * `maxAvps`, never throws.
 */
export function decodeMessage(bytes: Buffer, maxAvps: number): Decoding {
  const { flags, command, application, hopByHop, endToEnd } = readHeader(bytes);
  const avps: RawAvp[] = [];
  const fault = indexInto(avps, bytes, HEADER_BYTES, bytes.length, maxAvps);
  if (fault !== undefined) {
    return { kind: 'malformed', header: { flags, command, application, hopByHop, endToEnd }, fault, avps };
  }
  return { kind: 'message', message: { flags, command, application, hopByHop, endToEnd, bytes, avps } };
}

/** The AVPs between two offsets of `bytes`: of a grouped AVP. */
export function indexAvps(bytes: Buffer, start: number, end: number, maxAvps: number): AvpIndex {
  const avps: RawAvp[] = [];
  return indexInto(avps, bytes, start, end, maxAvps) ?? { kind: 'avps', avps };
}

function indexInto(
  avps: RawAvp[],
  bytes: Buffer,
  start: number,
  end: number,
  maxAvps: number,
): Exclude<AvpIndex, { kind: 'avps' }> | undefined {
  let at = start;
  while (at < end) {
    if (avps.length >= maxAvps) return { kind: 'too-many' };
    if (end - at < 8) return { kind: 'bad-avp', code: 0, vendorId: 0, flags: 0 };
    const code = uint32(bytes, at);
    const flags = bytes[at + 4] ?? 0;
    const length = uint32(bytes, at + 4) & 0xffffff;
    const header = flags & AVP_VENDOR ? 12 : 8;
    const vendorId = header === 12 && end - at >= 12 ? uint32(bytes, at + 8) : 0;
    if (length < header || length > end - at) return { kind: 'bad-avp', code, vendorId, flags };
    avps.push({ code, vendorId, flags, bytes, offset: at, start: at + header, end: at + length });
    at += (length + 3) & ~3; // the padding of the last AVP in a group may be missing
  }
  return undefined;
}

/** The first AVP of that definition, read; undefined where there is none or its length is not one of its type. */
export function get<T extends AvpType>(
  group: AvpGroup,
  definition: AvpDefinition<T>,
): Decoded[T] | undefined {
  const { avps } = group;
  for (let i = 0; i < avps.length; i++) {
    const raw = avps[i] as RawAvp;
    if (raw.code === definition.code && raw.vendorId === definition.vendorId) return valueOf(raw, definition);
  }
  return undefined;
}

/** Every AVP of that definition, read, in order; those whose length is not one of their type are left out. */
export function getAll<T extends AvpType>(group: AvpGroup, definition: AvpDefinition<T>): Decoded[T][] {
  const values: Decoded[T][] = [];
  for (const raw of group.avps) {
    if (raw.code !== definition.code || raw.vendorId !== definition.vendorId) continue;
    const value = valueOf(raw, definition);
    if (value !== undefined) values.push(value);
  }
  return values;
}

/** The value of one AVP by its definition; undefined where its length is not one of the type. */
export function valueOf<T extends AvpType>(
  raw: RawAvp,
  definition: AvpDefinition<T>,
): Decoded[T] | undefined {
  return decodeValue(raw, definition.type) as Decoded[T] | undefined;
}

function decodeValue({ bytes, start, end }: RawAvp, type: AvpType): Decoded[AvpType] | undefined {
  const length = end - start;
  switch (type) {
    case 'text':
    case 'identity':
      return bytes.toString('utf8', start, end);
    case 'uint32':
      return length === 4 ? uint32(bytes, start) : undefined;
    case 'enumerated':
      return length === 4 ? uint32(bytes, start) | 0 : undefined;
    case 'octets':
      return bytes.subarray(start, end);
    case 'grouped': {
      // The number of AVPs is bounded by the bytes of a message that has been checked as a whole.
      const index = indexAvps(bytes, start, end, length);
      return index.kind === 'avps' ? index : { avps: [] };
    }
    case 'uint64':
      return length === 8 ? bytes.readBigUInt64BE(start) : undefined;
    case 'time':
      return length === 4 ? unixMs(uint32(bytes, start)) : undefined;
    case 'address':
      return addressValue(bytes.subarray(start, end));
  }
}

/** RFC 6733 4.3.1, with the era of RFC 4330 3: without the top bit, the seconds count from 2036. */
function unixMs(ntpSeconds: number): number {
  return (ntpSeconds + (ntpSeconds >= 2 ** 31 ? 0 : 2 ** 32) - NTP_EPOCH_S) * 1000;
}

/** RFC 6733 4.3.1: two bytes of IANA address family, then the address; of families other than IP, nothing is read. */
function addressValue(value: Buffer): string | undefined {
  const family = value.length < 2 ? 0 : value.readUInt16BE(0);
  const wanted = family === 1 ? 4 : family === 2 ? 16 : -1;
  return value.length - 2 === wanted ? addressLiteral(value.subarray(2)) : undefined;
}

function uint32(bytes: Buffer, at: number): number {
  return (
    (((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number)) >>>
    0
  );
}
