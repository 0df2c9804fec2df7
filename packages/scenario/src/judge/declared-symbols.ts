import type { Symbols } from './symbols.js';

/** What a value on the wire may be where the table has a symbol: no separator, so that a symbol is one parameter's value. */
const ONE_VALUE = '([^",;\\s<>]+)';

/** The texts that a scenario declares to be symbols, e.g. `base64(RAND + AUTN)`, `8642`: each one value on the wire. */
export class DeclaredSymbols {
  readonly #texts: ReadonlySet<string>;
  readonly #pattern: RegExp | undefined;

  constructor(texts: readonly string[]) {
    this.#texts = new Set(texts);
    // Longest first: one may begin another. A symbol does not stand within a longer word or number.
    const alternatives = [...this.#texts].sort((a, b) => b.length - a.length).map(escaped);
    this.#pattern =
      alternatives.length === 0
        ? undefined
        : new RegExp(`(?<![\\w.])(?:${alternatives.join('|')})(?![\\w])`, 'g');
  }

  has(text: string): boolean {
    return this.#texts.has(text);
  }

  /** Whether one of them stands somewhere in a text. */
  isIn(text: string): boolean {
    return this.#pattern !== undefined && text.search(this.#pattern) >= 0;
  }

  /** Undefined where `actual` is `expected` with a value in place of each symbol; else why not. */
  compare(expected: string, actual: string, symbols: Symbols): string | undefined {
    const found = this.#pattern === undefined ? [] : [...expected.matchAll(this.#pattern)];
    if (found.length === 0) {
      return expected === actual ? undefined : 'another value';
    }
    const values = expected === actual ? found.map(([symbol]) => symbol) : valuesOf(expected, found, actual);
    if (values === undefined) {
      return 'another value';
    }
    for (const [index, [symbol]] of found.entries()) {
      const disagree = symbols.agree('value', symbol, values[index] ?? '');
      if (disagree !== undefined) {
        return disagree;
      }
    }
    return undefined;
  }
}

/** What stands in `actual` in the place of each symbol; undefined where the rest is not the same. */
function valuesOf(
  expected: string,
  found: readonly RegExpMatchArray[],
  actual: string,
): readonly string[] | undefined {
  let pattern = '^';
  let at = 0;
  for (const { 0: symbol, index = 0 } of found) {
    pattern += escaped(expected.slice(at, index)) + ONE_VALUE;
    at = index + symbol.length;
  }
  return new RegExp(`${pattern}${escaped(expected.slice(at))}$`).exec(actual)?.slice(1);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
