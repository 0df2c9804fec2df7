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
  const here = state.index.fromTo(step.from, step.to).filter(isLeft).slice(0, MAX_SHOWN);
  const elsewhere = state.index
    .ofStart(startToken(expected))
    .filter((seen) => isLeft(seen) && !here.includes(seen) && isOfFlow(seen, step, state))
    .slice(0, MAX_SHOWN);
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

/** Of the call of the message before, or, where there is none, from or to one of the step's two. */
function isOfFlow(seen: Seen, step: MessageStep, state: FlowState): boolean {
  return (
    state.calls.has(seen.callId) ||
    state.named(seen.record.from) === step.from ||
    state.named(seen.record.to) === step.to
  );
}
