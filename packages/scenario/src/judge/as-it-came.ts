import { headerKey, type SipMessage, values } from '@ims-sim/sip';
import type { ExpectedMessage } from '../expected-message.js';
import type { MessageStep, Step } from '../flow.js';
import type { Difference } from './compare-message.js';
import type { Found } from './flow-state.js';

/** A message as it is held against a step. */
interface Held {
  readonly step: MessageStep;
  readonly expected: ExpectedMessage;
  readonly message: SipMessage;
}

/**
 * The differences of a message, those told as such that the message before had already: whoever sent this one passed on what it got, as
 * it should, and is not at fault (RFC 3261 16.6 step 1: a proxy does not touch what it has no reason to). Only where the table wants the
 * same of both: an element that must write a header of its own, or take one off, answers for it.
 */
export function tellAsItCame(
  differences: readonly Difference[],
  held: Held,
  before: Found | undefined,
): Difference[] {
  const {
    step: stepBefore,
    message: messageBefore,
    expected: expectedBefore,
    differences: known,
  } = before ?? {};
  if (
    stepBefore?.kind !== 'message' ||
    messageBefore === undefined ||
    expectedBefore === undefined ||
    known === undefined
  ) {
    return [...differences];
  }
  const earlier = { step: stepBefore, expected: expectedBefore, message: messageBefore };
  return differences.map((one) => {
    const same = known.find(({ where }) => sameKey(where, one.where));
    if (
      same === undefined ||
      !wantsTheSame(one.where, held, earlier) ||
      !isPassedOn(one.where, held, earlier)
    ) {
      return one;
    }
    const since = same.since ?? { step: stepBefore.step, by: stepBefore.from };
    return { ...one, since, why: `as it came: wrong since step ${since.step}, by ${since.by}` };
  });
}

function sameKey(one: string, other: string): boolean {
  return headerKey(one) === headerKey(other);
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
