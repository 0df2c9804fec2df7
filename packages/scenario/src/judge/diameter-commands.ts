import { FLAG_REQUEST, HEADER_BYTES, readHeader } from '@ims-sim/diameter';
import { commandCode, commandName, CX_COMMANDS, SH_COMMANDS } from '@ims-sim/diameter/command-names';
import type { DiameterStep } from '../flow.js';
import type { Peeked } from './exchanges.js';

/** The command of a message, `what`: its code; and by which identifier (RFC 6733 3) its answer comes. */
export function peekDiameter(bytes: Buffer): Peeked | undefined {
  if (bytes.length < HEADER_BYTES) {
    return undefined;
  }
  const { flags, command, hopByHop } = readHeader(bytes);
  return { isRequest: (flags & FLAG_REQUEST) !== 0, what: String(command), id: hopByHop };
}

/** `LIR`, `LIA` to the `what` of the command; another text's is the empty one. */
export function whatOf(name: string): string {
  return String(commandCode(name) ?? '');
}

/** `LIR` of a request by its bytes; undefined where it is neither Cx nor Sh. */
export function commandIn(bytes: Buffer): string | undefined {
  const peeked = peekDiameter(bytes);
  const code = Number(peeked?.what);
  return CX_COMMANDS.has(code) || SH_COMMANDS.has(code)
    ? commandName(code, peeked?.isRequest === true)
    : undefined;
}

/** Whether a command (`UDR`) is Sh's. */
export function isSh(name: string): boolean {
  return SH_COMMANDS.has(commandCode(name) ?? 0);
}

/** `LIA`, whatever a step says of it (RFC 6733 3). */
export function answerCommand({ request }: DiameterStep): string {
  return `${request.command.slice(0, -1)}A`;
}
