import { type Context, createContext, Script } from 'node:vm';

/** Of a value that a pattern is held against. */
const MAX_CHARACTERS = 65_535;
/** How long one match may take: a pattern of a scenario is a stranger's, and backtracking may take for ever. */
const MAX_MS = 250;
/** Of it so much must have been a processor's, or the wall clock ran on without us: then it gets twice as long, up to `MAX_WALL_MS`. */
const MIN_CPU_US = 200_000;
const MAX_WALL_MS = 4000;

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
 * A stranger's regular expression (ECMAScript's, without flags unless told) on a text, in 250 ms at most (of a processor that is ours): one that takes longer is `unusable`,
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
  const before = process.cpuUsage();
  for (let limitMs = MAX_MS; ; limitMs *= 2) {
    const found = matchWithin(context, limitMs);
    if (found !== 'late') {
      return found === null ? { kind: 'differs' } : { kind: 'matches', groups: [...found] };
    }
    // The limit of `vm` is one of the wall clock: on a busy machine it may pass without a turn for the pattern.
    if (process.cpuUsage(before).user >= MIN_CPU_US || limitMs >= MAX_WALL_MS) {
      return { kind: 'unusable', why: `the pattern takes more than ${MAX_MS} ms` };
    }
  }
}

function matchWithin(within: Context, timeout: number): RegExpExecArray | null | 'late' {
  try {
    return MATCH.runInContext(within, { timeout }) as RegExpExecArray | null;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') {
      return 'late';
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
