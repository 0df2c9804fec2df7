import { lettersApart } from '@ims-sim/element/files';
import { type Grammar, MAX_SENTENCE, type Part, partsOf } from './sentence.js';

type AnyGrammar = Pick<Grammar<unknown>, 'slots' | 'slotRegexes'>;

const MAX_EXPLAINED = 20;
const MAX_SHOWN = 4;
const MAX_WORDS = 30;
const MAX_SLOT_WORDS = 6;

/**
 * Why a sentence is not understood: the forms that begin like it, and what it would be in the nearest one. After so many complaints
 * (`already`) that nobody sees the next, nothing is looked for.
 */
export function notUnderstood<Said>(sentence: string, grammar: Grammar<Said>, already = 0): string {
  if (already > MAX_EXPLAINED) {
    return `not understood: \`${sentence.slice(0, 200)}\``;
  }
  if (sentence.length > MAX_SENTENCE) {
    return `not understood: longer than ${MAX_SENTENCE} characters`;
  }
  const words = wordsOf(sentence);
  const candidates =
    words.length > MAX_WORDS ? [] : grammar.forms.map(({ pattern }) => nearestIn(pattern, words, grammar));
  const nearest = candidates.reduce<Candidate | undefined>(
    (best, one) => (best === undefined || one.cost < best.cost ? one : best),
    undefined,
  );
  const alike = Math.max(1, ...candidates.map(({ begins }) => begins));
  const shown = [...candidates]
    .filter(({ begins, cost }) => begins === alike && cost < words.length)
    .sort((a, b) => a.cost - b.cost)
    .slice(0, MAX_SHOWN)
    .map(({ pattern }) => pattern);
  const expected = shown.length > 0 ? shown : grammar.forms.slice(0, MAX_SHOWN).map(({ pattern }) => pattern);
  const meant =
    nearest !== undefined && nearest.cost <= Math.max(1, words.length / 3) && nearest.repaired !== sentence
      ? `; did you mean \`${nearest.repaired}\`${whereSlots(nearest, grammar)}?`
      : '';
  return `not understood: \`${sentence}\`; expected such as ${expected.map((one) => `\`${one}\``).join(', ')}${meant}`;
}

/** What is to stand in place of the slots that nothing fits. */
function whereSlots<Said>({ repaired }: Candidate, { slots }: Grammar<Said>): string {
  const open = repaired.split(' ').filter((word) => word in slots);
  return open.length === 0
    ? ''
    : `, where ${open.map((slot) => `${slot} is ${slots[slot]?.name ?? ''}`).join(', ')}`;
}

interface Candidate {
  readonly pattern: string;
  /** Words that are wrong, missing or too many; a misspelt one counts by its letters. */
  readonly cost: number;
  /** How many words are right, counted from the first. */
  readonly begins: number;
  /** The sentence as the pattern has it. */
  readonly repaired: string;
}

function wordsOf(sentence: string): string[] {
  return sentence.match(/"[^"]*",?|[^\s"]+/g) ?? [];
}

/** So many words into the sentence, and what came of it until there. */
interface Cell {
  readonly cost: number;
  /** Parts of the pattern so far, and how many of them were right from the first on. */
  readonly parts: number;
  readonly begins: number;
  /** The last part as it should be, and the cell before it. */
  readonly word: string;
  readonly before: Cell | undefined;
}

/** The edit distance of words to the parts of a pattern, where a slot takes as many words as it matches. */
function nearestIn(pattern: string, words: readonly string[], grammar: AnyGrammar): Candidate {
  const start: Cell = { cost: 0, parts: 0, begins: 0, word: '', before: undefined };
  let row: Cell[] = [start];
  for (let at = 1; at <= words.length; at++) {
    row.push({ ...start, cost: at });
  }
  for (const part of partsOf(pattern, grammar.slots)) {
    row = after(row, part, words, grammar);
  }
  const last = row[words.length] ?? start;
  const repaired: string[] = [];
  for (let cell: Cell | undefined = last; cell !== undefined; cell = cell.before) {
    repaired.unshift(cell.word);
  }
  return {
    pattern,
    cost: last.cost,
    begins: last.begins,
    repaired: repaired.filter((word) => word !== '').join(' '),
  };
}

/** The row of the table after one more part of the pattern. */
function after(row: readonly Cell[], part: Part, words: readonly string[], grammar: AnyGrammar): Cell[] {
  if (part.kind === 'optional') {
    let within = [...row];
    for (const one of partsOf(part.pattern, grammar.slots)) {
      within = after(within, one, words, grammar);
    }
    // left out unless it fits better
    return within.map((cell, at) => {
      const without = row[at] ?? cell;
      return cell.cost < without.cost ? cell : without;
    });
  }
  const missing = textOf(part);
  const next: Cell[] = [];
  for (let at = 0; at <= words.length; at++) {
    let best: Cell | undefined = step(row[at], 1, missing, false);
    const left = next[at - 1];
    if (left !== undefined && (best === undefined || left.cost + 1 < best.cost)) {
      best = { ...left, cost: left.cost + 1 };
    }
    for (let taken = 1; taken <= Math.min(at, part.kind === 'slot' ? MAX_SLOT_WORDS : 1); taken++) {
      const from = row[at - taken];
      const said = words.slice(at - taken, at).join(' ');
      const comma = said.endsWith(',') ? ',' : '';
      const { cost, repaired } = fit(part, comma === '' ? said : said.slice(0, -1), grammar);
      if (from !== undefined && (best === undefined || from.cost + cost * taken < best.cost)) {
        best = step(from, cost * taken, `${repaired}${comma}`, cost === 0);
      }
    }
    if (best !== undefined) {
      next.push(best);
    }
  }
  return next;
}

function step(from: Cell | undefined, cost: number, word: string, right: boolean): Cell | undefined {
  return (
    from && {
      cost: from.cost + cost,
      parts: from.parts + 1,
      begins: right && from.begins === from.parts ? from.begins + 1 : from.begins,
      word,
      before: from,
    }
  );
}

function fit(
  part: Part,
  said: string,
  grammar: AnyGrammar,
): { readonly cost: number; readonly repaired: string } {
  if (part.kind === 'slot') {
    const matches = grammar.slotRegexes.get(part.name)?.test(said) === true;
    return { cost: matches ? 0 : 0.9, repaired: matches ? said : part.name };
  }
  const known = part.kind === 'choice' ? part.words : [textOf(part)];
  const costs = known.map((word) =>
    Math.min(0.95, lettersApart(word, said) / Math.max(word.length, said.length)),
  );
  const least = Math.min(...costs);
  return { cost: least, repaired: known[costs.indexOf(least)] ?? '' };
}

function textOf(part: Part): string {
  switch (part.kind) {
    case 'word':
      return part.text;
    case 'slot':
      return part.name;
    case 'choice':
      return part.words[0] ?? '';
    case 'optional':
      return '';
  }
}
