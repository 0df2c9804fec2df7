import { lettersApart } from '@ims-sim/element/files';
import { type Grammar, MAX_SENTENCE, type Part, partsOf, type SlotKind } from './sentence.js';

const MAX_SHOWN = 4;
const MAX_WORDS = 60;
const MAX_SLOT_WORDS = 6;

/** Why a sentence is not understood: the forms that begin like it, and what it would be in the nearest one. */
export function notUnderstood<Said>(sentence: string, grammar: Grammar<Said>): string {
  if (sentence.length > MAX_SENTENCE) {
    return `not understood: longer than ${MAX_SENTENCE} characters`;
  }
  const words = wordsOf(sentence);
  const candidates =
    words.length > MAX_WORDS
      ? []
      : grammar.forms.map(({ pattern }) => nearestIn(pattern, words, grammar.slots));
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

/** The best way to read `words` by any variant of a pattern, with and without what may be left out. */
function nearestIn(
  pattern: string,
  words: readonly string[],
  slots: Readonly<Record<string, SlotKind>>,
): Candidate {
  const parts = partsOf(pattern, slots);
  const optional = parts.flatMap((part, index) => (part.kind === 'optional' ? [index] : []));
  let best: Candidate | undefined;
  for (let variant = 0; variant < 2 ** optional.length; variant++) {
    const taken = parts.flatMap((part, index) => {
      if (part.kind !== 'optional') {
        return [part];
      }
      return (variant >> optional.indexOf(index)) & 1 ? partsOf(part.pattern, slots) : [];
    });
    const found = aligned(pattern, taken, words, slots);
    if (best === undefined || found.cost < best.cost) {
      best = found;
    }
  }
  return best ?? { pattern, cost: words.length, begins: 0, repaired: pattern };
}

interface Cell {
  readonly cost: number;
  readonly begins: number;
  readonly repaired: readonly string[];
}

/** The edit distance of words to the parts of a pattern, where a slot takes as many words as it matches. */
function aligned(
  pattern: string,
  parts: readonly Part[],
  words: readonly string[],
  slots: Readonly<Record<string, SlotKind>>,
): Candidate {
  let row: Cell[] = [{ cost: 0, begins: 0, repaired: [] }];
  for (let at = 1; at <= words.length; at++) {
    row.push({ cost: at, begins: 0, repaired: [] });
  }
  for (const [index, part] of parts.entries()) {
    const next: Cell[] = [];
    for (let at = 0; at <= words.length; at++) {
      const missing = row[at] ?? NOWHERE;
      let cell = step(missing, 1, textOf(part, slots), false);
      const left = next[at - 1];
      if (left !== undefined && left.cost + 1 < cell.cost) {
        cell = { ...left, cost: left.cost + 1 };
      }
      for (let taken = 1; taken <= Math.min(at, part.kind === 'slot' ? MAX_SLOT_WORDS : 1); taken++) {
        const from = row[at - taken] ?? NOWHERE;
        const said = words.slice(at - taken, at).join(' ');
        const comma = said.endsWith(',') ? ',' : '';
        const { cost, repaired } = fit(part, comma === '' ? said : said.slice(0, -1), slots);
        if (from.cost + cost * taken < cell.cost) {
          cell = step(from, cost * taken, `${repaired}${comma}`, cost === 0 && from.begins === index);
        }
      }
      next.push(cell);
    }
    row = next;
  }
  const { cost, begins, repaired } = row[words.length] ?? NOWHERE;
  return { pattern, cost, begins, repaired: repaired.join(' ') };
}

const NOWHERE: Cell = { cost: Infinity, begins: 0, repaired: [] };

function step({ cost, begins, repaired }: Cell, more: number, word: string, right: boolean): Cell {
  return { cost: cost + more, begins: right ? begins + 1 : begins, repaired: [...repaired, word] };
}

function fit(
  part: Part,
  said: string,
  slots: Readonly<Record<string, SlotKind>>,
): { readonly cost: number; readonly repaired: string } {
  if (part.kind === 'slot') {
    const matches = new RegExp(`^(?:${slots[part.name]?.matches ?? ''})$`).test(said);
    return { cost: matches ? 0 : 0.9, repaired: matches ? said : part.name };
  }
  const known = part.kind === 'choice' ? part.words : [textOf(part, slots)];
  const costs = known.map((word) =>
    Math.min(0.95, lettersApart(word, said) / Math.max(word.length, said.length)),
  );
  const least = Math.min(...costs);
  return { cost: least, repaired: known[costs.indexOf(least)] ?? '' };
}

function textOf(part: Part, slots: Readonly<Record<string, SlotKind>>): string {
  switch (part.kind) {
    case 'word':
      return part.text;
    case 'slot':
      return part.name in slots ? part.name : '';
    case 'choice':
      return part.words[0] ?? '';
    case 'optional':
      return '';
  }
}
