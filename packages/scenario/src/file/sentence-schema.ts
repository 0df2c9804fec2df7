import { type CompiledForm, type Grammar, type Part, partsOf, type SlotKind } from './sentence.js';

type JsonSchema = Record<string, unknown>;

/** What editors offer where a sentence can stand: `body` is a snippet as VS Code's, in which `${1:ACTOR}` is the first place to fill in. */
export interface Snippet {
  readonly label: string;
  readonly description: string;
  readonly sortText: string;
  readonly body: string;
}

/** The JSON Schema of a sentence as a text. What a misspelt one is told is that of the forms with its verb, not of the first form. */
export function sentenceSchema<Said>(grammar: Grammar<Said>, what: string): JsonSchema {
  const groups = byVerb(grammar);
  const [{ example } = { example: '' }] = grammar.forms;
  const begin = [...groups.values()].map(({ begins }) => `(?:${begins})`).join('|');
  return {
    title: `${what} as a sentence`,
    type: 'string',
    examples: grammar.forms.map((form) => form.example),
    errorMessage: `expected ${what}, such as \`${example}\``,
    pattern: begin,
    patternErrorMessage: `there is no such sentence; ${what} says one of: ${[...groups.keys()].join(', ')}`,
    allOf: [...groups.values()].map(({ begins, forms }) => ({
      if: { pattern: begins },
      then: {
        pattern: forms.map(({ jsonPattern }) => `(?:${jsonPattern})`).join('|'),
        patternErrorMessage: `expected ${forms.map(({ pattern }) => `\`${pattern}\``).join(' or ')}`,
      },
    })),
  };
}

/** The JSON Schema of a sentence with options below its colon. */
export function optionsSchema<Said extends object>(
  { forms }: Grammar<Said>,
  what: string,
  optionsOf: (said: Said) => JsonSchema,
): JsonSchema {
  return {
    title: `${what} as a sentence, and more that is to be said below its colon`,
    type: 'object',
    minProperties: 1,
    maxProperties: 1,
    patternProperties: Object.fromEntries(
      forms.map((form) => {
        const found = form.regex.exec(form.example);
        const options = optionsOf(form.to(found?.groups ?? {}));
        // several sentences begin alike: what is said of one of them must not be refused by another
        return [
          form.jsonPattern,
          { description: form.about, anyOf: [options, { type: ['null', 'string', 'number'] }] },
        ];
      }),
    ),
    additionalProperties: false,
  };
}

/** One for each form: what it cannot do without, with a place to fill in for each slot; what may be added is described. */
export function snippetsOf<Said>({ forms, slots }: Grammar<Said>): Snippet[] {
  const byLabel = new Map<string, Snippet>();
  for (const { pattern, about, example, below = '' } of forms) {
    const parts = partsOf(pattern, slots).filter(({ kind }) => kind !== 'optional');
    const label = parts.map(labelOf).join(' ');
    if (!byLabel.has(label)) {
      byLabel.set(label, {
        label,
        description: `${about}\n\n\`${pattern}\`, such as \`${example}\``,
        // before the keys of mappings, in the order of the reference
        sortText: ` ${String(byLabel.size).padStart(2, '0')}`,
        body: `${snippetBody(parts, slots)}${below}`,
      });
    }
  }
  return [...byLabel.values()];
}

function labelOf(part: Part): string {
  switch (part.kind) {
    case 'word':
      return part.text;
    case 'slot':
      return part.name;
    case 'choice':
      return part.words.join('|');
    case 'optional':
      return '';
  }
}

function snippetBody(parts: readonly Part[], slots: Readonly<Record<string, SlotKind>>): string {
  let place = 0;
  const texts: string[] = [];
  for (const part of parts) {
    switch (part.kind) {
      case 'word':
        texts.push(part.text);
        break;
      case 'choice':
        texts.push(`\${${++place}|${part.words.join(',')}|}`);
        break;
      case 'slot':
        texts.push(placeOf(part.name, ++place, slots[part.name]));
        break;
      case 'optional':
        break;
    }
  }
  return texts.join(' ');
}

function placeOf(name: string, place: number, slot: SlotKind | undefined): string {
  if (slot?.oneOf !== undefined) {
    return `\${${place}|${slot.oneOf.join(',')}|}`;
  }
  // what has to stand in quotes has them
  const quoted = slot?.matches.startsWith('"') === true && slot.matches.endsWith('"');
  return quoted ? `"\${${place}:${name}}"` : `\${${place}:${name}}`;
}

interface Group<Said> {
  /** What a sentence of these forms begins with. */
  readonly begins: string;
  readonly forms: CompiledForm<Said>[];
}

/** The forms by their first word that is not the writer's. */
function byVerb<Said>({ forms, slots }: Grammar<Said>): ReadonlyMap<string, Group<Said>> {
  const groups = new Map<string, Group<Said>>();
  for (const form of forms) {
    const [first, second] = partsOf(form.pattern, slots);
    const led = first?.kind === 'slot';
    const word = led ? second : first;
    const verb = word?.kind === 'word' ? word.text : '';
    const known = groups.get(verb);
    if (known === undefined) {
      groups.set(verb, { begins: `^\\s*${led ? '\\S+\\s+' : ''}${verb}(?:[\\s,]|$)`, forms: [form] });
    } else {
      known.forms.push(form);
    }
  }
  return groups;
}
