import { callId, cseq, serialize, type SipMessage } from '@ims-sim/sip';
import { type ExpectedMessage, expectedMessage } from '../expected-message.js';
import type { MessageStep } from '../flow.js';
import { tellAsItCame } from './as-it-came.js';
import { firstFew, firstLine, notThere, startOf, startToken } from './closest.js';
import { compareMessage, type Difference } from './compare-message.js';
import { compareRequestUri } from './compare-uri.js';
import type { FlowState } from './flow-state.js';
import type { Seen } from './seen.js';
import type { StepVerdict } from './verdict.js';

/** So many messages are tried for one step at most, the first that came first. */
const MAX_TRIED = 32;
/** Of a new call's requests whose Request-URI is not written as in the table, so many are looked at. */
const MAX_LOOKED_AT = 10_000;

/**
 * Finds a step's message among those of the same start between the same two: the first in which nothing is wrong, or the one in
 * which the least is. Undefined where there is none of the step's call, or, for an optional step, none that is right: `judgeLate`
 * may find one among what other steps leave.
 */
export function judgeMessage(step: MessageStep, state: FlowState): StepVerdict | undefined {
  const expected = expectedMessage(step);
  if (typeof expected === 'string') {
    return unusable(step, expected);
  }
  const ofCall = candidates(step, expected, state);
  const best = closestOf(ofCall.length > 0 ? ofCall : strays(step, expected, state), step, expected, state);
  return best === undefined || (step.optional === true && best.distance > 0)
    ? undefined
    : take(best.seen, step, expected, state);
}

/** A table that cannot be read: a scenario file with one is refused before. */
function unusable(step: MessageStep, why: string): StepVerdict {
  const difference = { where: 'message', expected: '', got: '', why };
  return { step, right: false, differences: [difference], records: [], errata: step.errata };
}

/** As `judgeMessage`, when all steps have taken what is theirs: out of what is left, of whatever call. */
export function judgeLate(step: MessageStep, state: FlowState): StepVerdict {
  const expected = expectedMessage(step);
  if (typeof expected === 'string') {
    return unusable(step, expected);
  }
  const { all } = state.index.between(step.from, step.to, startToken(expected));
  const left = firstOf(all, ({ used, record }) => !used && record.id > state.firstId);
  const best = closestOf(
    step.optional === true ? candidates(step, expected, state) : left,
    step,
    expected,
    state,
  );
  if (best !== undefined) {
    return take(best.seen, step, expected, state);
  }
  if (step.optional === true) {
    state.skip(step);
    return { step, right: true, skipped: true, differences: [], records: [], errata: step.errata };
  }
  return otherStart(step, expected, state) ?? notThere(step, expected, state);
}

/** What could be the step's by its start and its call: a response's by what it answers. */
function candidates(step: MessageStep, expected: ExpectedMessage, state: FlowState): readonly Seen[] {
  const { all, byCall, byUri } = state.index.between(step.from, step.to, startToken(expected));
  const before = state.before(step)?.message;
  const symbol = expected.headers.get('call-id')?.values[0] ?? '';
  const known = symbol === '' ? before && callId(before) : state.context.symbols.valueOf('Call-ID', symbol);
  const answers = isAnswer(expected, before, state);
  const isFree = ({ used, record }: Seen): boolean => !used && record.id > state.beforeId;
  if (known !== undefined) {
    return firstOf(byCall.get(known) ?? [], (seen) => isFree(seen) && answers(seen));
  }
  if (symbol === '' && state.calls.size > 0) {
    return firstOf(all, (seen) => isFree(seen) && state.calls.has(seen.callId) && answers(seen)); // what it follows did not come
  }
  // A new call: of several that begin at once, those with the Request-URI of the table.
  const isNew = (seen: Seen): boolean => isFree(seen) && !state.calls.has(seen.callId) && answers(seen);
  const { start } = expected;
  if (start.kind === 'response') {
    return firstOf(all, isNew);
  }
  const exactly = firstOf(byUri.get(start.uri) ?? [], isNew);
  if (exactly.length > 0) {
    return exactly;
  }
  const fits = requestUriFits(start.uri, state);
  const fitting = firstOf(all, (seen) => isNew(seen) && fits(seen), MAX_LOOKED_AT);
  return fitting.length > 0 ? fitting : firstOf(all, isNew);
}

