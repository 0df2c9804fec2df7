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

/** A step whose message did not come: what no step has between the same two, and the same start that went elsewhere. */
export function notThere(step: MessageStep, expected: ExpectedMessage, state: FlowState): StepVerdict {
  const isLeft = ({ used, record }: Seen): boolean => !used && record.id > state.firstId;
  const here = firstFew(state.index.fromTo(step.from, step.to), MAX_SHOWN, isLeft);
  const elsewhere = firstFew(
    state.index.ofStart(startToken(expected)),
    MAX_SHOWN,
    (seen) => isLeft(seen) && !here.includes(seen) && isOfFlow(seen, step, state),
  );
  const got = [
    ...here.map(({ record }) => firstLine(record)),
    ...elsewhere.map(({ record }) => `${firstLine(record)} went from ${record.from} to ${record.to}`),
  ].join(', ');
  const why = `no such message from ${step.from} to ${step.to}`;
  return {
    step,
    right: false,
    differences: [{ where: 'message', expected: startOf(expected), got, why }],
    records: [],
    closest: [...here, ...elsewhere].map(({ record }) => record),
    errata: step.errata,
  };
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
