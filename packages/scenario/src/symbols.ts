export type SymbolKind = 'branch' | 'tag' | 'Call-ID' | 'address' | 'value';

/**
 * What the symbols of a flow stand for on the wire: one value for each, a different one for another. Tags within one
 * dialog and branches of one hop are thus the same wherever the table has the same symbol.
 */
export class Symbols {
  readonly #values = new Map<string, string>();
  readonly #symbols = new Map<string, string>();

  /** Undefined where `value` may stand for `symbol`, and from then on does; else what contradicts it. */
  agree(kind: SymbolKind, symbol: string, value: string): string | undefined {
    const known = this.#values.get(`${kind} ${symbol}`);
    if (known !== undefined) {
      return known === value ? undefined : `${kind} ${symbol} is ${known} in an earlier step`;
    }
    const other = this.#symbols.get(`${kind} ${value}`);
    if (other !== undefined) {
      return `${kind} ${value} already stands for ${other}, a different symbol than ${symbol}`;
    }
    this.#values.set(`${kind} ${symbol}`, value);
    this.#symbols.set(`${kind} ${value}`, symbol);
    return undefined;
  }

  valueOf(kind: SymbolKind, symbol: string): string | undefined {
    return this.#values.get(`${kind} ${symbol}`);
  }

  /** The symbol that stands for a value already. */
  symbolOf(kind: SymbolKind, value: string): string | undefined {
    return this.#symbols.get(`${kind} ${value}`);
  }
}
