import { type Context, createContext, Script } from 'node:vm';

/** Of a value that a pattern is held against. */
const MAX_CHARACTERS = 65_535;
/** How long one match may take: a pattern of a scenario is a stranger's, and backtracking may take for ever. */
const MAX_MS = 250;

const MATCH = new Script('pattern.exec(text)');
const inputs: { pattern?: RegExp; text?: string } = {};
/** Made on first use: it takes longer than a match. */
let context: Context | undefined;

export type PatternResult =
  | { readonly kind: 'matches'; readonly groups: readonly (string | undefined)[] }
  | { readonly kind: 'differs' }
  /** What is wrong with the pattern, for a reader. */
  | { readonly kind: 'unusable'; readonly why: string };

/**
 * A stranger's regular expression (ECMAScript's, without flags unless told) on a text, in 250 ms at most: one that takes longer is `unusable`,
 * and so is one that is none. `groups`: the whole match, then its groups. Unanchored, as written.
 */
export function matchPattern(source: string, text: string, flags = ''): PatternResult {
  const flaw = patternFlaw(source);
  if (flaw !== undefined) {
    return { kind: 'unusable', why: flaw };
  }
  if (text.length > MAX_CHARACTERS) {
    return { kind: 'unusable', why: `a value of more than ${MAX_CHARACTERS} characters` };
  }
  // Time, not the form of the pattern, is what bounds it: no rule about nested quantifiers catches every slow one.
  inputs.pattern = new RegExp(source, flags);
  inputs.text = text;
  context ??= createContext(inputs);
  try {
    const found = MATCH.runInContext(context, { timeout: MAX_MS }) as RegExpExecArray | null;
    return found === null ? { kind: 'differs' } : { kind: 'matches', groups: [...found] };
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') {
      return { kind: 'unusable', why: `the pattern takes more than ${MAX_MS} ms` };
    }
    throw error;
  }
}

/** What is wrong with a regular expression; undefined where it is one. */
export function patternFlaw(source: string): string | undefined {
  try {
    new RegExp(source);
    return undefined;
  } catch (error) {
    return (error as { message: string }).message;
  }
}
