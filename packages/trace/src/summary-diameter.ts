import { commandName } from '@ims-sim/diameter/command-names';
import type { MessageSummary } from './summary.js';

const HEADER_BYTES = 20;
const RESULT_CODE = 268;
const EXPERIMENTAL_RESULT = 297;
const EXPERIMENTAL_RESULT_CODE = 298;

/** `LIR`, or `LIA 2001` with the Result-Code or Experimental-Result-Code. */
export function diameterSummary(bytes: Buffer): MessageSummary {
  if (bytes.length < HEADER_BYTES) {
    return { label: 'Diameter (cut short)', response: false };
  }
  const request = ((bytes[4] ?? 0) & 0x80) !== 0;
  const code = bytes.readUIntBE(5, 3);
  const command = commandName(code, request);
  if (request) {
    return { label: command ?? `Diameter request ${code}`, response: false };
  }
  const name = command ?? `Diameter answer ${code}`;
  const result = resultCode(bytes, HEADER_BYTES, bytes.length);
  return { label: result === undefined ? name : `${name} ${result}`, response: true };
}

/** The first result among the AVPs between two positions (RFC 6733 4.1: lengths without padding, to 4 bytes). */
function resultCode(bytes: Buffer, from: number, to: number): number | undefined {
  for (let at = from; at + 8 <= to;) {
    const code = bytes.readUInt32BE(at);
    const length = bytes.readUIntBE(at + 5, 3);
    const header = ((bytes[at + 4] ?? 0) & 0x80) !== 0 ? 12 : 8;
    if (length < header || at + length > to) {
      return undefined;
    }
    if ((code === RESULT_CODE || code === EXPERIMENTAL_RESULT_CODE) && length === header + 4) {
      return bytes.readUInt32BE(at + header);
    }
    if (code === EXPERIMENTAL_RESULT) {
      return resultCode(bytes, at + header, at + length);
    }
    at += (length + 3) & ~3;
  }
  return undefined;
}
