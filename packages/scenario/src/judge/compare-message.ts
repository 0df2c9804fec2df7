import { headerKey, type SipMessage, values } from '@ims-sim/sip';
import type { ExpectedMessage } from '../expected-message.js';
import type { BodyExpectation, HeaderExpectation } from '../flow.js';
import { compareBody } from './compare-body.js';
import { compareRequestUri, type Context } from './compare-uri.js';
import { compareValue } from './compare-value.js';
import { REMAINING, withTimesOf } from './running-time.js';
import { headerName } from './header-name.js';
import { matchPattern } from './user-pattern.js';

/** Why an empty header differs where there is nothing to hold it against. */
export const NOTHING_BEFORE = 'the message that it must be like did not come';

/** What an empty header must be like, where the message before has none. */
const UNKNOWN_BEFORE = 'a value, as the message before is to have one';

/** One header (or the start line, the body, the order) that is not as the table has it. */
export interface Difference {
  readonly where: string;
  readonly expected: string;
  readonly got: string;
  readonly why: string;
  /** In a body: how many lines of the table's lie before the one that differs. */
  readonly bodyRow?: number | undefined;
  /** The message before had it so already: the step where it went wrong, and who wrote that one. */
  readonly since?: { readonly step: number; readonly by: string } | undefined;
}

export interface CompareOptions extends Context {
  /** What the empty headers of the table refer to. */
  readonly before?: SipMessage | undefined;
  /** The table of that message. */
  readonly beforeExpected?: ExpectedMessage | undefined;
  /** Whether a response has nothing that the table has not. */
  readonly strictResponses?: boolean | undefined;
  /** How long the flow has lasted, in whole seconds: by so much may a time that runs differ from the table's. */
  readonly lastedS?: number | undefined;
  /** What headers must be beside or in place of what the table says, by name as written. */
  readonly headers?: ReadonlyMap<string, HeaderExpectation> | undefined;
  /** What the body must be in place of what the table prints. */
  readonly body?: BodyExpectation | undefined;
}

/** Every difference between the table's message and the one on the wire. */
export function compareMessage(
  expected: ExpectedMessage,
  actual: SipMessage,
  options: CompareOptions,
): Difference[] {
  const differences = startLine(expected, actual, options);
  const told = new Set<string>();
  for (const [name, expectation] of options.headers ?? []) {
    told.add(headerKey(name));
    differences.push(...compareTold(name, expectation, actual));
  }
  for (const [key, { name, values: table }] of expected.headers) {
    const difference = told.has(key) ? undefined : compareHeader(key, name, table, actual, options);
    if (difference) {
      differences.push(difference);
    }
  }
  const unlisted = unlistedHeaders(expected, actual, options).filter(
    ({ where }) => !told.has(headerKey(where)),
  );
  return [...differences, ...unlisted, ...compareBody(expected.body, actual, NOTHING_BEFORE, options)];
}

function startLine(expected: ExpectedMessage, actual: SipMessage, context: Context): Difference[] {
  const { start } = expected;
  if (start.kind === 'request' && actual.kind === 'request') {
    const why =
      start.method === actual.method
        ? compareRequestUri(start.uri, actual.uri, context)
        : `method ${actual.method}`;
    return why === undefined ? [] : [{ where: 'Request-URI', expected: start.uri, got: actual.uri, why }];
  }
  if (start.kind === 'response' && actual.kind === 'response') {
    const [e, a] = [`${start.status} ${start.reason}`, `${actual.status} ${actual.reason}`];
    return e === a ? [] : [{ where: 'Status-Line', expected: e, got: a, why: 'another status or phrase' }];
  }
  return [
    { where: 'start line', expected: start.kind, got: actual.kind, why: 'not the same kind of message' },
  ];
}

/** What the scenario says of a header apart from the table. */
function compareTold(name: string, expectation: HeaderExpectation, actual: SipMessage): Difference[] {
  const all = values(actual, headerKey(name));
  const got = all.join(', ');
  switch (expectation.kind) {
    case 'absent':
      return all.length === 0 ? [] : [{ where: name, expected: '(absent)', got, why: 'must not be there' }];
    case 'any':
      return all.length > 0 ? [] : [{ where: name, expected: '(any value)', got: '', why: 'missing' }];
    case 'matches': {
      // A header that is not there is as an empty one: a pattern that has it so makes it optional.
      const result = matchPattern(expectation.pattern, got);
      const why =
        result.kind === 'unusable' ? result.why : all.length === 0 ? 'missing' : 'does not match the pattern';
      return result.kind === 'matches'
        ? []
        : [{ where: name, expected: `/${expectation.pattern}/`, got, why }];
    }
  }
}