/** With symbols in it: an address, a user that the scenario declares. */
function requestUriFits(uri: string, { context }: FlowState): (seen: Seen) => boolean {
  const known = new Map<string, boolean>();
  return ({ message }) => {
    if (message?.kind !== 'request') {
      return false;
    }
    let fits = known.get(message.uri);
    if (fits === undefined) {
      const learnt = context.symbols.count;
      fits = compareRequestUri(uri, message.uri, context) === undefined;
      context.symbols.forget(learnt);
      known.set(message.uri, fits);
    }
    return fits;
  };
}

/** The first `MAX_TRIED` messages for which `is` holds, of so many; what is used at the beginning of a list is looked at once. */
function firstOf(list: readonly Seen[], is: (seen: Seen) => boolean, most = Infinity): readonly Seen[] {
  const found: Seen[] = [];
  const from = freeFrom.get(list) ?? 0;
  const end = Math.min(list.length, from + most);
  let isUsed = true;
  for (let at = from; at < end && found.length < MAX_TRIED; at++) {
    const seen = list[at];
    if (seen === undefined) {
      break;
    }
    isUsed &&= seen.used;
    if (isUsed) {
      freeFrom.set(list, at + 1);
    } else if (is(seen)) {
      found.push(seen);
    }
  }
  return found;
}

/** How many messages at the beginning of a list are used: they stay so. */
const freeFrom = new WeakMap<readonly Seen[], number>();

/**
 * Messages of no known call, or with a CSeq that no request of the call has: the step's, with a broken Call-ID or CSeq. What belongs
 * to another call or another request of the flow may be another step's.
 */
function strays(step: MessageStep, expected: ExpectedMessage, state: FlowState): readonly Seen[] {
  const { all } = state.index.between(step.from, step.to, startToken(expected));
  return firstOf(all, (seen) => {
    if (seen.used || seen.record.id <= state.firstId) {
      return false;
    }
    return (
      !state.calls.has(seen.callId) ||
      (expected.start.kind === 'response' && !answersSomething(seen, step, state))
    );
  });
}

function answersSomething(
  { cseq: place, callId }: Seen,
  { from, to }: MessageStep,
  state: FlowState,
): boolean {
  const requests = place === undefined ? [] : state.index.between(to, from, place.method).byCall.get(callId);
  return requests?.some((request) => request.cseq?.number === place?.number) ?? false;
}

/** RFC 3261 17.1.3: by the CSeq of its table, where that has one, else by that of the message before. */
function isAnswer(
  { start, headers }: ExpectedMessage,
  before: SipMessage | undefined,
  { context }: FlowState,
): (seen: Seen) => boolean {
  if (start.kind === 'request') {
    return () => true;
  }
  const [, number, method] = /^(\S+)\s+(\S+)$/.exec(headers.get('cseq')?.values[0] ?? '') ?? [];
  if (number !== undefined) {
    const exact = context.declared.has(number) ? context.symbols.valueOf('value', number) : number;
    return ({ cseq: place }) =>
      place?.method === method && (exact === undefined || String(place?.number) === exact);
  }
  const place = before && cseq(before);
  return (seen) =>
    before === undefined || (seen.cseq?.method === place?.method && seen.cseq?.number === place?.number);
}

interface Tried {
  readonly seen: Seen;
  /** 0 where nothing is wrong. */
  readonly distance: number;
}

/** The start and, with another method, the CSeq. */
const MAX_DIFFERENCES = 2;

/**
 * What goes to somebody else is further away than another header. What came too early is further away than one header that is wrong,
 * but nearer than a later message of the same kind, which has another number and another body.
 */
