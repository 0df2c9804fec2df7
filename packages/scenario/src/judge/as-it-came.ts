import { header, headerKey, type SipMessage, values } from '@ims-sim/sip';
import type { ExpectedMessage } from '../expected-message.js';
import type { MessageStep, Step } from '../flow.js';
import type { Difference } from './compare-message.js';
import type { Context } from './compare-uri.js';
import { compareValue } from './compare-value.js';
import type { Found } from './flow-state.js';

/** A message as it is held against a step. */
interface Held {
  readonly step: MessageStep;
  readonly expected: ExpectedMessage;
  readonly message: SipMessage;
}

/** A message that a step was found in, and what is wrong with it. */
interface HeldBefore extends Held {
  readonly known: readonly Difference[];
}

/** What is wrong with a message. */
export interface Told {
  readonly differences: readonly Difference[];
  /** These, and what is wrong since a message before though the table says nothing of it here, or that it is as it was. */
  readonly known: readonly Difference[];
}

/**
 * The differences of a message, those told as such that the message before had already: whoever sent this one passed on what it got, as
 * it should, and is not at fault (RFC 3261 16.6 step 1: a proxy does not touch what it has no reason to). Only where the tables want it
 * passed on: an element that must write a header of its own, or take one off, answers for it. `context` learns nothing.
 */
export function tellAsItCame(
  differences: readonly Difference[],
  held: Held | undefined,
  before: Found | undefined,
  context: Context,
): Told {
  const earlier = heldBefore(before);
  if (held === undefined || earlier === undefined) {
    return { differences, known: differences };
  }
  const told = differences.map((one) => {
    const same = earlier.known.find(({ where }) => sameKey(where, sourceOf(one.where, held, earlier)));
    return same !== undefined && isAsItCame(one.where, held, earlier, context)
      ? passedOn(one, same, earlier)
      : one;
  });
  const isOnlyKept = (where: string): boolean =>
    held.expected.headers.get(headerKey(where))?.values.every((value) => value === '') ?? true;
  const kept = earlier.known
    .filter(({ where }) => isOnlyKept(where) && isPassedOn(where, held, earlier))
    .map((one) => passedOn(one, one, earlier));
  return { differences: told, known: [...told, ...kept] };
}

function heldBefore(before: Found | undefined): HeldBefore | undefined {
  const { step, message, expected, differences: known } = before ?? {};
  return step?.kind !== 'message' || message === undefined || expected === undefined || known === undefined
    ? undefined
    : { step, message, expected, known };
}

function passedOn(one: Difference, earlier: Difference, { step }: Held): Difference {
  const since = earlier.since ?? { step: step.step, by: step.from };
  return { ...one, since, why: `as it came: wrong since step ${since.step}, by ${since.by}` };
}

function isAsItCame(where: string, held: Held, before: Held, context: Context): boolean {
  if (isRouteSet(where, held, before)) {
    return toldOf(held.step, where) === undefined && isOfRecordRoute(held.message, before.message);
  }
  return isOfHops(where, held.step, before.step)
    ? isListPassedOn(headerKey(where), held, before, context)
    : wantsTheSame(where, held, before) && isPassedOn(where, held, before);
}

/** The header of the message before that this one's comes from. */
function sourceOf(where: string, held: Held, before: Held): string {
  return isRouteSet(where, held, before) ? 'record-route' : where;
}

/** The Route of a request within the dialog that the response before has made (RFC 3261 12.1.1, 12.1.2). */
function isRouteSet(where: string, { message }: Held, { message: before }: Held): boolean {
  return headerKey(where) === 'route' && message.kind === 'request' && before.kind === 'response';
}

/** The UAS has the route set in the order of Record-Route, the UAC the other way round. */
function isOfRecordRoute(message: SipMessage, response: SipMessage): boolean {
  const [route, recorded] = [values(message, 'route'), values(response, 'record-route')];
  return isSameList(route, recorded) || isSameList(route, recorded.toReversed());
}

function sameKey(one: string, other: string): boolean {
  return headerKey(one) === headerKey(other);
}

/** Headers to which each hop adds its own value at the front, or takes it off (RFC 3261 16.4, 16.6 steps 4 and 8, 16.7 step 3). */
const OF_HOPS = new Set(['via', 'record-route', 'route', 'path']);

