/**
 * POSIX extended regular expressions (IEEE 1003.2 2.8.4) as JavaScript's, for the ENUM rules that anybody may
 * publish. What has no meaning in POSIX, or could take long to match, is refused.
 * Deviation: of several alternatives JavaScript takes the first that fits, POSIX the longest.
 */
export interface Ere {
  readonly regExp: RegExp;
  /** How many back references there are. */
  readonly groups: number;
}

/**
 * Quantifiers and alternatives together, so that backtracking over the 16 characters of a number stays below some million
 * steps. No rule in RFC 3402, 3403 or 6116 has more than three.
 */
const MAX_CHOICES = 8;
const MAX_REPEAT = 255; // RE_DUP_MAX

const CLASSES: Readonly<Record<string, string>> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '\\x21-\\x7e',
  lower: 'a-z',
  print: '\\x20-\\x7e',
  punct: '\\x21-\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\x7e',
  space: '\\s',
  upper: 'A-Z',
  xdigit: '0-9A-Fa-f',
};

/**
 * Translates `ere`; undefined for what is not one, or is refused. `literal`: positions of characters that stand for
 * themselves.
 */
export function translateEre(
  ere: string,
  ignoreCase: boolean,
  literal: ReadonlySet<number> = new Set(),
): Ere | undefined {
  const translation = new Translation(ere, literal);
  const source = translation.run();
  if (source === undefined) return undefined;
  try {
    return { regExp: new RegExp(source, ignoreCase ? 'i' : ''), groups: translation.groups };
  } catch {
    return undefined;
  }
}

/** What a quantifier would repeat: a group, a character or a bracket expression; or nothing that may be repeated. */
type Operand = 'nothing' | 'anchor' | 'character' | Group;

interface Group {
  /** Something in it may match in more than one way. */
  hasChoice: boolean;
}

class Translation {
  groups = 0;
  readonly #ere: string;
  readonly #literal: ReadonlySet<number>;
  #at = 0;
  #source = '';
  #choices = 0;
  readonly #open: Group[] = [];
  /** What a quantifier here would repeat. */
  #operand: Operand = 'nothing';

  constructor(ere: string, literal: ReadonlySet<number>) {
    this.#ere = ere;
    this.#literal = literal;
  }

  run(): string | undefined {
    if (this.#ere === '') return undefined;
    while (this.#at < this.#ere.length) if (!this.#step()) return undefined;
    // Neither an open group nor an empty last alternative.
    return this.#open.length > 0 || this.#operand === 'nothing' ? undefined : this.#source;
  }

  #step(): boolean {
    const character = this.#ere[this.#at] as string;
    if (this.#literal.has(this.#at)) return this.#take(1, escaped(character), 'character');
    switch (character) {
      case '^':
      case '$':
        return this.#take(1, character, 'anchor');
      case '.':
        return this.#take(1, '[^]', 'character');
      case '[':
        return this.#bracket();
      case '(':
        this.groups++;
        this.#open.push({ hasChoice: false });
        return this.#take(1, '(', 'nothing');
      case ')':
        return this.#close();
      case '|':
        if (this.#operand === 'nothing' || !this.#choose()) return false;
        return this.#take(1, '|', 'nothing');
      case '*':
      case '+':
      case '?':
      case '{':
        return this.#quantifier();
      case '\\': {
        const next = this.#ere[this.#at + 1] ?? '';
        // POSIX leaves a backslash before anything else undefined: \d is not a digit there.
        return '.[]\\()*+?{}|^$/!'.includes(next) && next !== '' && this.#take(2, escaped(next), 'character');
      }
      default:
        return this.#take(1, escaped(character), 'character');
    }
  }

  #take(length: number, source: string, operand: Operand): boolean {
    this.#at += length;
    this.#source += source;
    this.#operand = operand;
    return true;
  }

  #close(): boolean {
    const group = this.#open.pop();
    if (group === undefined || this.#operand === 'nothing') return false;
    const outer = this.#open.at(-1);
    if (outer !== undefined && group.hasChoice) outer.hasChoice = true;
    return this.#take(1, ')', group);
  }

  #choose(): boolean {
    const group = this.#open.at(-1);
    if (group !== undefined) group.hasChoice = true;
    return ++this.#choices <= MAX_CHOICES;
  }

  #quantifier(): boolean {
    const operand = this.#operand;
    const [text] = /^(?:[*+?]|\{(\d{1,3})(?:,(\d{0,3}))?\})/.exec(this.#ere.slice(this.#at)) ?? [];
    // `^+1212…`, as RFC 2916 3.2.3 itself wrote: it means the plus sign, and the expression has no other meaning.
    if (text === '+' && (operand === 'anchor' || operand === 'nothing'))
      return this.#take(1, '\\+', 'character');
    if (text === undefined || operand === 'anchor' || operand === 'nothing' || !isRepeat(text)) return false;
    // A choice that is repeated is what takes exponential time: (a*)*, (a|aa)+.
    if (operand !== 'character' && operand.hasChoice && text !== '?') return false;
    if (!this.#choose()) return false;
    this.#take(text.length, text, 'anchor'); // A second quantifier has nothing to repeat: POSIX leaves a** undefined.
    return true;
  }

  /** RFC 3402 has the locale be none: ranges by code, no collating elements. */
  #bracket(): boolean {
    const match = /^\[(\^?)(\]?(?:\[:[a-z]+:\]|[^\][]|\[(?![.:=]))*)\]/.exec(this.#ere.slice(this.#at));
    if (match === null || match[2] === '') return false;
    let set = '';
    for (const [part, name] of (match[2] as string).matchAll(/\[:([a-z]+):\]|[^]/g)) {
      const named = name === undefined ? (part === '-' ? '-' : escaped(part)) : CLASSES[name];
      if (named === undefined) return false;
      set += named;
    }
    // A dash at either end stands for itself, in the middle it makes a range.
    set = set.replace(/^-/, '\\-').replace(/-$/, '\\-');
    return this.#take(match[0].length, `[${match[1]}${set}]`, 'character');
  }
}

function isRepeat(text: string): boolean {
  if (!text.startsWith('{')) return true;
  const [minimum = '', maximum = minimum] = text.slice(1, -1).split(',');
  return (
    Number(minimum) <= MAX_REPEAT &&
    (maximum === '' || (Number(maximum) <= MAX_REPEAT && +minimum <= +maximum))
  );
}

function escaped(character: string): string {
  return /[A-Za-z0-9]/.test(character)
    ? character
    : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
