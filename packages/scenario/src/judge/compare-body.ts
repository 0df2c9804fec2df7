import { type SipMessage, valueOf } from '@ims-sim/sip';
import { xmlDifference } from '@ims-sim/presence';
import type { CompareOptions, Difference } from './compare-message.js';
import { compareSdp } from './compare-sdp.js';
import { type BodyDifference, compareLines, compareSipfrag } from './compare-text-body.js';
import { compareBodyText, type Context } from './compare-uri.js';
import { IN_REGINFO, withTimesOf } from './running-time.js';
import { matchPattern } from './user-pattern.js';
import { rowOf } from './xml-row.js';

/** How a table prints a body that may be any. */
const ANY = '(...)';

/** Why a body that must be unchanged differs where nothing came before it. */
const UNCHANGED = '(as in the message before)';

/**
 * The body of a table, or what the step says of it apart from the table, and that of a message, by what the media type says of it;
 * symbols are those of the headers.
 */
export function compareBody(
  table: string,
  actual: SipMessage,
  nothingBefore: string,
  options: CompareOptions,
): Difference[] {
  const told = options.body ?? (table === ANY ? { kind: 'any' } : { kind: 'is', text: table });
  const got = Buffer.from(actual.body, 'latin1').toString('utf8');
  const differs = (expected: string, why: string, bodyRow?: number): Difference[] => [
    { where: 'body', expected, got, why, ...(bodyRow !== undefined && { bodyRow }) },
  ];
  switch (told.kind) {
    case 'absent':
      return got === '' ? [] : differs('', 'must not be there');
    case 'any':
      return got === '' ? differs('(any body)', 'missing') : [];
    case 'unchanged': {
      const { before } = options;
      if (before === undefined) {
        return differs(UNCHANGED, nothingBefore);
      }
      const why = got === '' ? 'missing' : 'not as in the message before';
      return got !== '' && actual.body === before.body
        ? []
        : differs(before.body === '' ? UNCHANGED : Buffer.from(before.body, 'latin1').toString('utf8'), why);
    }
    case 'matches': {
      const result = matchPattern(told.pattern, got);
      const why = got === '' ? 'missing' : 'does not match the pattern';
      return result.kind === 'matches'
        ? []
        : differs(`/${told.pattern}/`, result.kind === 'unusable' ? result.why : why);
    }
    case 'is': {
      if (told.text === '') {
        return got === '' ? [] : differs('', 'none in the table');
      }
      const found = got === '' ? { why: 'missing', row: 0 } : difference(told.text, got, actual, options);
      return found === undefined ? [] : differs(told.text, found.why, found.row);
    }
  }
}

function difference(
  expected: string,
  got: string,
  actual: SipMessage,
  options: CompareOptions,
): BodyDifference | undefined {
  const type = (valueOf(actual.headers, 'content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/sdp') {
    return compareSdp(expected, got, options.before?.body, options);
  }
  if (type === 'message/sipfrag') {
    return compareSipfrag(expected, got, options);
  }
  return expected.startsWith('<')
    ? compareXml(expected, withTimesOf(expected, got, IN_REGINFO, options.lastedS ?? 0), options)
    : compareLines(expected, got, options);
}

/** Documents by what they say; undefined where they say the same, symbols taken for what they stand for. */
export function compareXml(expected: string, actual: string, context: Context): BodyDifference | undefined {
  let contradiction: string | undefined;
  const differs = xmlDifference(expected, actual, (e, a) => {
    contradiction = compareBodyText(e, a, context);
    return contradiction === undefined;
  });
  if (differs === undefined) {
    return undefined;
  }
  const said = contradiction === undefined || contradiction === 'another value' ? '' : contradiction;
  const why = [differs.path, differs.what, said].filter((text) => text !== '').join(': ');
  return { row: rowOf(differs.path, expected), why };
}
