import { z } from 'zod';
import { didYouMean } from './known-names.js';

/**
 * Makes what schemas say of a file the user's own words: `expected a whole number, got 0.5`. For each kind of issue that the library
 * has; a schema's own message goes before.
 */
export function speakPlainly(): void {
  z.config({ customError: wordsOf });
}

/** What an issue says: what was expected, what is there instead, and the nearest of the words that there are. */
export function wordsOf(issue: z.core.$ZodRawIssue): string {
  const { input } = issue;
  switch (issue.code) {
    case 'invalid_type':
      return instead(TYPES[issue.expected] ?? issue.expected, input);
    case 'invalid_value': {
      const values = issue.values.map(String);
      const near = typeof input === 'string' ? didYouMean(input, values) : '';
      return `${instead(oneOf(values), input)}${near}`;
    }
    case 'too_small':
      return instead(
        `${issue.inclusive === false ? 'more than' : 'at least'} ${amount(issue, issue.minimum)}`,
        input,
      );
    case 'too_big':
      return instead(
        `${issue.inclusive === false ? 'less than' : 'at most'} ${amount(issue, issue.maximum)}`,
        input,
      );
    case 'not_multiple_of':
      return instead(`a multiple of ${issue.divisor}`, input);
    case 'invalid_format':
      return instead(
        issue.pattern === undefined ? `a text of the form ${issue.format}` : `a text like ${issue.pattern}`,
        input,
      );
    case 'unrecognized_keys':
      return `unknown key ${issue.keys.join(', ')}`;
    case 'invalid_key':
    case 'invalid_element':
      return issue.issues[0]?.message ?? `not as expected: ${got(input)}`;
    case 'invalid_union': {
      const expected = issue.errors.flatMap((errors) =>
        errors.flatMap(({ path, message }) => ofTheWhole(path, message)),
      );
      return expected.length === 0
        ? `not as expected: ${got(input)}`
        : instead([...new Set(expected)].join(', or '), input);
    }
    default:
      return `not as expected: ${got(input)}`;
  }
}

const MISSING = 'missing: expected ';

/** Whether these words say that something is not there at all. */
export function isMissing(words: string): boolean {
  return words.startsWith(MISSING);
}

function instead(expected: string, input: unknown): string {
  return input === undefined ? `${MISSING}${expected}` : `expected ${expected}, got ${got(input)}`;
}

/** What an alternative of a union expects in place of the whole. */
function ofTheWhole(path: readonly PropertyKey[], words: string): string[] {
  const [, expected] = /^(?:missing: )?expected (.*?)(?:, got .*)?$/s.exec(words) ?? [];
  return path.length > 0 || expected === undefined ? [] : [expected];
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  null: 'nothing',
  never: 'nothing',
};

function oneOf(values: readonly string[]): string {
  return values.length < 2 ? values.join('') : `${values.slice(0, -1).join(', ')} or ${values.at(-1) ?? ''}`;
}

function amount({ origin }: { readonly origin: string }, bound: number | bigint): string {
  const [one, many] = UNITS[origin] ?? [];
  return one === undefined || many === undefined
    ? String(bound)
    : `${bound} ${Number(bound) === 1 ? one : many}`;
}

const ENTRIES = ['entry', 'entries'] as const;
const UNITS: Readonly<Record<string, readonly [one: string, many: string]>> = {
  string: ['character', 'characters'],
  array: ENTRIES,
  map: ENTRIES,
  set: ENTRIES,
};

const MAX_SHOWN = 60;

/** A value of a file as its writer would call it. */
function got(input: unknown): string {
  switch (typeof input) {
    case 'string':
      return input === ''
        ? 'an empty text'
        : `\`${input.length > MAX_SHOWN ? `${input.slice(0, MAX_SHOWN)}…` : input}\``;
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(input);
    case 'object':
      return input === null ? 'nothing' : Array.isArray(input) ? 'a list' : 'a mapping';
    default:
      return 'something else';
  }
}
