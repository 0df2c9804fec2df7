import { lettersApart, nearestWord } from '@ims-sim/element/files';
import { type Grammar, type Part, partsOf } from './sentence.js';
import type { Surroundings } from './surroundings.js';

/** A sentence as one form has it. */
export interface Candidate {
  readonly pattern: string;
  /** Words that are wrong, missing or too many; a misspelt one counts by its letters. */
  readonly cost: number;
  /** How many words are right, counted from the first. */
  readonly begins: number;
  /** Its first own word stands in the sentence, or nearly so. */
  readonly verb: Verb;
  /** The sentence as the form has it, where no slot is wrong. */
  readonly repaired: string;
  readonly wrong: readonly WrongSlot[];
}

/** What stands in the place of a slot and cannot; undefined: nothing does. */
export interface WrongSlot {
  readonly slot: string;
  readonly said: string | undefined;
}

type Verb = 'there' | 'misspelt' | 'missing';

type AnyGrammar = Pick<Grammar<unknown>, 'slots' | 'slotRegexes'>;

/** So many words of a message, names or a time are one slot's. */
const MAX_SLOT_WORDS = 6;
const MISSING = 1;
const MISSING_VERB = 2;
const TOO_MANY = 1;
/** Less than a word too many: what stands in the place of a slot was meant to be it. */
const WRONG = 0.6;
const WRONG_OF_TWO = 0.8;
/** That somebody is not there; a word less is more likely. */
const NOBODY = 1.2;

/** Text in quotes is one word, with what stands at it. */
export function wordsOf(sentence: string): string[] {
  return sentence.match(/(?:"(?:[^"\\]|\\.)*"|\S)+/g) ?? [];
}

/** What the words would be in each form. */
export function nearestIn<Said>(
  words: readonly string[],
  grammar: Grammar<Said>,
  surroundings: Surroundings<Said>,
): readonly Candidate[] {
  const reader = { words, slotFit: slotFits(grammar, surroundings), slots: grammar.slots };
  return grammar.forms.map(({ pattern }) => nearestOf(pattern, reader));
}

interface Reader {
  readonly words: readonly string[];
  readonly slots: AnyGrammar['slots'];
  readonly slotFit: (slot: string, said: string) => Fit;
}

interface Fit {
  readonly cost: number;
  readonly repaired: string;
  readonly wrong?: WrongSlot | undefined;
}

/** So many words into the sentence, and what came of it until there. */
interface Cell extends Fit {
  /** Parts of the form so far, and how many of them were right from the first on. */
  readonly parts: number;
  readonly begins: number;
  readonly verb: Verb;
  readonly before: Cell | undefined;
}

/** The edit distance of words to the parts of a form, where a slot takes as many words as it matches. */
function nearestOf(pattern: string, reader: Reader): Candidate {
  const start: Cell = { cost: 0, repaired: '', parts: 0, begins: 0, verb: 'missing', before: undefined };
  let row: Cell[] = [start];
  for (let at = 1; at <= reader.words.length; at++) {
    row.push({ ...start, cost: at * TOO_MANY });
  }
  const parts = partsOf(pattern, reader.slots);
  const verb = parts.find(({ kind }) => kind === 'word');
  for (const part of parts) {
    row = after(row, part, part === verb, reader);
  }
  const last = row[reader.words.length] ?? start;
  const repaired: string[] = [];
  const wrong: WrongSlot[] = [];
  for (let cell: Cell | undefined = last; cell !== undefined; cell = cell.before) {
    repaired.unshift(cell.repaired);
    if (cell.wrong !== undefined) {
      wrong.unshift(cell.wrong);
    }
  }
  const { cost, begins, verb: its } = last;
  return {
    pattern,
    cost,
    begins,
    verb: its,
    wrong,
    repaired: repaired.filter((word) => word !== '').join(' '),
  };
}

