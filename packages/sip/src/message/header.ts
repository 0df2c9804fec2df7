import { headerKey } from './header-names.js';

/**
 * One header line, as it came in or as it is to go out. A line that nobody touches is sent byte for byte as it came;
 * its value is cut out, and parsed, only when somebody asks.
 */
export class Header {
  /** Long form of the name in lower case: the same for `Via`, `v` and `VIA`. */
  readonly key: string;
  /** The whole line without its CRLF, one character a byte (latin1), folding included. */
  readonly line: string;
  /** What a parser made of the value; each header's own module knows its type. */
  parsed: unknown = undefined;
  readonly #valueAt: number;
  #value: string | undefined = undefined;

  constructor(key: string, line: string, valueAt: number) {
    this.key = key;
    this.line = line;
    this.#valueAt = valueAt;
  }

  /** The value without the white space around it; a folded line is unfolded (RFC 3261 7.3.1). */
  get value(): string {
    this.#value ??= unfold(this.line.slice(this.#valueAt));
    return this.#value;
  }
}

/** A header to send; `name` is written as given. */
export function header(name: string, value: string): Header {
  return new Header(headerKey(name), `${name}: ${value}`, name.length + 2);
}

function unfold(text: string): string {
  return text.includes('\n') ? text.replace(/[ \t]*\r?\n[ \t]+/g, ' ').trim() : text.trim();
}
