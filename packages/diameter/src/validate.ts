import { isUtf8 } from 'node:buffer';
import type { Avp, AvpDefinition, AvpRule, RawAvp } from './avp.js';
import { AVP_MANDATORY, AVP_PROTECTED, AVP_VENDOR, avpOf, rawAvp } from './avp.js';
import type { CommandDefinition } from './command.js';
import type { Message } from './decode.js';
import { indexAvps } from './decode.js';
import { definitionOf } from './dictionary.js';
import type { Fault } from './fault.js';
import { MIN_BYTES, exampleAvp, faultOfIndex } from './fault.js';
import { FLAG_ERROR, FLAG_PROXIABLE, FLAGS_RESERVED } from './header.js';
import {
  AVP_NOT_ALLOWED,
  AVP_OCCURS_TOO_MANY_TIMES,
  AVP_UNSUPPORTED,
  INVALID_AVP_BITS,
  INVALID_AVP_LENGTH,
  INVALID_AVP_VALUE,
  INVALID_BIT_IN_HEADER,
  INVALID_HDR_BITS,
  MISSING_AVP,
} from './result-code.js';

/** Grouped AVPs within one another, at most; Cx needs four. */
const MAX_DEPTH = 8;
const KNOWN_BITS = AVP_VENDOR | AVP_MANDATORY | AVP_PROTECTED;

/**
 * Holds a request against the grammar of its command and the dictionary; undefined if it is in order (RFC 6733 7.1.3,
 * 7.1.5). An unknown AVP without the M bit is none of its business. A known AVP whose M bit is not as the dictionary
 * has it is taken all the same: what it means is known either way.
 */
export function validateRequest(message: Message, command: CommandDefinition): Fault | undefined {
  if (message.flags & FLAGS_RESERVED) return plain(INVALID_BIT_IN_HEADER, 'a reserved command flag is set');
  // RFC 6733 3: no E bit in a request; 3.2: no P bit where the command's definition has none.
  if (message.flags & FLAG_ERROR) return plain(INVALID_HDR_BITS, 'the E bit is set in a request');
  if (message.flags & FLAG_PROXIABLE && !command.proxiable) {
    return plain(INVALID_HDR_BITS, `the P bit is set in a ${command.name}-Request`);
  }
  return validateAvps(message.avps, command.request, 1);
}

function validateAvps(
  avps: readonly RawAvp[],
  rules: readonly AvpRule[] | undefined,
  depth: number,
): Fault | undefined {
  for (const raw of avps) {
    const fault = validateAvp(raw, depth);
    if (fault !== undefined) return fault;
  }
  for (const rule of rules ?? []) {
    const fault = validateRule(avps, rule);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function validateRule(avps: readonly RawAvp[], { avp, min, max }: AvpRule): Fault | undefined {
  if (min === 0 && max === Infinity) return undefined;
  let count = 0;
  for (const raw of avps) {
    if (raw.code !== avp.code || raw.vendorId !== avp.vendorId) continue;
    count++;
    if (count <= max) continue;
    // 7.1.5: Failed-AVP has the first instance that is one too many.
    return max === 0
      ? fault(AVP_NOT_ALLOWED, rawAvp(raw), `${avp.name} is not allowed here`)
      : fault(AVP_OCCURS_TOO_MANY_TIMES, rawAvp(raw), `${avp.name} more often than ${String(max)} times`);
  }
  return count < min ? fault(MISSING_AVP, exampleAvp(avp), `${avp.name} is missing`) : undefined;
}

function validateAvp(raw: RawAvp, depth: number): Fault | undefined {
  if (raw.flags & ~KNOWN_BITS) {
    return fault(INVALID_AVP_BITS, rawAvp(raw), `AVP ${String(raw.code)}: unknown flag bits`); // 4.1
  }
  const definition = definitionOf(raw.code, raw.vendorId);
  if (definition === undefined) {
    if (!(raw.flags & AVP_MANDATORY)) return undefined;
    return fault(AVP_UNSUPPORTED, rawAvp(raw), `AVP ${String(raw.code)} is unknown and mandatory`);
  }
  const length = raw.end - raw.start;
  if (!isLengthOf(definition, length)) {
    return fault(
      INVALID_AVP_LENGTH,
      rawOrExample(raw, definition),
      `${definition.name}: not a length of its type`,
    );
  }
  if (definition.type === 'grouped') return validateGroup(raw, definition, depth);
  if (!isValueOf(definition, raw)) {
    return fault(INVALID_AVP_VALUE, rawAvp(raw), `${definition.name}: not a value of its type`);
  }
  return undefined;
}

function validateGroup(raw: RawAvp, definition: AvpDefinition, depth: number): Fault | undefined {
  // Failed-AVP may hold anything at all, as broken as it came.
  if (definition.code === 279 && definition.vendorId === 0) return undefined;
  if (depth >= MAX_DEPTH) return fault(INVALID_AVP_VALUE, rawAvp(raw), 'grouped AVPs nested too deep');
  const index = indexAvps(raw.bytes, raw.start, raw.end, raw.end - raw.start);
  const inner =
    index.kind === 'avps' ? validateAvps(index.avps, definition.rules, depth + 1) : faultOfIndex(index);
  if (inner === undefined) return undefined;
  // 7.5: the group, with nothing in it but what is wrong.
  const group = avpOf(definition as AvpDefinition<'grouped'>, inner.failedAvps);
  return { ...inner, failedAvps: [group], text: `${definition.name}: ${inner.text}` };
}

function isLengthOf({ type }: AvpDefinition, length: number): boolean {
  switch (type) {
    case 'uint32':
    case 'enumerated':
    case 'time':
      return length === 4;
    case 'uint64':
      return length === 8;
    case 'address':
      return length > 2;
    case 'octets':
    case 'text':
    case 'identity':
    case 'grouped':
      return true;
  }
}

function isValueOf(definition: AvpDefinition, { bytes, start, end }: RawAvp): boolean {
  switch (definition.type) {
    case 'enumerated':
      return definition.values === undefined || definition.values.includes(bytes.readInt32BE(start));
    case 'text':
      return isText(bytes, start, end);
    case 'identity':
      return end > start && isText(bytes, start, end);
    default:
      return true;
  }
}

function isText(bytes: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    if ((bytes[i] as number) > 127) return isUtf8(bytes.subarray(start, end));
  }
  return true;
}

/** RFC 6733 7.1.5: an AVP that is shorter than its type allows is shown with zeroes up to that. */
function rawOrExample(raw: RawAvp, definition: AvpDefinition): Avp {
  return raw.end - raw.start < MIN_BYTES[definition.type] ? exampleAvp(definition) : rawAvp(raw);
}

function fault(resultCode: number, failed: Avp, text: string): Fault {
  return { resultCode, failedAvps: [failed], text };
}

function plain(resultCode: number, text: string): Fault {
  return { resultCode, failedAvps: [], text };
}
