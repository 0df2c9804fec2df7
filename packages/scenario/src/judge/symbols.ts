export type SymbolKind = 'branch' | 'tag' | 'Call-ID' | 'address' | 'media address' | 'icid' | 'value';

/** What a text that stands alone may be in a body: one of these, where a table has it as a symbol. */
const IN_BODIES: readonly SymbolKind[] = ['Call-ID', 'tag', 'branch', 'icid'];

/** Addresses are hosts, and agree by host and port each in their own way. */
const OF_ONE_VALUE: readonly SymbolKind[] = [...IN_BODIES, 'value'];

/**
 * What the symbols of a flow stand for on the wire: one value for each, a different one for another. Tags within one
 * dialog and branches of one hop are thus the same wherever the table has the same symbol.
 */
export class Symbols {
  readonly #values = new Map<string, string>();
  readonly #symbols = new Map<string, string>();
  /** In the order in which they were learnt. */
  readonly #learnt: (readonly [symbolKey: string, valueKey: string])[] = [];

  /** Undefined where `value` may stand for `symbol`, and from then on does; else what contradicts it. */
  agree(kind: SymbolKind, symbol: string, value: string): string | undefined {
    const known = this.#values.get(`${kind} ${symbol}`);
    if (known !== undefined) {
      return known === value ? undefined : `${kind} ${symbol} is ${known} in an earlier step`;
    }
    const elsewhere = this.#ofOtherKind(kind, symbol);
    if (elsewhere !== undefined && elsewhere.value !== value) {
      return `${symbol} is the ${elsewhere.kind} ${elsewhere.value} in an earlier step`;
    }
    const other = this.#symbols.get(`${kind} ${value}`);
    if (other !== undefined) {
      return `${kind} ${value} already stands for ${other}, a different symbol than ${symbol}`;
    }
    this.#values.set(`${kind} ${symbol}`, value);
    this.#symbols.set(`${kind} ${value}`, symbol);
    this.#learnt.push([`${kind} ${symbol}`, `${kind} ${value}`]);
    return undefined;
  }

  /** A text of the tables is one symbol, whatever it stands for. */
  #ofOtherKind(
    kind: SymbolKind,
    symbol: string,
  ): { readonly kind: SymbolKind; readonly value: string } | undefined {
    if (!OF_ONE_VALUE.includes(kind)) {
      return undefined;
    }
    for (const other of OF_ONE_VALUE) {
      const value = other === kind ? undefined : this.#values.get(`${other} ${symbol}`);
      if (value !== undefined) {
        return { kind: other, value };
      }
    }
    return undefined;
  }

  valueOf(kind: SymbolKind, symbol: string): string | undefined {
    return this.#values.get(`${kind} ${symbol}`);
  }

  /** The symbol that stands for a value already. */
  symbolOf(kind: SymbolKind, value: string): string | undefined {
    return this.#symbols.get(`${kind} ${value}`);
  }

  /** What a text stands for that a header's table has as a symbol; undefined where it is none. */
  meaning(text: string): string | undefined {
    for (const kind of IN_BODIES) {
      const value = this.#values.get(`${kind} ${text}`);
      if (value !== undefined) {
        return value;
      }
    }
    return undefined;
  }

  /** How much is known: for `forget`. */
  get count(): number {
    return this.#learnt.length;
  }

  /** Forgets all that was learnt since there were `count`: what a message that was only tried has taught. */
  forget(count: number): void {
    for (const [symbol, value] of this.#learnt.splice(count)) {
      this.#values.delete(symbol);
      this.#symbols.delete(value);
    }
  }
}
