import { readFileSync } from 'node:fs';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { keysAt } from './schema-keys.js';
import { errorCode, UserError } from './user-error.js';

/** Something wrong with a file of the user's: where in it, and what would be right. */
export interface Complaint {
  readonly path: readonly string[];
  readonly text: string;
}

const MAX_COMPLAINTS = 10;
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'this is a folder, not a file',
  EACCES: 'it may not be read',
};

/**
 * Reads a YAML file, checks it against `schema`, and gives what `convert` makes of it. Throws `UserError` with a line a
 * complaint, the first ten: `FILE:LINE:COLUMN: key.path: what would be right`.
 */
export function readYaml<S extends z.ZodType, T>(
  file: string,
  schema: S,
  convert: (checked: z.infer<S>) => { readonly value: T; readonly complaints: readonly Complaint[] },
): T {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UserError(`${file}: ${REASONS[errorCode(error) ?? ''] ?? String(error)}`, { cause: error });
  }
  return parseYaml(text, file, schema, convert);
}

/** As `readYaml`, for text; `file` names it in complaints. */
export function parseYaml<S extends z.ZodType, T>(
  text: string,
  file: string,
  schema: S,
  convert: (checked: z.infer<S>) => { readonly value: T; readonly complaints: readonly Complaint[] },
): T {
  const lines = new LineCounter();
  const document = documentIn(text, file, lines);
  const broken = document.errors[0];
  if (broken) {
    const { line, col } = lines.linePos(broken.pos[0]);
    throw new UserError(`${file}:${line}:${col}: not YAML: ${broken.message}`);
  }
  const complainOf = (complaints: readonly Complaint[]): void => {
    if (complaints.length > 0) {
      const written = complaints.map(({ path, text: what }) => {
        const key = path.join('.');
        return `${file}:${placeOf(document, lines, path)}: ${key === '' ? '' : `${key}: `}${what}`;
      });
      throw new UserError([...new Set(written)].slice(0, MAX_COMPLAINTS).join('\n'));
    }
  };
  let plain: unknown;
  try {
    plain = document.toJS();
  } catch (error) {
    // an alias of nothing, or one that would grow without bound
    throw new UserError(`${file}: not YAML: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  const checked = schema.safeParse(plain);
  if (!checked.success) {
    complainOf(checked.error.issues.map((issue) => complaintOf(issue, schema)));
  }
  const { value, complaints } = convert(checked.data as z.infer<S>);
  complainOf(complaints);
  return value;
}

function documentIn(text: string, file: string, lineCounter: LineCounter): Document {
  try {
    return parseDocument(text, { lineCounter, prettyErrors: false });
  } catch (error) {
    if (error instanceof RangeError) {
      throw new UserError(`${file}: not a file of ours: nested too deeply`, { cause: error });
    }
    throw error;
  }
}

/** A key that nobody knows stands at its own place, with those that are known there. */
function complaintOf(issue: z.core.$ZodIssue, schema: z.ZodType): Complaint {
  const path = issue.path.map(String);
  if (issue.code !== 'unrecognized_keys') {
    return { path, text: issue.message };
  }
  const [key = '', ...more] = issue.keys;
  const known = keysAt(schema, path);
  const expected = known.length === 0 ? '' : `: expected one of ${known.join(', ')}`;
  return {
    path: more.length === 0 ? [...path, key] : path,
    text: `unknown key${more.length === 0 ? '' : 's'} ${issue.keys.join(', ')}${expected}`,
  };
}

/** The line and column of a path, or of the nearest part of it that is there. */
function placeOf(document: Document, lines: LineCounter, path: readonly string[]): string {
  for (let length = path.length; length >= 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) {
      const { line, col } = lines.linePos(node.range[0]);
      return `${line}:${col}`;
    }
  }
  return '1:1';
}