/** The row of the table after one more part of the form. */
function after(row: readonly Cell[], part: Part, isVerb: boolean, reader: Reader): Cell[] {
  if (part.kind === 'optional') {
    let within = [...row];
    for (const one of partsOf(part.pattern, reader.slots)) {
      within = after(within, one, false, reader);
    }
    // left out unless it fits better
    return within.map((cell, at) => {
      const without = row[at] ?? cell;
      return cell.cost < without.cost ? cell : without;
    });
  }
  const next: Cell[] = [];
  for (let at = 0; at <= reader.words.length; at++) {
    const candidates = [
      step(row[at], absent(part, isVerb), false),
      skipped(next[at - 1]),
      ...Array.from({ length: Math.min(at, part.kind === 'slot' ? MAX_SLOT_WORDS : 1) }, (_, fewer) =>
        step(row[at - fewer - 1], fitOf(part, reader.words.slice(at - fewer - 1, at), reader), isVerb),
      ),
    ];
    let best: Cell | undefined;
    for (const one of candidates) {
      best = one !== undefined && (best === undefined || one.cost < best.cost) ? one : best;
    }
    if (best !== undefined) {
      next.push(best);
    }
  }
  return next;
}

function skipped(left: Cell | undefined): Cell | undefined {
  return left && { ...left, cost: left.cost + TOO_MANY };
}

function step(from: Cell | undefined, { cost, repaired, wrong }: Fit, isVerb: boolean): Cell | undefined {
  return from === undefined || cost === Infinity
    ? undefined
    : {
        cost: from.cost + cost,
        repaired,
        wrong,
        parts: from.parts + 1,
        begins: cost === 0 && from.begins === from.parts ? from.begins + 1 : from.begins,
        verb: isVerb ? (cost === 0 ? 'there' : 'misspelt') : from.verb,
        before: from,
      };
}

/** A part that no word stands for. */
function absent(part: Part, isVerb: boolean): Fit {
  switch (part.kind) {
    case 'slot':
      return { cost: MISSING, repaired: '', wrong: { slot: part.name, said: undefined } };
    case 'word':
      return { cost: isVerb ? MISSING_VERB : MISSING, repaired: part.text };
    case 'choice':
      return { cost: MISSING, repaired: part.words[0] ?? '' };
    case 'optional':
      return { cost: 0, repaired: '' };
  }
}

function fitOf(part: Part, words: readonly string[], { slotFit }: Reader): Fit {
  const said = words.join(' ');
  const comma = said.endsWith(',') ? ',' : '';
  const bare = comma === '' ? said : said.slice(0, -1);
  const fit =
    part.kind === 'slot'
      ? slotFit(part.name, bare)
      : spelt(bare, part.kind === 'choice' ? part.words : part.kind === 'word' ? [part.text] : []);
  return { ...fit, repaired: `${fit.repaired}${comma}` };
}

/** A word that is one of these, if misspelt; another is not in its place. */
function spelt(said: string, words: readonly string[]): Fit {
  const near = nearestWord(said, words);
  return near === undefined
    ? { cost: Infinity, repaired: said }
    : { cost: near === said ? 0 : apart(said, near), repaired: near };
}

function apart(said: string, meant: string): number {
  const letters = lettersApart(said.toLowerCase(), meant.toLowerCase());
  return Math.max(letters, 0.5) / Math.max(said.length, meant.length);
}

/** How well words fit a slot; a slot that knows its words is spelt right, one with a form is wrong as a whole. */
function slotFits<Said>(
  { slots, slotRegexes }: Grammar<Said>,
  surroundings: Surroundings<Said>,
): (slot: string, said: string) => Fit {
  const known = new Map<string, Fit>();
  const fit = (slot: string, said: string): Fit => {
    const matches = slotRegexes.get(slot)?.test(said) === true;
    const { words, others } = surroundings.names(slot) ?? {
      words: slots[slot]?.oneOf ?? [],
      others: matches,
    };
    if (matches && words.includes(said)) {
      return { cost: 0, repaired: said };
    }
    const near = spelt(said, words);
    if (near.cost < Infinity) {
      return near;
    }
    if (matches && others) {
      return { cost: 0, repaired: said };
    }
    const count = wordsOf(said).length;
    const { attempt } = slots[slot] ?? {};
    const isAttempt = attempt === undefined ? count === 1 : attempt.test(said);
    const cost = matches ? NOBODY : isAttempt ? (count === 1 ? WRONG : WRONG_OF_TWO) : Infinity;
    return { cost, repaired: said, wrong: { slot, said } };
  };
  return (slot, said) => {
    const key = `${slot} ${said}`;
    const found = known.get(key) ?? fit(slot, said);
    known.set(key, found);
    return found;
  };
}
