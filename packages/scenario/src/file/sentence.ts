/**
 * One form of sentence. In `pattern` a word in capitals that `slots` has stands for what the writer puts there, `[...]` may be left
 * out, `(a|b)` is one of several; a part that may be left out can begin with a comma. `to` makes the mapping that says the same.
 */
export interface SentenceForm<Said> {
  readonly pattern: string;
  readonly example: string;
  /** For the reference: what comes of it. */
  readonly about: string;
  /** What has to stand below its colon, as an editor's snippet continues the sentence. */
  readonly below?: string;
  to(slots: Slots): Said;
}

/** What stood in the place of each slot, and each single word that may be left out; what was left out is undefined. */
export type Slots = Readonly<Record<string, string | undefined>>;

/** What may stand in the place of a slot, and how that is called. */
export interface SlotKind {
  readonly matches: string;
  readonly name: string;
  /** The words that it takes, where these are few. */
  readonly oneOf?: readonly string[];
  /** What of a word or two that it does not take was meant to be one; unless told, any word. */
  readonly attempt?: RegExp;
}

export interface Grammar<Said> {
  readonly forms: readonly CompiledForm<Said>[];
  readonly slots: Readonly<Record<string, SlotKind>>;
  /** What a slot takes, and nothing else. */
  readonly slotRegexes: ReadonlyMap<string, RegExp>;
}

export interface CompiledForm<Said> extends SentenceForm<Said> {
  readonly regex: RegExp;
  /** As JSON Schema takes it. */
  readonly jsonPattern: string;
}

export function grammarOf<Said>(
  forms: readonly SentenceForm<Said>[],
  slots: Readonly<Record<string, SlotKind>>,
): Grammar<Said> {
  return {
    slots,
    slotRegexes: new Map(
      Object.entries(slots).map(([name, { matches }]) => [name, new RegExp(`^(?:${matches})$`)]),
    ),
    forms: forms.map((form) => ({
      ...form,
      regex: new RegExp(compiled(form.pattern, slots, (name, matches) => `(?<${name}>${matches})`)),
      jsonPattern: compiled(form.pattern, slots, (_, matches) => `(?:${matches})`),
    })),
  };
}

/** What a sentence says, by the first form that it has; undefined: by none. */
export function understood<Said>(
  sentence: string,
  { forms }: Grammar<Said>,
): { readonly form: CompiledForm<Said>; readonly said: Said } | undefined {
  if (sentence.length > MAX_SENTENCE) {
    return undefined;
  }
  for (const form of forms) {
    const found = form.regex.exec(sentence);
    if (found) {
      return { form, said: form.to(found.groups ?? {}) };
    }
  }
  return undefined;
}

/** A message that somebody says in a sentence is short; a longer one is a file. */
export const MAX_SENTENCE = 4000;

/** The parts of a pattern: words that stand as they are, slots, what may be left out, and one of several. */
export type Part =
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'slot'; readonly name: string }
  | { readonly kind: 'optional'; readonly pattern: string }
  | { readonly kind: 'choice'; readonly words: readonly string[] };

export function partsOf(pattern: string, slots: Readonly<Record<string, SlotKind>>): Part[] {
  const parts: Part[] = [];
  for (const [, optional, choice, plain = ''] of pattern.matchAll(
    /\[,?\s*([^\]]*)\]|\(([^)]*)\)|([^\s[(]+)/g,
  )) {
    if (optional !== undefined) {
      parts.push({ kind: 'optional', pattern: optional });
    } else if (choice !== undefined) {
      parts.push({ kind: 'choice', words: choice.split('|') });
    } else {
      parts.push(plain in slots ? { kind: 'slot', name: plain } : { kind: 'word', text: plain });
    }
  }
  return parts;
}

function compiled(
  pattern: string,
  slots: Readonly<Record<string, SlotKind>>,
  group: (name: string, matches: string) => string,
): string {
  const regexOf = (part: Part): string => {
    switch (part.kind) {
      case 'word':
        return escaped(part.text);
      case 'slot':
        return group(part.name, slots[part.name]?.matches ?? '');
      case 'choice':
        return `(?:${part.words.map(escaped).join('|')})`;
      case 'optional': {
        const within = partsOf(part.pattern, slots);
        const [only] = within;
        // a word that may be left out says something by being there
        const regex =
          within.length === 1 && only?.kind === 'word'
            ? group(only.text, escaped(only.text))
            : within.map(regexOf).join('\\s+');
        return `(?:,?\\s+${regex})?`;
      }
    }
  };
  return (
    partsOf(pattern, slots).reduce(
      (all, part, index) => `${all}${index === 0 || part.kind === 'optional' ? '' : '\\s+'}${regexOf(part)}`,
      '^\\s*',
    ) + '\\s*$'
  );
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
