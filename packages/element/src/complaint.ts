import { type Document, type LineCounter, isNode } from 'yaml';
import type { z } from 'zod';

/** `FILE:LINE:COLUMN: key.path: what is wrong` for one issue of a checked YAML document. */
export function complain(file: string, document: Document, lines: LineCounter, issue: z.core.$ZodIssue): string {
  const where = placeOf(document, lines, issue.path);
  const key = issue.path.map(String).join('.');
  return `${file}:${where}: ${key === '' ? '' : `${key}: `}${issue.message}`;
}

/** The line and column of a path, or of the nearest part of it that is there. */
export function placeOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): string {
  for (let length = path.length; length >= 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) {
      const { line, col } = lines.linePos(node.range[0]);
      return `${line}:${col}`;
    }
  }
  return '1:1';
}