/** What the scenario says of such a header apart from the tables is held to as with any other. */
function isOfHops(where: string, step: Step, stepBefore: Step): boolean {
  return (
    OF_HOPS.has(headerKey(where)) &&
    toldOf(step, where) === undefined &&
    toldOf(stepBefore, where) === undefined
  );
}

/**
 * Whether a hop did to a list what the tables have it do, and no more: as many values put in front, each right by itself, or as many taken
 * off, and the others left as they came.
 */
function isListPassedOn(key: string, held: Held, before: Held, context: Context): boolean {
  const [got, came] = [listOf(key, held.message), listOf(key, before.message)];
  const added = got.length - came.length;
  const [wanted, wantedBefore] = [wantedList(key, held), wantedList(key, before)];
  if (wanted === undefined) {
    return added === 0 && isSameList(got, came); // empty: as in the message before
  }
  if (wantedBefore === undefined || wanted.length - wantedBefore.length !== added) {
    return false;
  }
  const own = got.slice(0, Math.max(0, added));
  return (
    isSameList(got.slice(own.length), came.slice(Math.max(0, -added))) &&
    own.every((value, index) => isRight(key, wanted[index] ?? '', value, context))
  );
}

/** Without what the one who gets a request puts into its top Via (RFC 3261 18.2.1, RFC 3581 4). */
function listOf(key: string, message: SipMessage): string[] {
  const all = values(message, key);
  return key === 'via' ? all.map((via) => via.replace(IN_TRANSIT, '')) : all;
}

const IN_TRANSIT = /;\s*(?:received|rport)\s*(?:=[^;]*)?(?=;|$)/gi;

/** The values that a table has; undefined where it has the header without one. */
function wantedList(key: string, { expected, message }: Held): readonly string[] | undefined {
  const { name = key, values: table = [] } = expected.headers.get(key) ?? {};
  const headers = table.map((value) => header(name, value));
  return table.includes('') ? undefined : values({ ...message, headers }, key);
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index]);
}

function isRight(key: string, wanted: string, got: string, context: Context): boolean {
  const learnt = context.symbols.count;
  const why = compareValue(key, wanted, got, context);
  context.symbols.forget(learnt);
  return why === undefined;
}

/** By the tables; what the scenario says of a header apart from them must be the same too. */
function wantsTheSame(where: string, held: Held, before: Held): boolean {
  const told = toldOf(held.step, where);
  if (told !== undefined || toldOf(before.step, where) !== undefined) {
    return told === toldOf(before.step, where);
  }
  switch (where) {
    case 'body':
      return held.expected.body === before.expected.body || held.expected.body === '';
    case 'Request-URI':
    case 'Status-Line':
      return JSON.stringify(held.expected.start) === JSON.stringify(before.expected.start);
    default: {
      const key = headerKey(where);
      const [wanted, wantedBefore] = [held.expected.headers.get(key), before.expected.headers.get(key)];
      return (
        isPerHop(key) ||
        wanted?.values.every((value) => value === '') === true ||
        wanted?.values.join(', ') === wantedBefore?.values.join(', ')
      );
    }
  }
}

function toldOf(step: Step, where: string): string | undefined {
  if (where === 'body') {
    return step.kind === 'message' && step.body !== undefined ? JSON.stringify(step.body) : undefined;
  }
  const name =
    step.kind === 'message' ? [...step.headers.keys()].find((one) => sameKey(one, where)) : undefined;
  return name === undefined || step.kind !== 'message' ? undefined : JSON.stringify(step.headers.get(name));
}

/** RFC 3261 16.6 step 3: one less at each hop. */
function isPerHop(key: string): boolean {
  return key === 'max-forwards';
}

function isPassedOn(where: string, { message }: Held, { message: before }: Held): boolean {
  switch (where) {
    case 'body':
      return message.body === before.body;
    case 'Request-URI':
      return message.kind === 'request' && before.kind === 'request' && message.uri === before.uri;
    case 'Status-Line':
      return (
        message.kind === 'response' &&
        before.kind === 'response' &&
        message.status === before.status &&
        message.reason === before.reason
      );
    case 'order':
    case 'message':
      return false;
    default: {
      const key = headerKey(where);
      const [got, gotBefore] = [values(message, key).join(', '), values(before, key).join(', ')];
      return isPerHop(key) && /^\d+$/.test(got) ? Number(got) === Number(gotBefore) - 1 : got === gotBefore;
    }
  }
}
