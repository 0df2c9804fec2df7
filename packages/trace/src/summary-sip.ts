import type { MessageSummary } from './summary.js';

const COLON = 0x3a;
const LF = 0x0a;
const CR = 0x0d;
/** Where a header's value is looked for; a message's header section is seldom a tenth of that. */
const MAX_HEADER_SCAN = 16 * 1024;

/** `SUBSCRIBE`, or `200 OK (SUBSCRIBE)` with the method of CSeq, which is what says which request it answers. */
export function sipSummary(bytes: Buffer): MessageSummary {
  const end = lineEnd(bytes, 0);
  const startLine = bytes.toString('utf8', 0, Math.min(end, 512));
  if (!startLine.startsWith('SIP/2.0 ')) {
    const space = startLine.indexOf(' ');
    const label = space > 0 ? startLine.slice(0, space) : startLine.trim();
    return { label: label === '' ? 'SIP keep-alive' : label, response: false };
  }
  const method = cseqMethod(bytes, end);
  const status = startLine.slice(8);
  return { label: method === undefined ? status : `${status} (${method})`, response: true };
}

function cseqMethod(bytes: Buffer, startLineEnd: number): string | undefined {
  const limit = Math.min(bytes.length, MAX_HEADER_SCAN);
  for (let at = nextLine(bytes, startLineEnd); at < limit;) {
    const end = lineEnd(bytes, at);
    if (end === at) {
      return undefined; // The body begins.
    }
    const first = bytes[at];
    if (first === 0x43 || first === 0x63) {
      const colon = bytes.indexOf(COLON, at);
      if (
        colon > at &&
        colon < end &&
        bytes.toString('latin1', at, colon).trimEnd().toLowerCase() === 'cseq'
      ) {
        return bytes
          .toString('latin1', colon + 1, end)
          .trim()
          .split(/[ \t]+/)[1];
      }
    }
    at = nextLine(bytes, end);
  }
  return undefined;
}

function lineEnd(bytes: Buffer, from: number): number {
  const lf = bytes.indexOf(LF, from);
  const end = lf < 0 ? bytes.length : lf;
  return end > from && bytes[end - 1] === CR ? end - 1 : end;
}

function nextLine(bytes: Buffer, lineEndAt: number): number {
  return lineEndAt + (bytes[lineEndAt] === CR ? 2 : 1);
}
