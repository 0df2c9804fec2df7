import { event } from '@ims-sim/sip';
import type { CxExchange } from './diameter-steps.js';
import { isSameTransaction, type SipSeen } from './select.js';

/** TS 29.229 6.3.15: REGISTRATION and RE_REGISTRATION. */
const REGISTRATIONS = new Set<unknown>([1, 2]);

export interface FlowBounds {
  /** The flow's first record. */
  readonly firstId: number;
  readonly actors: ReadonlySet<string>;
}

export interface OfTheFlow {
  readonly sip: readonly SipSeen[];
  readonly cx: readonly CxExchange[];
}

/**
 * What belongs to the flow: all from its first record on, but for what a registration before it still brings about meanwhile (the
 * P-CSCF's subscription to the registration state, third-party registrations, their Cx): on replay that is over when the flow begins.
 */
export function ofTheFlow(
  all: readonly SipSeen[],
  exchanges: readonly CxExchange[],
  { firstId, actors }: FlowBounds,
): OfTheFlow {
  const isLater = ({ record }: SipSeen): boolean => record.id >= firstId;
  const cx = exchanges.filter(({ request }) => request.id >= firstId);
  const isRegistering = ({ cseq, record }: SipSeen): boolean =>
    cseq.method === 'REGISTER' && actors.has(record.from);
  if (!all.some(isRegistering) || all.some((seen) => isRegistering(seen) && isLater(seen))) {
    return { sip: all.filter(isLater), cx };
  }
  const ofRegistration = afterRegistration(all, actors);
  return {
    sip: all.filter((seen) => isLater(seen) && !ofRegistration.has(seen)),
    cx: cx.filter((exchange) => !isForRegistration(exchange, all, ofRegistration)),
  };
}

/** The first transactions of each way in the calls that elements begin because of a registration. */
function afterRegistration(all: readonly SipSeen[], actors: ReadonlySet<string>): ReadonlySet<SipSeen> {
  const beginnings = new Map<string, SipSeen>();
  for (const seen of all) {
    if (!beginnings.has(seen.callId)) {
      beginnings.set(seen.callId, seen);
    }
  }
  const found = new Set<SipSeen>();
  for (const begin of beginnings.values()) {
    const { message, record, cseq } = begin;
    const ofRegistration =
      message.kind === 'request' &&
      (cseq.method === 'REGISTER' || (cseq.method === 'SUBSCRIBE' && event(message)?.package === 'reg'));
    if (!ofRegistration || actors.has(record.from)) {
      continue;
    }
    const firstNotify = all.find(
      (seen) =>
        seen.callId === begin.callId && seen.cseq.method === 'NOTIFY' && seen.message.kind === 'request',
    );
    for (const seen of all) {
      if (isSameTransaction(seen, begin) || (firstNotify && isSameTransaction(seen, firstNotify))) {
        found.add(seen);
      }
    }
  }
  return found;
}

function isForRegistration(
  { request, asked }: CxExchange,
  all: readonly SipSeen[],
  ofRegistration: ReadonlySet<SipSeen>,
): boolean {
  switch (asked.command) {
    case 'UAR':
    case 'MAR':
      return true;
    case 'SAR':
      return REGISTRATIONS.has(asked['assignmentType']);
    case 'LIR': {
      const cause = all.findLast(
        ({ record, message }) =>
          record.to === request.from &&
          record.id < request.id &&
          message.kind === 'request' &&
          message.uri === asked['publicIdentity'],
      );
      return cause !== undefined && ofRegistration.has(cause);
    }
    default:
      return false;
  }
}
