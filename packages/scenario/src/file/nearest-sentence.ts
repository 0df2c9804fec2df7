import { nearestIn, type Candidate, wordsOf, type WrongSlot } from './sentence-distance.js';
import { type Grammar, MAX_SENTENCE, understood } from './sentence.js';
import type { Surroundings } from './surroundings.js';

const MAX_EXPLAINED = 20;
const MAX_SHOWN = 4;
const MAX_WORDS = 30;
const MAX_NAMED = 20;

/**
 * Why a sentence is not understood: the forms that it comes nearest to; of the nearest, what is wrong with a slot, or else the sentence as
 * it would be taken. After so many complaints (`already`) that nobody sees the next, nothing is looked for.
 */
export function notUnderstood<Said>(
  sentence: string,
  grammar: Grammar<Said>,
  surroundings: Surroundings<Said>,
  already = 0,
): string {
  if (already > MAX_EXPLAINED) {
    return `not understood: \`${sentence.slice(0, 200)}\``;
  }
  if (sentence.length > MAX_SENTENCE) {
    return `not understood: longer than ${MAX_SENTENCE} characters`;
  }
  const words = wordsOf(sentence);
  const candidates = words.length > MAX_WORDS ? [] : nearestIn(words, grammar, surroundings);
  const shown = alike(candidates).slice(0, MAX_SHOWN);
  const [nearest] = shown;
  const expected = shown.length > 0 ? shown : grammar.forms.slice(0, MAX_SHOWN);
  const meant = nearest === undefined ? '' : meantBy(nearest, sentence, words.length, grammar, surroundings);
  return `not understood: \`${sentence}\`; expected such as ${expected.map(({ pattern }) => `\`${pattern}\``).join(', ')}${meant}`;
}

/** Those with the same verb, else those that begin alike, the nearest first. */
function alike(candidates: readonly Candidate[]): readonly Candidate[] {
  const most = Math.max(1, ...candidates.map(({ begins }) => begins));
  // `subscribes` is not a misspelt `unsubscribes`
  const groups = [
    candidates.filter(({ verb }) => verb === 'there'),
    candidates.filter(({ verb }) => verb === 'misspelt'),
    candidates.filter(({ begins }) => begins === most),
  ];
  return [...(groups.find((group) => group.length > 0) ?? [])].sort((a, b) => a.cost - b.cost);
}

function meantBy<Said>(
  { verb, wrong, cost, repaired }: Candidate,
  sentence: string,
  words: number,
  grammar: Grammar<Said>,
  surroundings: Surroundings<Said>,
): string {
  if (wrong.length > 0) {
    return verb !== 'missing'
      ? wrong.map((one) => `; ${wrongSlot(one, grammar, surroundings)}`).join('')
      : '';
  }
  if (cost > Math.max(1, words / 3)) {
    return '';
  }
  // a comma stands only before what may be left out
  const taken = [repaired, repaired.replaceAll(', ', ' ')].find((text) => {
    const said = text === sentence ? undefined : understood(text, grammar)?.said;
    return said !== undefined && surroundings.accepts(said);
  });
  return taken === undefined ? '' : `; did you mean \`${taken}\`?`;
}

/** `7200 parsecs: expected a time such as 7200 s`. */
function wrongSlot<Said>(
  { slot, said }: WrongSlot,
  { slots }: Grammar<Said>,
  surroundings: Surroundings<Said>,
): string {
  const { words, others } = surroundings.names(slot) ?? { words: [], others: true };
  const named = others || words.length > MAX_NAMED ? '' : `: ${words.join(', ')}`;
  const expected = `${slots[slot]?.name ?? slot}${named}`;
  return said === undefined ? `missing: ${slot}, ${expected}` : `${said}: expected ${expected}`;
}
