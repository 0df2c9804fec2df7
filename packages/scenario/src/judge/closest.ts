import { cseq } from '@ims-sim/sip';
import type { MessageRecord } from '@ims-sim/trace';
import type { ExpectedMessage } from '../expected-message.js';
import type { MessageStep } from '../flow.js';
import type { FlowState } from './flow-state.js';
import type { Seen } from './seen.js';
import type { StepVerdict } from './verdict.js';

/** So many messages are shown in place of one that did not come. */
const MAX_SHOWN = 3;
const MAX_LINE = 120;

/** As `Seen.start` has it. */
export function startToken({ start }: ExpectedMessage): string {
  return start.kind === 'request' ? start.method : String(start.status);
}

/** `SUBSCRIBE sip:user2@home2.net`, `200 OK`. */
export function startOf({ start }: Pick<ExpectedMessage, 'start'>): string {
  return start.kind === 'request' ? `${start.method} ${start.uri}` : `${start.status} ${start.reason}`;
}

/** The start line of a message as it came, cut to what a line of a report holds. */
export function firstLine({ bytes }: MessageRecord): string {
  const line =
    bytes
      .toString('latin1', 0, 4 * MAX_LINE)
      .trimStart()
      .split(/\r?\n/, 1)[0] ?? '';
  const start = line.replace(/^SIP\/2\.0 (?=\d)| SIP\/2\.0$/g, '');
  return start.length > MAX_LINE ? `${start.slice(0, MAX_LINE - 1)}…` : start;
}

/**
 * A step whose message did not come, and the messages nearest to it that no step has: first the same between the same two (a request of
 * the same method, a response to it), then the same start that went elsewhere, and only then another kind between the same two.
 */
export function notThere(step: MessageStep, expected: ExpectedMessage, state: FlowState): StepVerdict {
  const isLeft = ({ used, record }: Seen): boolean => !used && record.id > state.firstId;
  const isOfKind = ofKind(step, expected, state);
  const here = state.index.fromTo(step.from, step.to);
  const alike = firstFew(here, MAX_SHOWN, (seen) => isLeft(seen) && isOfKind(seen));
  const elsewhere = firstFew(
    state.index.ofStart(startToken(expected)),
    MAX_SHOWN,
    (seen) => isLeft(seen) && !isHere(seen, step, state) && isOfKind(seen) && isOfFlow(seen, step, state),
  );
  const closest = [...alike, ...elsewhere];
  const shown = closest.length > 0 ? closest : firstFew(here, MAX_SHOWN, isLeft);
  const got = shown
    .map((seen) => {
      const { from, to } = seen.record;
      return `${firstLine(seen.record)}${isHere(seen, step, state) ? '' : ` went from ${from} to ${to}`}`;
    })
    .join(', ');
  const why = `no such message from ${step.from} to ${step.to}`;
  return {
    step,
    right: false,
    differences: [{ where: 'message', expected: startOf(expected), got, why }],
    records: [],
    closest: shown.map(({ record }) => record),
    errata: step.errata,
  };
}

function isHere({ record }: Seen, step: MessageStep, state: FlowState): boolean {
  return state.named(record.from) === step.from && state.named(record.to) === step.to;
}

/** A request of the method; a response to it, whatever its status. */
function ofKind(
  step: MessageStep,
  { start, headers }: ExpectedMessage,
  state: FlowState,
): (seen: Seen) => boolean {
  if (start.kind === 'request') {
    return ({ start: token }) => token === start.method;
  }
  const [, method = methodBefore(step, state)] =
    /^\d+\s+(\S+)$/.exec(headers.get('cseq')?.values[0] ?? '') ?? [];
  return ({ message, cseq: place }) =>
    message?.kind === 'response' && (method === undefined || place?.method === method);
}

/** Of the message that the step follows. */
function methodBefore(step: MessageStep, state: FlowState): string | undefined {
  const before = state.before(step)?.message;
  return before && cseq(before)?.method;
}

/** How much of a list is looked at for what is only shown. */
const MAX_LOOKED_AT = 4000;

/** The first few messages of a long list for which `is` holds. */
export function firstFew(list: readonly Seen[], count: number, is: (seen: Seen) => boolean): readonly Seen[] {
  const found: Seen[] = [];
  let looked = 0;
  for (const seen of list) {
    if (found.length === count || looked++ === MAX_LOOKED_AT) {
      break;
    }
    if (is(seen)) {
      found.push(seen);
    }
  }
  return found;
}

/** Of the call of the message before, or, where there is none, from or to one of the step's two. */
function isOfFlow(seen: Seen, step: MessageStep, state: FlowState): boolean {
  return (
    state.calls.has(seen.callId) ||
    state.named(seen.record.from) === step.from ||
    state.named(seen.record.to) === step.to
  );
}
