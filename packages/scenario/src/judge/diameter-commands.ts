import { FLAG_REQUEST, HEADER_BYTES, readHeader } from '@ims-sim/diameter';
import type { Peeked } from './exchanges.js';

/** Command codes by name without its R or A: TS 29.229 6.1 (Cx). */
const CX: Readonly<Record<string, number>> = { UA: 300, SA: 301, LI: 302, MA: 303, RT: 304, PP: 305 };
/** TS 29.329 6.1. */
const SH: Readonly<Record<string, number>> = { UD: 306, PU: 307, SN: 308, PN: 309 };
const CODES: Readonly<Record<string, number>> = { ...CX, ...SH };
const NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries(CODES).map(([name, code]) => [String(code), name]),
);
const SH_CODES: ReadonlySet<string> = new Set(Object.values(SH).map(String));

/** The command of a message, `what`: its code; and by which identifier (RFC 6733 3) its answer comes. */
export function peekDiameter(bytes: Buffer): Peeked | undefined {
  if (bytes.length < HEADER_BYTES) {
    return undefined;
  }
  const { flags, command, hopByHop } = readHeader(bytes);
  return { isRequest: (flags & FLAG_REQUEST) !== 0, what: String(command), id: hopByHop };
}

/** `LIR`, `LIA` to the `what` of the command; another text's is the empty one. */
export function commandCode(name: string): string {
  return String(CODES[name.slice(0, 2)] ?? '');
}

/** `LIR` of a request by its bytes; undefined where it is neither Cx nor Sh. */
export function commandName(bytes: Buffer): string | undefined {
  const peeked = peekDiameter(bytes);
  const name = peeked && NAMES.get(peeked.what);
  return name === undefined ? undefined : `${name}${peeked?.isRequest === true ? 'R' : 'A'}`;
}

/** Whether a command (`UDR`) is Sh's. */
export function isSh(name: string): boolean {
  return SH_CODES.has(commandCode(name));
}
