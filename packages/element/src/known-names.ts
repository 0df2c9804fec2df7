import { closest, distance } from 'fastest-levenshtein';

/** The known word that a misspelt one was probably meant to be; undefined: none is near. */
export function nearestWord(word: string, known: Iterable<string>): string | undefined {
  const words = [...known];
  if (words.length === 0 || word === '' || word.length > MAX_WORD) {
    return undefined;
  }
  const near = closest(
    word.toLowerCase(),
    words.map((one) => one.toLowerCase()),
  );
  const found = words.find((one) => one.toLowerCase() === near);
  // a third of the letters may be wrong, and two may have changed places: more would be another word
  const letters = Math.max(word.length, near.length);
  const atMost = letters < 4 ? 1 : Math.max(2, Math.floor(letters / 3));
  return distance(word.toLowerCase(), near) <= atMost ? found : undefined;
}

/** ``; did you mean `subscribers`?``, or nothing where no known word is near. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const near = nearestWord(word, known);
  return near === undefined || near === word ? '' : `; did you mean \`${near}\`?`;
}

/** How many letters of a word would have to be changed, put in or taken out for it to be the other. */
export function lettersApart(word: string, other: string): number {
  return distance(word, other);
}

const MAX_WORD = 200;
