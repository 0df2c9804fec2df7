import { isUtf8 } from 'node:buffer';

/** A file is not in UTF-8: where it first is not, line and column (in bytes) from 1, and what to do. */
export class NotUtf8 extends Error {
  readonly line: number;
  readonly column: number;

  constructor(what: string, line: number, column: number) {
    super(`${what}: save the file as UTF-8`);
    this.line = line;
    this.column = column;
  }
}

/** The text of a file's bytes, a byte order mark of UTF-8 taken off. Throws `NotUtf8`. */
export function utf8Text(bytes: Buffer): string {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new NotUtf8('this is UTF-16', 1, 1);
  }
  if (!isUtf8(bytes)) {
    throw notUtf8(bytes);
  }
  return bytes.toString('utf8', bytes.subarray(0, 3).equals(MARK) ? MARK.length : 0);
}

const MARK = Buffer.from('\ufeff');

/** A line end is never within a character: the first line that is wrong has the first byte that is. */
function notUtf8(bytes: Buffer): NotUtf8 {
  let line = 1;
  let lineAt = 0;
  for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, lineAt)) {
    if (!isUtf8(bytes.subarray(lineAt, end))) {
      break;
    }
    line += 1;
    lineAt = end + 1;
  }
  let at = lineAt;
  for (let size = characterAt(bytes, at); size > 0; size = characterAt(bytes, at)) {
    at += size;
  }
  const byte = (bytes[at] ?? 0).toString(16).toUpperCase().padStart(2, '0');
  return new NotUtf8(`not UTF-8: byte 0x${byte} at offset ${at}`, line, at - lineAt + 1);
}

const LF = 0x0a;
const SIZES = [1, 2, 3, 4];

/** How many bytes the character has that begins there; 0: none does. */
function characterAt(bytes: Buffer, at: number): number {
  return SIZES.find((size) => at + size <= bytes.length && isUtf8(bytes.subarray(at, at + size))) ?? 0;
}