const WEIGHTS: Readonly<Record<string, number>> = { 'Request-URI': 6, order: 1.5 };

function closestOf(
  tried: readonly Seen[],
  step: MessageStep,
  expected: ExpectedMessage,
  state: FlowState,
): Tried | undefined {
  let best: Tried | undefined;
  for (const seen of tried) {
    if (tried.length === 1 && step.optional !== true) {
      return { seen, distance: 1 }; // nothing to choose from
    }
    const known = state.context.symbols.count;
    const distance = compare(seen, step, expected, state).reduce(
      (sum, { where }) => sum + (WEIGHTS[where] ?? 1),
      0,
    );
    state.context.symbols.forget(known);
    if (best === undefined || distance < best.distance) {
      best = { seen, distance };
    }
    if (distance === 0) {
      break;
    }
  }
  return best;
}

/** A message of the flow's calls between the same two that differs from the table in its start and hardly otherwise. */
function otherStart(step: MessageStep, expected: ExpectedMessage, state: FlowState): StepVerdict | undefined {
  const left = firstFew(
    state.index.fromTo(step.from, step.to),
    MAX_TRIED,
    ({ used, callId: call, message }) =>
      !used && state.calls.has(call) && message?.kind === expected.start.kind,
  );
  const seen = left.find((one) => {
    const learnt = state.context.symbols.count;
    const { length } = compare(one, step, expected, state);
    state.context.symbols.forget(learnt);
    return length <= MAX_DIFFERENCES;
  });
  return seen && take(seen, step, expected, state);
}

/** The step's message is this one: what differs, and from now on its symbols and its call. */
function take(seen: Seen, step: MessageStep, expected: ExpectedMessage, state: FlowState): StepVerdict {
  seen.used = true;
  state.calls.add(seen.callId);
  state.firstId ||= seen.record.id;
  const { message } = seen;
  const held = message && { step, expected, message };
  const found = compare(seen, step, expected, state);
  const { differences, known } = tellAsItCame(found, held, state.before(step), state.context);
  state.find(step, { record: seen.record, message, expected, step, differences: known });
  return { step, right: differences.length === 0, differences, records: [seen.record], errata: step.errata };
}

function compare(seen: Seen, step: MessageStep, expected: ExpectedMessage, state: FlowState): Difference[] {
  const { message, flaw, record } = seen;
  if (message === undefined) {
    return [
      { where: 'message', expected: startOf(expected), got: firstLine(record), why: flaw ?? 'not SIP' },
    ];
  }
  const before = state.before(step);
  // what was registered before the flow has lasted longer than the flow
  const began = state.index.trace[0]?.atUs ?? state.flow.beganAtUs ?? 0;
  const differences = compareMessage(expected, message, {
    ...state.context,
    before: before?.message,
    beforeExpected: before?.expected,
    strictResponses: state.flow.strictResponses,
    lastedS: Math.ceil((record.atUs - began) / 1e6),
    headers: step.headers,
    body: step.body,
  });
  const toldAlready = differences.some(({ where }) => where.toLowerCase() === 'content-length');
  if (flaw !== undefined && !(toldAlready && flaw.includes('Content-Length'))) {
    differences.push({ where: 'message', expected: 'SIP', got: firstLine(record), why: flaw });
  }
  return [...differences, ...behindTheBody(seen, message), ...state.order(step, record)];
}

/** RFC 3261 18.3: in a datagram nothing comes after the body. */
function behindTheBody({ record, flaw }: Seen, message: SipMessage): Difference[] {
  if (record.transport !== 'udp' || flaw !== undefined) {
    return [];
  }
  const length = serialize(message).length;
  return length < record.bytes.length
    ? [
        {
          where: 'body',
          expected: `${length} bytes in all`,
          got: String(record.bytes.length),
          why: 'bytes behind Content-Length',
        },
      ]
    : [];
}
