import { headerKey } from '@ims-sim/sip';
import { compareRequestUri, compareBodyText, type Context } from './compare-uri.js';
import { compareValue } from './compare-value.js';

/** The lines of a body, whatever ends them. */
export function linesOf(body: string): string[] {
  return body.trimEnd().split(/\r?\n/);
}

/** Where two bodies differ first: how many lines of the expected one lie before it, and how. */
export interface BodyDifference {
  readonly row: number;
  readonly why: string;
}

/** Line by line; undefined where they say the same, symbols taken for what they stand for. */
export function compareLines(
  expected: string,
  actual: string,
  context: Context,
  compare: (expected: string, actual: string) => string | undefined = (e, a) =>
    compareBodyText(e.trimEnd(), a.trimEnd(), context),
): BodyDifference | undefined {
  const [e, a] = [linesOf(expected), linesOf(actual)];
  for (const [index, line] of e.entries()) {
    const other = a[index];
    const why = other === undefined ? 'not there' : compare(line, other);
    if (why !== undefined) {
      return { row: index, why: `line ${index + 1}: expected \`${line}\`, got \`${other ?? ''}\`: ${why}` };
    }
  }
  const more = a[e.length];
  return more === undefined
    ? undefined
    : { row: e.length - 1, why: `line ${e.length + 1}: not expected: \`${more}\`` };
}

/** RFC 3420: a piece of a SIP message, its headers as those of a table. */
export function compareSipfrag(
  expected: string,
  actual: string,
  context: Context,
): BodyDifference | undefined {
  return compareLines(expected, actual, context, (e, a) => {
    const [line, other] = [split(e), split(a)];
    if (line === undefined || other === undefined) {
      return compareStart(e.trimEnd(), a.trimEnd(), context);
    }
    return line.key === other.key
      ? compareValue(line.key, line.value, other.value, context)
      : 'another header';
  });
}

function split(line: string): { readonly key: string; readonly value: string } | undefined {
  const [, name, value] = /^([\w.!%*+`'~-]+)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
  return name === undefined || value === undefined ? undefined : { key: headerKey(name), value };
}

function compareStart(expected: string, actual: string, context: Context): string | undefined {
  const [e, a] = [expected, actual].map((line) => /^([A-Z]+) (\S+) SIP\/2\.0$/.exec(line));
  return e && a && e[1] === a[1]
    ? compareRequestUri(e[2] ?? '', a[2] ?? '', context)
    : compareBodyText(expected, actual, context);
}
