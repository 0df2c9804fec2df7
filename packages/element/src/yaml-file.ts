import { closeSync, openSync, readSync } from 'node:fs';
import { type Document, LineCounter, parseDocument, visit } from 'yaml';
import type { z } from 'zod';
import { beyondSchema, type Mend } from './beyond-schema.js';
import { type Complaint, schemaComplaints } from './schema-complaints.js';
import { keysAt } from './schema-keys.js';
import { UserError, whyUnreadable } from './user-error.js';
import { NotUtf8, utf8Text } from './utf8-text.js';
import { type Places, placesIn } from './yaml-places.js';

/** What is made of a checked file, and what the schema could not see. */
export interface Converted<T> {
  readonly value: T;
  readonly complaints: readonly Complaint[];
}

/** A network file may have a hundred thousand subscribers. */
const MAX_BYTES = 256 * 1024 * 1024;
const MAX_COMPLAINTS = 10;

export interface ReadYamlOptions {
  readonly maxBytes?: number | undefined;
  /** Where the schema complains, has the rest looked at too. */
  readonly mend?: Mend | undefined;
}

/**
 * Reads a YAML file of at most `maxBytes`, checks it against `schema`, and gives what `convert` makes of it. Throws `UserError` with a
 * line a complaint, the first ten: `FILE:LINE:COLUMN: key.path: what would be right`.
 */
export function readYaml<S extends z.ZodType, T>(
  file: string,
  schema: S,
  convert: (checked: z.infer<S>, places: Places) => Converted<T>,
  { maxBytes = MAX_BYTES, mend }: ReadYamlOptions = {},
): T {
  let text: string | undefined;
  try {
    text = readText(file, maxBytes);
  } catch (error) {
    if (error instanceof NotUtf8) {
      throw new UserError(`${file}:${error.line}:${error.column}: ${error.message}`);
    }
    throw new UserError(`${file}: ${whyUnreadable(error)}`, { cause: error });
  }
  if (text === undefined) {
    throw new UserError(
      `${file}: larger than ${Math.floor(maxBytes / 1024)} KiB, which is the most that is read`,
    );
  }
  return parseYaml(text, file, schema, convert, mend);
}

/** A file's text; undefined where it has more than `maxBytes`. Throws as `node:fs` does, and `NotUtf8`. */
export function readText(file: string, maxBytes: number): string | undefined {
  const descriptor = openSync(file, 'r');
  try {
    const chunks: Buffer[] = [];
    let bytes = 0;
    // not readFileSync: a device or a pipe has no end that could be asked for
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const read = readSync(descriptor, chunk, 0, CHUNK_BYTES, null);
      if (read === 0) {
        return utf8Text(Buffer.concat(chunks));
      }
      bytes += read;
      if (bytes > maxBytes) {
        return undefined;
      }
      chunks.push(chunk.subarray(0, read));
    }
  } finally {
    closeSync(descriptor);
  }
}

const CHUNK_BYTES = 1024 * 1024;

/** Why a text is no YAML, with its place in `file`; undefined where it is, whatever it says. */
export function yamlFlaw(text: string, file: string): string | undefined {
  const lines = new LineCounter();
  return flawOf(documentIn(text, file, lines), file, lines);
}

function flawOf({ errors: [broken] }: Document, file: string, lines: LineCounter): string | undefined {
  if (broken === undefined) {
    return undefined;
  }
  const { line, col } = lines.linePos(broken.pos[0]);
  return `${file}:${line}:${col}: ${brokenWords(broken)}`;
}

/** As `readYaml`, for text; `file` names it in complaints. */
export function parseYaml<S extends z.ZodType, T>(
  text: string,
  file: string,
  schema: S,
  convert: (checked: z.infer<S>, places: Places) => Converted<T>,
  mend?: Mend,
): T {
  const lines = new LineCounter();
  const document = documentIn(text, file, lines);
  const flaw = flawOf(document, file, lines);
  if (flaw !== undefined) {
    throw new UserError(flaw);
  }
  const places = placesIn(document, lines);
  let plain: unknown;
  try {
    plain = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    // an alias of nothing, or one that would grow without bound
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(`${file}${danglingAlias(document, lines)}: not YAML: ${why}`, { cause: error });
  }
  if (plain === null) {
    const known = keysAt(schema, []).flat();
    throw new UserError(`${file}:1:1: the file is empty: expected a mapping with ${known.join(', ')}`);
  }
  const checked = schema.safeParse(plain);
  if (!checked.success) {
    const wrong = schemaComplaints(checked.error.issues, schema);
    const later = (rest: z.infer<S>): readonly Complaint[] => convert(rest, places).complaints;
    const more = mend === undefined ? [] : beyondSchema(plain, wrong, { schema, mend, convert: later });
    throw complained([...wrong, ...more], file, places);
  }
  const { value, complaints } = convert(checked.data as z.infer<S>, places);
  if (complaints.length > 0) {
    throw complained(complaints, file, places);
  }
  return value;
}

/** `:LINE:COLUMN` of the first alias of nothing. */
function danglingAlias(document: Document, lines: LineCounter): string {
  let place = '';
  visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document) !== undefined) {
        return undefined;
      }
      const { line, col } = lines.linePos(alias.range?.[0] ?? 0);
      place = `:${line}:${col}`;
      return visit.BREAK;
    },
  });
  return place;
}

/** The library's words, but for what it says to programmers. */
function brokenWords({ code, message }: { readonly code: string; readonly message: string }): string {
  if (message.startsWith('Maximum call stack')) {
    return TOO_DEEP;
  }
  switch (code) {
    case 'DUPLICATE_KEY':
      return 'not YAML: the same key stands above, in the same mapping';
    case 'MULTIPLE_DOCS':
      return 'expected one document: a second one begins here (`---`)';
    default:
      return `not YAML: ${message}`;
  }
}

const TOO_DEEP = 'not a file of ours: nested too deeply';

/** How often one anchor may be repeated, what is within it included. */
const MAX_ALIASES = 1000;

function documentIn(text: string, file: string, lineCounter: LineCounter): Document {
  try {
    return parseDocument(text, { lineCounter, prettyErrors: false, stringKeys: true, logLevel: 'error' });
  } catch (error) {
    if (error instanceof RangeError) {
      throw new UserError(`${file}: ${TOO_DEEP}`, { cause: error });
    }
    throw error;
  }
}

/** The first ten in the order of their finding, as what is found later may come of it; these in the order of the file. */
function complained(complaints: readonly Complaint[], file: string, places: Places): UserError {
  const written = complaints
    .map(({ path, text, ofKey, row }) => {
      // a sentence is no key that one would look for
      const key = path.filter((part) => !part.includes(' ')).join('.');
      const rows = row === undefined ? undefined : places.textAt(path);
      return {
        ...(ofKey ? places.ofKey(path) : places.at(path)),
        ...(rows?.lineByLine === true && { line: rows.line + (row ?? 0), column: 1 }),
        text: `${key === '' ? '' : `${key}: `}${text}`,
      };
    })
    .map(({ line, column, text }) => ({ line, column, text: `${file}:${line}:${column}: ${text}` }));
  const unique = [...new Map(written.map((one) => [one.text, one])).values()];
  const shown = unique
    .slice(0, MAX_COMPLAINTS)
    .sort((a, b) => a.line - b.line || a.column - b.column)
    .map(({ text }) => text);
  const more = unique.length - shown.length;
  return new UserError([...shown, ...(more > 0 ? [`${file}: and ${more} more`] : [])].join('\n'));
}
