import {
  AVP_MANDATORY,
  AVP_VENDOR,
  definitionOf,
  FLAG_ERROR,
  FLAG_REQUEST,
  HEADER_BYTES,
} from '@ims-sim/diameter';
import { commandName } from '@ims-sim/diameter/command-names';

const SESSION_ID = 263;
const ORIGIN_HOST = 264;
const VENDOR_ID = 266;
const RESULT_CODE = 268;
const EXPERIMENTAL_RESULT = 297;
const EXPERIMENTAL_RESULT_CODE = 298;
const VENDOR_3GPP = 10_415;
/** Groups in groups; the dictionary's go to 5. */
const MAX_DEPTH = 16;

/** Whether a whole message stands at `at`: version 1, and a length that there is (RFC 6733 3). */
export function diameterEnd(bytes: Buffer, at: number): number | undefined {
  if (bytes.length - at < HEADER_BYTES || bytes[at] !== 1) return undefined;
  const length = bytes.readUIntBE(at + 1, 3);
  return length >= HEADER_BYTES && length % 4 === 0 ? at + length : undefined;
}

/** `LIR`, `LIA`; of a command without a short name its code: `999R`. */
export function commandOf(message: Buffer): string {
  const code = message.readUIntBE(5, 3);
  return commandName(code, isRequest(message)) ?? `${code}${isRequest(message) ? 'R' : 'A'}`;
}

/** Who says that it sent the message. */
export function originHost(message: Buffer): string | undefined {
  const found = avps(message, HEADER_BYTES, message.length)?.find(({ code }) => code === ORIGIN_HOST);
  return found && message.toString('latin1', found.start, found.end);
}

/** Without the AVPs of these names, at any depth; what cannot be read stays as it is. */
export function withoutAvps(message: Buffer, names: readonly string[]): Buffer {
  const kept = keptOf(message, HEADER_BYTES, message.length, new Set(names), 0);
  return kept === undefined ? message : assembled(message, kept, message[4] ?? 0);
}

/**
 * An answer with another result in the place of its own, otherwise as it was; the E bit stands for 3xxx alone (RFC 6733
 * 7.1.3). A request stays as it is.
 */
export function withResult(message: Buffer, code: number, experimental: boolean): Buffer {
  const all = avps(message, HEADER_BYTES, message.length);
  if (all === undefined || isRequest(message)) return message;
  const isResult = ({ code: each }: PlacedAvp): boolean =>
    each === RESULT_CODE || each === EXPERIMENTAL_RESULT;
  const first = all.findIndex(isResult);
  const place = first >= 0 ? first : all[0]?.code === SESSION_ID ? 1 : 0;
  const rest = all.filter((avp) => !isResult(avp)).map(({ at, next }) => message.subarray(at, next));
  const flags = (message[4] ?? 0) & ~FLAG_ERROR;
  const isProtocolError = !experimental && code >= 3000 && code < 4000;
  const pieces = rest.toSpliced(place, 0, resultAvp(code, experimental));
  return assembled(message, pieces, isProtocolError ? flags | FLAG_ERROR : flags);
}

function isRequest(message: Buffer): boolean {
  return ((message[4] ?? 0) & FLAG_REQUEST) !== 0;
}

interface PlacedAvp {
  readonly code: number;
  readonly vendorId: number;
  /** Where its header, its data, the end of its data and the next AVP are. */
  readonly at: number;
  readonly start: number;
  readonly end: number;
  readonly next: number;
}

/** The AVPs between two positions (RFC 6733 4.1); undefined where they cannot be read. */
function avps(bytes: Buffer, from: number, to: number): PlacedAvp[] | undefined {
  const all: PlacedAvp[] = [];
  for (let at = from; at < to;) {
    if (to - at < 8) return undefined;
    const hasVendor = ((bytes[at + 4] ?? 0) & AVP_VENDOR) !== 0;
    const header = hasVendor ? 12 : 8;
    const length = bytes.readUIntBE(at + 5, 3);
    if (length < header || at + length > to) return undefined;
    const next = Math.min(to, at + ((length + 3) & ~3));
    const vendorId = hasVendor ? bytes.readUInt32BE(at + 8) : 0;
    all.push({ code: bytes.readUInt32BE(at), vendorId, at, start: at + header, end: at + length, next });
    at = next;
  }
  return all;
}

function keptOf(
  bytes: Buffer,
  from: number,
  to: number,
  names: ReadonlySet<string>,
  depth: number,
): Buffer[] | undefined {
  const all = depth > MAX_DEPTH ? undefined : avps(bytes, from, to);
  return all?.flatMap((avp) => {
    const whole = bytes.subarray(avp.at, avp.next);
    const definition = definitionOf(avp.code, avp.vendorId);
    if (definition === undefined) return [whole];
    if (names.has(definition.name)) return [];
    if (definition.type !== 'grouped') return [whole];
    const inner = keptOf(bytes, avp.start, avp.end, names, depth + 1);
    if (inner === undefined) return [whole];
    const group = Buffer.concat([bytes.subarray(avp.at, avp.start), ...inner]);
    // The last AVP of a group may end without its padding.
    if (group.length === avp.end - avp.at) return [whole];
    group.writeUIntBE(group.length, 5, 3);
    return [group, Buffer.alloc(-group.length & 3)];
  });
}

function assembled(message: Buffer, pieces: readonly Buffer[], flags: number): Buffer {
  const out = Buffer.concat([message.subarray(0, HEADER_BYTES), ...pieces]);
  out.writeUIntBE(out.length, 1, 3);
  out[4] = flags;
  return out;
}

/** RFC 6733 7.1, 7.6: an Experimental-Result names whose code it is. */
function resultAvp(code: number, experimental: boolean): Buffer {
  if (!experimental) return uint32Avp(RESULT_CODE, code);
  const inner = [uint32Avp(VENDOR_ID, VENDOR_3GPP), uint32Avp(EXPERIMENTAL_RESULT_CODE, code)];
  return Buffer.concat([avpHeader(EXPERIMENTAL_RESULT, 32), ...inner]);
}

function uint32Avp(code: number, value: number): Buffer {
  const bytes = Buffer.concat([avpHeader(code, 12), Buffer.alloc(4)]);
  bytes.writeUInt32BE(value >>> 0, 8);
  return bytes;
}

function avpHeader(code: number, length: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(code, 0);
  bytes.writeUInt32BE(length, 4);
  bytes[4] = AVP_MANDATORY;
  return bytes;
}
