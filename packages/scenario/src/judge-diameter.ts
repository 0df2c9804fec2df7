import { base, cx, decodeMessage, FLAG_REQUEST, get, type Message } from '@ims-sim/diameter';
import type { MessageRecord, TraceRecord } from '@ims-sim/trace';
import type { Difference } from './compare-message.js';
import type { DiameterExpectation, DiameterStep } from './flow.js';

/** Command codes of TS 29.229 6.1; a request ends in R, its answer in A. */
const COMMANDS: Readonly<Record<string, number>> = { UA: 300, SA: 301, LI: 302, MA: 303, RT: 304, PP: 305 };
const MAX_AVPS = 1000;

export interface DiameterVerdict {
  readonly differences: readonly Difference[];
  readonly records: readonly MessageRecord[];
}

/**
 * Finds the request between the step's two elements after the record `after` that no step has `taken` yet, the one that has the
 * most of what is expected, and its answer by hop-by-hop identifier.
 */
export function judgeDiameter(
  step: DiameterStep,
  trace: readonly TraceRecord[],
  after: number,
  taken: ReadonlySet<TraceRecord>,
): DiameterVerdict {
  const messages = trace.flatMap((record) => decoded(record)).filter(({ record }) => record.id > after);
  const requests = messages.filter(
    ({ record, message }) =>
      !taken.has(record) &&
      record.from === step.from &&
      record.to === step.to &&
      matches(message, step.request) &&
      isRequest(message),
  );
  const request = requests.find(({ message }) => compare(step.request, message).length === 0) ?? requests[0];
  if (!request) {
    const why = `no such request from ${step.from} to ${step.to}`;
    return {
      differences: [{ where: step.request.command, expected: written(step.request), got: '', why }],
      records: [],
    };
  }
  const answer = messages.find(
    ({ record, message }) =>
      record.from === step.to &&
      record.to === step.from &&
      record.id > request.record.id &&
      !isRequest(message) &&
      matches(message, step.answer) &&
      message.hopByHop === request.message.hopByHop,
  );
  if (!answer) {
    const difference = {
      where: step.answer.command,
      expected: written(step.answer),
      got: '',
      why: 'no answer came',
    };
    return {
      differences: [...compare(step.request, request.message), difference],
      records: [request.record],
    };
  }
  return {
    differences: [...compare(step.request, request.message), ...compare(step.answer, answer.message)],
    records: [request.record, answer.record],
  };
}

function decoded(record: TraceRecord): { record: MessageRecord; message: Message }[] {
  if (record.kind !== 'message' || record.protocol !== 'diameter') {
    return [];
  }
  const decoding = decodeMessage(record.bytes, MAX_AVPS);
  return decoding.kind === 'message' ? [{ record, message: decoding.message }] : [];
}

function isRequest(message: Message): boolean {
  return (message.flags & FLAG_REQUEST) !== 0;
}

function matches(message: Message, { command }: DiameterExpectation): boolean {
  return message.command === COMMANDS[command.slice(0, 2)];
}

function compare(expected: DiameterExpectation, message: Message): Difference[] {
  const found: Difference[] = [];
  const check = (
    where: string,
    want: string | number | undefined,
    got: string | number | undefined,
  ): void => {
    if (want !== undefined && want !== got) {
      found.push({
        where: `${expected.command} ${where}`,
        expected: String(want),
        got: String(got ?? ''),
        why: 'another value',
      });
    }
  };
  const result = get(message, base.experimentalResult);
  const items = get(message, cx.sipAuthDataItem);
  const reason = get(message, cx.deregistrationReason);
  check('User-Name', expected.privateIdentity, get(message, base.userName));
  check('Public-Identity', expected.publicIdentity, get(message, cx.publicIdentity));
  check('Server-Name', expected.serverName, get(message, cx.serverName));
  const visited = get(message, cx.visitedNetworkIdentifier)?.toString();
  check('Visited-Network-Identifier', expected.visitedNetwork, visited);
  const scheme = items && get(items, cx.sipAuthenticationScheme);
  check('SIP-Authentication-Scheme', expected.scheme, scheme);
  check('Server-Assignment-Type', expected.assignmentType, get(message, cx.serverAssignmentType));
  const authorization = get(message, cx.userAuthorizationType);
  check('User-Authorization-Type', expected.authorizationType, authorization);
  check('Reason-Code', expected.reasonCode, reason && get(reason, cx.reasonCode));
  check('Result-Code', expected.resultCode, get(message, base.resultCode));
  const experimental = result && get(result, base.experimentalResultCode);
  check('Experimental-Result-Code', expected.experimentalResultCode, experimental);
  return found;
}

function written({ command, ...rest }: DiameterExpectation): string {
  return [command, ...Object.entries(rest).map(([name, value]) => `${name}=${String(value)}`)].join(' ');
}

/** Cx requests after the record `after` that no step has taken. */
export function untakenRequests(
  trace: readonly TraceRecord[],
  after: number,
  taken: ReadonlySet<TraceRecord>,
): MessageRecord[] {
  const codes = new Set(Object.values(COMMANDS));
  return trace
    .flatMap((record) => decoded(record))
    .filter(({ record, message }) => record.id > after && isRequest(message) && codes.has(message.command))
    .flatMap(({ record }) => (taken.has(record) ? [] : [record]));
}

/** Diameter requests without an answer. */
export function unansweredRequests(trace: readonly TraceRecord[]): MessageRecord[] {
  const open = new Map<string, MessageRecord>();
  for (const { record, message } of trace.flatMap((one) => decoded(one))) {
    const { from, to } = record;
    if (isRequest(message)) {
      open.set(`${from} ${to} ${message.hopByHop}`, record);
    } else {
      open.delete(`${to} ${from} ${message.hopByHop}`);
    }
  }
  return [...open.values()];
}
