import { Problem } from './problem.js';

/** Of one line or one XML document; the largest of a subscription. */
export const MAX_DOCUMENT_BYTES = 512 * 1024;
/** Of a whole import. */
const MAX_IMPORT_BYTES = 8 * 2 ** 30;

export interface Document {
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

/** The lines of a stream that are not blank. Throws `Problem` (413) for one that is too long. */
export async function* linesOf(body: AsyncIterable<Buffer>): AsyncGenerator<Document> {
  let line = 1;
  for await (const { text, next } of piecesOf(body, (pending) => pending.indexOf('\n') + 1)) {
    if (text.trim() !== '') yield { line, text };
    line += next;
  }
}

const OPENING = /<(?:\w+:)?IMSSubscription[\s/>]/;
const CLOSING = /<\/(?:\w+:)?IMSSubscription\s*>/;

/** The `IMSSubscription` elements of a stream, alone or within another element, each as a document. Throws as `linesOf`. */
export async function* xmlDocumentsOf(body: AsyncIterable<Buffer>): AsyncGenerator<Document> {
  let line = 1;
  const endOf = (pending: string): number => {
    const closing = CLOSING.exec(pending);
    return closing === null ? 0 : closing.index + closing[0].length;
  };
  for await (const { text, next } of piecesOf(body, endOf)) {
    const start = OPENING.exec(text)?.index;
    if (start !== undefined) yield { line: line + newLines(text.slice(0, start)), text: text.slice(start) };
    line += next;
  }
}

/** Cuts a stream of UTF-8 into pieces; `endOf` gives where the first piece of a text ends, 0 where it has no end yet. */
async function* piecesOf(
  body: AsyncIterable<Buffer>,
  endOf: (pending: string) => number,
): AsyncGenerator<{ text: string; next: number }> {
  const decoder = new TextDecoder();
  let pending = '';
  let bytes = 0;
  let lines = 1;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MAX_IMPORT_BYTES) throw new Problem(413, `more than ${String(MAX_IMPORT_BYTES)} bytes`);
    pending += decoder.decode(chunk, { stream: true });
    let from = 0;
    for (;;) {
      const rest = pending.slice(from);
      const end = endOf(rest);
      if (end === 0) break;
      const text = rest.slice(0, end);
      const next = newLines(text);
      lines += next;
      yield { text, next };
      from += end;
    }
    pending = pending.slice(from);
    if (pending.length > MAX_DOCUMENT_BYTES) {
      throw new Problem(
        413,
        `line ${String(lines)}: a subscription of more than ${String(MAX_DOCUMENT_BYTES)} bytes`,
      );
    }
  }
  pending += decoder.decode();
  if (pending !== '') yield { text: pending, next: 0 };
}

function newLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
