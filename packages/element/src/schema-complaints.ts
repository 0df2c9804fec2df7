import type { z } from 'zod';
import { didYouMean, nearestWord } from './known-names.js';
import { definitionOf, keysAt, schemaAt } from './schema-keys.js';
import { isMissing, speakPlainly } from './schema-words.js';

speakPlainly();

/** Something wrong with a file of the user's: where in it, and what would be right. */
export interface Complaint {
  readonly path: readonly string[];
  readonly text: string;
  /** It is about the key that the path ends with, not about its value. */
  readonly ofKey?: boolean | undefined;
  /** Of a misspelt key, the one that was probably meant. */
  readonly meant?: string | undefined;
  /** It is about this line of the text that stands at the path: the first is 0. */
  readonly row?: number | undefined;
}

/**
 * What a schema has against a value, each complaint at its own place: of a union those of the alternative that was meant, a key that
 * nobody knows with the keys that are known there and the nearest of them. `path` is where the value stands in the file.
 */
export function schemaComplaints(
  issues: readonly z.core.$ZodIssue[],
  schema: z.core.$ZodType,
  path: readonly string[] = [],
): Complaint[] {
  const complaints = issues.flatMap((issue) => complaintsOf(issue, schema, path));
  // a key that is misspelt is not missing too
  const misspelt = new Set(
    complaints.flatMap(({ path: at, meant }) =>
      meant === undefined ? [] : [placeKey([...at.slice(0, -1), meant])],
    ),
  );
  return misspelt.size === 0
    ? complaints
    : complaints.filter(({ path: at, ofKey }) => ofKey || !misspelt.has(placeKey(at)));
}

function placeKey(path: readonly string[]): string {
  return path.join('\n');
}

/** The complaint of a key that nobody knows. */
export function unknownKey(key: string, known: readonly string[], path: readonly string[]): Complaint {
  const expected = known.length === 0 ? '' : `: expected one of ${known.join(', ')}`;
  return {
    path: [...path, key],
    text: `unknown key ${key}${expected}${didYouMean(key, known)}`,
    ofKey: true,
    meant: nearestWord(key, known),
  };
}

function complaintsOf(
  issue: z.core.$ZodIssue,
  schema: z.core.$ZodType,
  prefix: readonly string[],
): Complaint[] {
  const own = issue.path.map(String);
  const path = [...prefix, ...own];
  switch (issue.code) {
    case 'unrecognized_keys': {
      const alternatives = keysAt(schema, own);
      return issue.keys.map((key) => {
        const meant = alternatives.find((keys) => nearestWord(key, keys) !== undefined);
        return unknownKey(key, meant ?? [...new Set(alternatives.flat())], path);
      });
    }
    case 'invalid_key':
      // its own issues say why: the host name of an element, a method
      return [{ path, text: issue.issues[0]?.message ?? issue.message, ofKey: true }];
    case 'invalid_union': {
      const alternatives = definitionOf(schemaAt(schema, own) ?? schema).options ?? [];
      const meant = meantBy(issue.errors, alternatives);
      const alternative = meant === undefined ? undefined : alternatives[meant];
      const asAWhole = meant !== undefined && issue.errors[meant]?.some(isOfTheWhole);
      return meant === undefined || alternative === undefined || asAWhole
        ? [{ path, text: ofUnion(issue) }]
        : schemaComplaints(issue.errors[meant] ?? [], alternative, path);
    }
    default:
      return [{ path, text: issue.message }];
  }
}

/** A union's own words, and that nothing is there where each alternative misses it. */
function ofUnion({ errors, message }: z.core.$ZodIssueInvalidUnion): string {
  const isAbsent =
    errors.length > 0 &&
    errors.every((issues) => issues.some(({ path, message: its }) => path.length === 0 && isMissing(its)));
  return isAbsent && !isMissing(message) ? `missing: ${message}` : message;
}

/** Such an issue the union itself says better: it has all that would be right. */
function isOfTheWhole({ path, code }: z.core.$ZodIssue): boolean {
  return path.length === 0 && code !== 'unrecognized_keys' && code !== 'invalid_union';
}

/** The alternative of a union that a value comes nearest to; undefined: it resembles none, or two alike. */
function meantBy(
  errors: readonly (readonly z.core.$ZodIssue[])[],
  alternatives: readonly z.core.$ZodType[],
): number | undefined {
  const costs = errors.map((issues, index) => cost(issues, alternatives[index]));
  const least = Math.min(...costs);
  const found = costs.indexOf(least);
  return least >= NOT_MEANT || costs.lastIndexOf(least) !== found ? undefined : found;
}

const NOT_MEANT = 100;

/** A key left out counts more than a value that is wrong; a misspelt one counts as there. */
function cost(issues: readonly z.core.$ZodIssue[], alternative: z.core.$ZodType | undefined): number {
  const unknown = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : [],
  );
  let sum = 0;
  for (const issue of issues) {
    if (issue.code === 'unrecognized_keys') {
      const known = alternative === undefined ? [] : keysAt(alternative, issue.path.map(String)).flat();
      sum += issue.keys.reduce((all, key) => all + (nearestWord(key, known) === undefined ? 2 : 1), 0);
    } else if (issue.path.length === 0) {
      return issue.code === 'invalid_type' || issue.code === 'invalid_value' ? NOT_MEANT : 1;
    } else {
      const key = String(issue.path[0]);
      const isMisspelt = unknown.some((one) => nearestWord(one, [key]) !== undefined);
      sum += issue.path.length === 1 && !isMisspelt ? 3 : 1;
    }
  }
  return sum;
}