function compareHeader(
  key: string,
  name: string,
  table: readonly string[],
  actual: SipMessage,
  options: CompareOptions,
): Difference | undefined {
  const got = values(actual, key);
  if (key === 'content-length') {
    return contentLength(name, table[0] ?? '', actual);
  }
  if (got.length === 0) {
    return { where: name, expected: describe(table, key, options.before), got: '', why: 'missing' };
  }
  // A table may give a header twice, each line a value of its own; one line may have several values.
  const expected =
    table.length === 1 ? table : table.map((value, i) => value || (earlier(key, options.before)[i] ?? ''));
  const why =
    expected.length === 1 && expected[0] === ''
      ? unchanged(key, actual, options.before)
      : compareValue(
          key,
          expected.join(', '),
          key === 'subscription-state' ? settled(expected, got, options) : got.join(', '),
          options,
        );
  return why === undefined
    ? undefined
    : { where: name, expected: describe(table, key, options.before), got: got.join(', '), why };
}

/** RFC 6665 4.1.3: `expires` is what remains. */
function settled(
  expected: readonly string[],
  got: readonly string[],
  { lastedS = 0 }: CompareOptions,
): string {
  return withTimesOf(expected.join(', '), got.join(', '), REMAINING, lastedS);
}

function earlier(key: string, before: SipMessage | undefined): readonly string[] {
  return before ? values(before, key) : [];
}

function unchanged(key: string, actual: SipMessage, before: SipMessage | undefined): string | undefined {
  if (!before) {
    return NOTHING_BEFORE;
  }
  return values(actual, key).join(', ') === earlier(key, before).join(', ')
    ? undefined
    : 'not as in the message before';
}

function describe(table: readonly string[], key: string, before: SipMessage | undefined): string {
  return table.map((value, i) => value || (earlier(key, before)[i] ?? UNKNOWN_BEFORE)).join(', ');
}

/** `(...)` and an empty value mean: as long as the body is (RFC 3261 20.14). */
function contentLength(name: string, table: string, actual: SipMessage): Difference | undefined {
  const got = values(actual, 'content-length')[0] ?? '';
  const expected = /^\d+$/.test(table) ? table : String(actual.body.length);
  return got === expected
    ? undefined
    : { where: name, expected, got, why: got === '' ? 'missing' : 'not the length of the body' };
}

/**
 * Requests have nothing that the table has not; responses may, as long as it stays the same from hop to hop and no table before
 * has it.
 */
function unlistedHeaders(
  expected: ExpectedMessage,
  actual: SipMessage,
  { before, beforeExpected, strictResponses }: CompareOptions,
): Difference[] {
  const found: Difference[] = [];
  const sameMessage = before?.kind === actual.kind;
  // What the table before has and this one has not, the hop between them takes off.
  const takenOff = (key: string): boolean => beforeExpected?.headers.has(key) === true;
  const keys = new Set(actual.headers.map((header) => header.key));
  for (const key of keys) {
    if (expected.headers.has(key)) {
      continue;
    }
    const got = values(actual, key).join(', ');
    if (actual.kind === 'request' || strictResponses === true || (sameMessage && takenOff(key))) {
      found.push({ where: headerName(key), expected: '', got, why: 'not in the table' });
    } else if (sameMessage && got !== earlier(key, before).join(', ')) {
      found.push({
        where: headerName(key),
        expected: earlier(key, before).join(', '),
        got,
        why: 'not as in the message before',
      });
    }
  }
  if (
    sameMessage &&
    actual.kind === 'response' &&
    before.kind === 'response' &&
    before.status === actual.status
  ) {
    for (const { key } of before.headers) {
      if (!keys.has(key) && !expected.headers.has(key) && !takenOff(key)) {
        found.push({
          where: headerName(key),
          expected: earlier(key, before).join(', '),
          got: '',
          why: 'lost on the way',
        });
      }
    }
  }
  return found;
}
