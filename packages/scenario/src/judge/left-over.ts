import { valueOf } from '@ims-sim/sip';
import type { MessageRecord } from '@ims-sim/trace';
import type { OtherMessage } from '../flow.js';
import { commandIn, isSh } from './diameter-commands.js';
import type { Exchange } from './exchanges.js';
import type { FlowState } from './flow-state.js';
import { exchangeOf, type Seen } from './seen.js';
import type { Verdict } from './verdict.js';

type LeftOver = Pick<Verdict, 'unexpected' | 'others' | 'retransmissions'>;

/** What came from the flow's first message on and no step has. */
export function leftOver(state: FlowState): LeftOver {
  const rest = state.index.sip.filter(({ used, record }) => !used && record.id > state.firstId);
  const again = retransmissionsAmong(rest, state);
  const retransmissions = rest.filter(again);
  const { othersAllowed } = state.flow;
  if (othersAllowed === 'all') {
    const others = rest.filter((seen) => !again(seen));
    return { unexpected: [], others: records(others), retransmissions: records(retransmissions) };
  }
  const isOfRun = callsOfRun(state);
  const unreadable = rest.filter(({ flaw, callId }) => flaw !== undefined && callId === undefined);
  const strangers = rest.filter((seen) => !unreadable.includes(seen) && isOfRun(seen) && !again(seen));
  const isAllowed = allowed(othersAllowed, strangers, state);
  const queries = untaken(state);
  const allowedQuery = ({ request }: Exchange): boolean =>
    othersAllowed.some((other) => isLike(other, request, commandIn(request.bytes) ?? '', state));
  return {
    unexpected: [
      ...records(strangers.filter((seen) => !isAllowed(seen))),
      ...records(unreadable),
      ...queries.filter((exchange) => !allowedQuery(exchange)).map(({ request }) => request),
    ],
    others: [
      ...records(strangers.filter(isAllowed)),
      ...queries.filter(allowedQuery).map(({ request }) => request),
    ],
    retransmissions: records(retransmissions),
  };
}

function records(list: readonly Seen[]): MessageRecord[] {
  return list.map(({ record }) => record);
}

/** Calls that the flow has, and new ones: a message of a call that was there before it began is not its own. */
function callsOfRun({ flow, index, firstId, calls }: FlowState): (seen: Seen) => boolean {
  const earlier = new Set(
    flow.beganAtUs !== undefined
      ? [] // what went before was over by then
      : index.sip.flatMap((seen) => (seen.record.id < firstId ? [seen.callId] : [])),
  );
  return ({ callId }) => calls.has(callId) || !earlier.has(callId);
}

/**
 * The same bytes between the same two as a step's message. A response is sent again only to a request that came again (RFC 3261
 * 17.2.2), but to INVITE also by itself: a 2xx until its ACK (13.3.1.4), a reliable provisional response until its PRACK (RFC 3262 3).
 * An ACK goes out again for each 2xx that comes again (13.2.2.4), and as it has no transaction, proxies give each copy a branch of its own.
 */
function retransmissionsAmong(rest: readonly Seen[], { index }: FlowState): (seen: Seen) => boolean {
  const key = ({ record }: Seen): string => `${record.from} ${record.to} ${record.bytes.toString('latin1')}`;
  const taken = new Set(index.sip.filter(({ used }) => used).map(key));
  const acknowledged = new Set(index.sip.filter(({ used, start }) => used && start === 'ACK').map(ackOf));
  let requestsAgain: Map<string, number> | undefined;
  return (seen) => {
    if (seen.start === 'ACK' && acknowledged.has(ackOf(seen))) {
      return true;
    }
    if (!taken.has(key(seen))) {
      return false;
    }
    const { message, cseq } = seen;
    if (message?.kind !== 'response' || (cseq?.method === 'INVITE' && message.status < 300)) {
      return true;
    }
    requestsAgain ??= new Map(
      rest
        .toReversed()
        .filter((one) => one.message?.kind === 'request')
        .map((one) => [exchangeOf(one), one.record.id]),
    );
    return (requestsAgain.get(exchangeOf(seen)) ?? Infinity) < seen.record.id;
  };
}

/** Branches of a fork have the same exchange, and tags of their own. */
function ackOf(seen: Seen): string {
  const headers = seen.message?.headers ?? [];
  return `${exchangeOf(seen)} ${valueOf(headers, 'from') ?? ''} ${valueOf(headers, 'to') ?? ''}`;
}

/** What one of the patterns has, and the responses to the requests among it. */
function allowed(
  patterns: readonly OtherMessage[],
  strangers: readonly Seen[],
  state: FlowState,
): (seen: Seen) => boolean {
  if (patterns.length === 0) {
    return () => false;
  }
  const isPatterned = ({ record, start }: Seen): boolean =>
    patterns.some((other) => isLike(other, record, start, state));
  const asked = new Set(
    strangers.filter((seen) => seen.message?.kind === 'request' && isPatterned(seen)).map(exchangeOf),
  );
  return (seen) => isPatterned(seen) || (seen.message?.kind === 'response' && asked.has(exchangeOf(seen)));
}

function isLike(other: OtherMessage, { from, to }: MessageRecord, what: string, state: FlowState): boolean {
  return (
    (other.from === undefined || other.from === state.named(from)) &&
    (other.to === undefined || other.to === state.named(to)) &&
    (other.message === undefined || other.message === what)
  );
}

/** Cx requests that no step has; Sh requests where the flow has steps of Sh, else they are the application's own affair. */
function untaken({ index, firstId, flow }: FlowState): Exchange[] {
  const withSh = flow.steps.some((step) => step.kind === 'diameter' && isSh(step.request.command));
  return index.diameter.all.filter(({ used, request }) => {
    const name = used || request.id <= firstId ? undefined : commandIn(request.bytes);
    return name !== undefined && (withSh || !isSh(name));
  });
}
