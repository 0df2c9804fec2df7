import { translateEre } from './ere.js';

/** A NAPTR's regexp made ready; gives the result for a string, or undefined where it does not match. */
export type Substitution = (text: string) => string | undefined;

/** One byte of length in the record (RFC 3403 4.1). */
const MAX_EXPRESSION_LENGTH = 255;
/** A number with its plus sign; what `ere.ts` lets through is bounded for no more than that. */
const MAX_SUBJECT_LENGTH = 16;
const MAX_RESULT_LENGTH = 1024;

/**
 * Reads `delim ere delim repl delim flags` (RFC 3402 3.2): any delimiter but a digit, `i` and the backslash, escaped
 * by a backslash where it stands for itself; back references \1 to \9; the flag `i`. Undefined for what is not
 * well-formed. The expression takes texts of up to 16 characters; the result is the replacement alone: what an ERE
 * without anchors leaves unmatched is not kept, as other ENUM clients have it.
 */
export function readSubstitution(expression: string): Substitution | undefined {
  if (expression.length > MAX_EXPRESSION_LENGTH) return undefined;
  const delimiter = expression[0];
  if (delimiter === undefined || '123456789iI\\\0'.includes(delimiter)) return undefined;
  const fields = splitFields(expression, delimiter);
  const [pattern, replacement, flags] = fields;
  if (fields.length !== 3 || pattern === undefined || replacement === undefined || flags === undefined)
    return undefined;
  if (flags.text !== '' && flags.text.toLowerCase() !== 'i') return undefined;
  const ere = translateEre(pattern.text, flags.text !== '', pattern.unescaped);
  const parts = ere && replacementParts(replacement.text, replacement.unescaped, ere.groups);
  if (ere === undefined || parts === undefined) return undefined;
  return (text) => {
    const match = text.length <= MAX_SUBJECT_LENGTH ? ere.regExp.exec(text) : null;
    if (match === null) return undefined;
    let result = '';
    for (const part of parts) result += typeof part === 'number' ? (match[part] ?? '') : part;
    return result.length <= MAX_RESULT_LENGTH ? result : undefined;
  };
}

interface Field {
  readonly text: string;
  /** Where an escaped delimiter stood: the character there is meant as itself. */
  readonly unescaped: ReadonlySet<number>;
}

function splitFields(expression: string, delimiter: string): Field[] {
  const fields: Field[] = [];
  let text = '';
  let unescaped = new Set<number>();
  for (let i = 1; i < expression.length; i++) {
    const character = expression[i] as string;
    const next = expression[i + 1];
    if (character === '\\' && next === delimiter) {
      unescaped.add(text.length);
      text += next;
      i++;
    } else if (character === '\\' && next !== undefined) {
      text += character + next;
      i++;
    } else if (character === delimiter) {
      fields.push({ text, unescaped });
      text = '';
      unescaped = new Set();
    } else {
      text += character;
    }
  }
  return [...fields, { text, unescaped }];
}

/** Text and numbers of back references; undefined for one to a group that is not there. */
function replacementParts(
  replacement: string,
  literal: ReadonlySet<number>,
  groups: number,
): (string | number)[] | undefined {
  const parts: (string | number)[] = [];
  let text = '';
  for (let i = 0; i < replacement.length; i++) {
    const character = replacement[i] as string;
    if (character !== '\\' || literal.has(i)) {
      text += character;
      continue;
    }
    const next = replacement[++i];
    if (next === undefined) return undefined;
    if (next >= '1' && next <= '9') {
      if (Number(next) > groups) return undefined;
      parts.push(text, Number(next));
      text = '';
    } else {
      text += next;
    }
  }
  return [...parts, text];
}
