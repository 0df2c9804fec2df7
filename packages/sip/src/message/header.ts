import { headerKey } from './header-names.js';
import { trimmed } from './list.js';

/**
 * One header line, as it came in or as it is to go out. A line that nobody touches is sent byte for byte as it came;
 * its value is cut out, and parsed, only when somebody asks. It is a piece of the text that it came in with, so that
 * lines that still stand side by side leave as one piece (`serialize`).
 */
export class Header {
  /** Long form of the name in lower case: the same for `Via`, `v` and `VIA`. */
  readonly key: string;
  /** The text that has this line at [at, end), without its CRLF, one character a byte (latin1), folding included. */
  readonly source: string;
  readonly at: number;
  readonly end: number;
  /** What a parser made of the value; each header's own module knows its type. */
  parsed: unknown = undefined;
  readonly #valueAt: number;
  readonly #isFolded: boolean;
  #value: string | undefined = undefined;

  constructor(key: string, source: string, at: number, valueAt: number, end: number, isFolded: boolean) {
    this.key = key;
    this.source = source;
    this.at = at;
    this.end = end;
    this.#valueAt = valueAt;
    this.#isFolded = isFolded;
  }

  /** The whole line without its CRLF. */
  get line(): string {
    return this.source.slice(this.at, this.end);
  }

  /** The value without the white space around it; a folded line is unfolded (RFC 3261 7.3.1). */
  get value(): string {
    if (this.#value === undefined) {
      const value = trimmed(this.source, this.#valueAt, this.end);
      this.#value = this.#isFolded ? unfold(value) : value;
    }
    return this.#value;
  }
}

/**
 * A header to send; `name` is written as given. A line break within is written as a space, so that no value becomes a
 * header of its own.
 */
export function header(name: string, value: string): Header {
  const line = `${name}: ${value}`;
  const safe = hasBreak(line) ? line.replace(/[\r\n]+/g, ' ') : line;
  return new Header(headerKey(name), safe, 0, name.length + 1, safe.length, false);
}

function hasBreak(text: string): boolean {
  return text.includes('\n') || text.includes('\r');
}

/** Each fold, with the white space on both sides, is one space. */
function unfold(value: string): string {
  const pieces = value.split('\n').map((p) => trimmed(p, 0, p.endsWith('\r') ? p.length - 1 : p.length));
  const joined = pieces.join(' ');
  return trimmed(joined, 0, joined.length);
}
