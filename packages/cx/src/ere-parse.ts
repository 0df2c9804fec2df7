/** A POSIX extended regular expression, read. */
export type EreNode =
  /** One of the 256 characters; `only`: the one that it is. */
  | { readonly kind: 'set'; readonly set: Uint8Array; readonly only?: string | undefined }
  | { readonly kind: 'start' | 'end' }
  | { readonly kind: 'sequence' | 'alternatives'; readonly nodes: readonly EreNode[] }
  | { readonly kind: 'repeat'; readonly node: EreNode; readonly min: number; readonly max: number };

const MAX_PATTERN = 1000;
const MAX_DEPTH = 20;
/** RE_DUP_MAX. */
const MAX_REPEAT = 255;

/** Reads a pattern (one character a byte); undefined for what has no meaning in POSIX. */
export function parseEre(pattern: string, ignoreCase: boolean): EreNode | undefined {
  if (pattern.length > MAX_PATTERN) {
    return undefined;
  }
  const reader = new Reader(pattern, ignoreCase);
  const node = reader.alternatives(0);
  return reader.isAtEnd ? node : undefined;
}

class Reader {
  readonly #text: string;
  readonly #ignoreCase: boolean;
  #at = 0;

  constructor(text: string, ignoreCase: boolean) {
    this.#text = text;
    this.#ignoreCase = ignoreCase;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#text.length;
  }

  alternatives(depth: number): EreNode | undefined {
    const nodes: EreNode[] = [];
    do {
      const node = this.#sequence(depth);
      if (node === undefined) {
        return undefined;
      }
      nodes.push(node);
    } while (this.#take('|'));
    return nodes.length === 1 ? nodes[0] : { kind: 'alternatives', nodes };
  }

  #sequence(depth: number): EreNode | undefined {
    const nodes: EreNode[] = [];
    while (!this.isAtEnd && this.#next !== '|' && !(this.#next === ')' && depth > 0)) {
      const atom = this.#atom(depth);
      const node = atom === undefined ? undefined : this.#repeated(atom);
      if (node === undefined) {
        return undefined;
      }
      nodes.push(node);
    }
    return nodes.length === 1 ? nodes[0] : { kind: 'sequence', nodes };
  }

  #atom(depth: number): EreNode | undefined {
    const c = this.#text[this.#at++] as string;
    switch (c) {
      case '(': {
        const node = depth < MAX_DEPTH ? this.alternatives(depth + 1) : undefined;
        return this.#take(')') ? node : undefined;
      }
      case '[':
        return this.#bracket();
      case '.':
        return { kind: 'set', set: new Uint8Array(256).fill(1) };
      case '^':
        return { kind: 'start' };
      case '$':
        return { kind: 'end' };
      case ')': // a character to POSIX, a slip to everybody else
      case '*':
      case '+':
      case '?':
      case '{':
        return undefined;
      case '\\': {
        const escaped = this.#text[this.#at++];
        // POSIX leaves \d and the like undefined.
        return escaped === undefined || /[A-Za-z0-9]/.test(escaped) ? undefined : this.#character(escaped);
      }
      default:
        return this.#character(c);
    }
  }

  #repeated(node: EreNode): EreNode | undefined {
    let result = node;
    for (;;) {
      const bounds = this.#bounds();
      if (bounds === 'none') {
        return result;
      }
      if (bounds === undefined || node.kind === 'start' || node.kind === 'end') {
        return undefined;
      }
      result = { kind: 'repeat', node: result, ...bounds };
    }
  }

  #bounds(): { min: number; max: number } | 'none' | undefined {
    if (this.#take('*')) {
      return { min: 0, max: Infinity };
    }
    if (this.#take('+')) {
      return { min: 1, max: Infinity };
    }
    if (this.#take('?')) {
      return { min: 0, max: 1 };
    }
    if (this.#next !== '{') {
      return 'none';
    }
    const [text, from = '', comma, to = ''] =
      /^\{(\d{1,3})(,(\d{0,3}))?\}/.exec(this.#text.slice(this.#at)) ?? [];
    if (text === undefined) {
      return undefined;
    }
    this.#at += text.length;
    const min = Number(from);
    const max = comma === undefined ? min : to === '' ? Infinity : Number(to);
    return min > MAX_REPEAT || max < min || (max !== Infinity && max > MAX_REPEAT) ? undefined : { min, max };
  }

  #bracket(): EreNode | undefined {
    const set = new Uint8Array(256);
    const isNegated = this.#take('^');
    let isFirst = true;
    for (;;) {
      const c = this.#text[this.#at++];
      if (c === undefined) {
        return undefined;
      }
      if (c === ']' && !isFirst) {
        break;
      }
      isFirst = false;
      if (c === '[' && this.#next === ':') {
        if (!this.#namedClass(set)) {
          return undefined;
        }
      } else if (c === '[' && (this.#next === '.' || this.#next === '=')) {
        return undefined; // collating elements: of no locale
      } else if (!this.#range(c, set)) {
        return undefined;
      }
    }
    if (this.#ignoreCase) {
      bothCases(set);
    }
    return { kind: 'set', set: isNegated ? set.map((is) => 1 - is) : set };
  }

  #namedClass(set: Uint8Array): boolean {
    const [text, name = ''] = /^:([a-z]{1,10}):\]/.exec(this.#text.slice(this.#at)) ?? [];
    const has = CLASSES[name];
    if (text === undefined || has === undefined) {
      return false;
    }
    this.#at += text.length;
    for (let code = 0; code < 128; code++) {
      if (has.test(String.fromCharCode(code))) {
        set[code] = 1;
      }
    }
    return true;
  }

  /** `c`, or the range that it begins. */
  #range(c: string, set: Uint8Array): boolean {
    const from = c.charCodeAt(0);
    const to = this.#next === '-' && this.#text[this.#at + 1] !== ']' ? this.#text[this.#at + 1] : c;
    if (to === undefined || to.charCodeAt(0) < from) {
      return false;
    }
    this.#at += to === c ? 0 : 2;
    set.fill(1, from & 255, (to.charCodeAt(0) & 255) + 1);
    return true;
  }

  #character(c: string): EreNode {
    const set = new Uint8Array(256);
    set[c.charCodeAt(0) & 255] = 1;
    if (this.#ignoreCase) {
      bothCases(set);
    }
    return { kind: 'set', set, only: c };
  }

  get #next(): string | undefined {
    return this.#text[this.#at];
  }

  #take(c: string): boolean {
    if (this.#next !== c) {
      return false;
    }
    this.#at++;
    return true;
  }
}

const CLASSES: Readonly<Record<string, RegExp>> = {
  alnum: /[A-Za-z0-9]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  // eslint-disable-next-line no-control-regex -- the class of control characters
  cntrl: /[\x00-\x1f\x7f]/,
  digit: /[0-9]/,
  graph: /[\x21-\x7e]/,
  lower: /[a-z]/,
  print: /[\x20-\x7e]/,
  punct: /[\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e]/,
  space: /[ \t\n\v\f\r]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
};

function bothCases(set: Uint8Array): void {
  for (let upper = 65; upper <= 90; upper++) {
    const is = set[upper] === 1 || set[upper + 32] === 1 ? 1 : 0;
    set[upper] = is;
    set[upper + 32] = is;
  }
}
