import { event, to } from '@ims-sim/sip';
import type { DiameterExchange } from './diameter-steps.js';
import { isSameTransaction, type SipSeen } from './select.js';

export interface FlowBounds {
  /** The flow's first record. */
  readonly firstId: number;
  readonly actors: ReadonlySet<string>;
}

/** TS 29.228 6.3.15: TIMEOUT_DEREGISTRATION, with the server's name or without, and ADMINISTRATIVE_DEREGISTRATION are no REGISTER's. */
const OF_THE_NETWORK: ReadonlySet<unknown> = new Set([4, 6, 8]);

export interface OfTheFlow {
  readonly sip: readonly SipSeen[];
  readonly cx: readonly DiameterExchange[];
  readonly sh: readonly DiameterExchange[];
}

/**
 * What belongs to the flow: all from its first record on, but for what a registration before it still brings about meanwhile (the
 * P-CSCF's subscription to the registration state, third-party registrations, their Cx): on replay that is over when the flow begins.
 */
export function ofTheFlow(
  all: readonly SipSeen[],
  exchanges: Pick<OfTheFlow, 'cx' | 'sh'>,
  { firstId, actors }: FlowBounds,
): OfTheFlow {
  const earlier = ofEarlierRegistrations(all, { firstId, actors });
  const isOfFlow = ({ request, asked }: DiameterExchange): boolean => {
    const cause = causeOf(all, request, asked.publicIdentity);
    const isOfNetwork = OF_THE_NETWORK.has(asked.assignmentType);
    return request.id >= firstId && (isOfNetwork || !(cause && earlier.has(cause)));
  };
  return {
    sip: all.filter((seen) => seen.record.id >= firstId && !earlier.has(seen)),
    cx: exchanges.cx.filter(isOfFlow),
    // an actor that is a server speaks no Diameter on replay
    sh: exchanges.sh.filter(
      (one) => isOfFlow(one) && !actors.has(one.request.from) && !actors.has(one.request.to),
    ),
  };
}

/** The REGISTERs of actors before the flow, and the first transactions of each way in the calls that elements begin because of them. */
function ofEarlierRegistrations(
  all: readonly SipSeen[],
  { firstId, actors }: FlowBounds,
): ReadonlySet<SipSeen> {
  const found = new Set<SipSeen>();
  for (const begin of beginnings(all)) {
    const registration = actors.has(begin.record.from) ? begin : registrationBefore(begin, all, actors);
    if (!isOfRegistration(begin) || registration === undefined || registration.record.id >= firstId) {
      continue;
    }
    if (registration === begin) {
      const call = all.filter(({ callId, record }) => callId === begin.callId && record.id < firstId);
      call.forEach((seen) => found.add(seen));
      continue;
    }
    const firstNotify = all.find(
      ({ callId, cseq, message }) =>
        callId === begin.callId && cseq.method === 'NOTIFY' && message.kind === 'request',
    );
    for (const seen of all) {
      if (isSameTransaction(seen, begin) || (firstNotify && isSameTransaction(seen, firstNotify))) {
        found.add(seen);
      }
    }
  }
  return found;
}

function beginnings(all: readonly SipSeen[]): Iterable<SipSeen> {
  const first = new Map<string, SipSeen>();
  for (const seen of all) {
    if (!first.has(seen.callId)) {
      first.set(seen.callId, seen);
    }
  }
  return first.values();
}

function isOfRegistration({ message, cseq }: SipSeen): boolean {
  const isReg = cseq.method === 'SUBSCRIBE' && event(message)?.package === 'reg';
  return message.kind === 'request' && (cseq.method === 'REGISTER' || isReg);
}

/** The actor's REGISTER that came last before what an element began for the same user. */
function registrationBefore(
  begin: SipSeen,
  all: readonly SipSeen[],
  actors: ReadonlySet<string>,
): SipSeen | undefined {
  return all.findLast(
    ({ record, cseq, message }) =>
      cseq.method === 'REGISTER' &&
      actors.has(record.from) &&
      record.id < begin.record.id &&
      to(message)?.uriText === to(begin.message)?.uriText,
  );
}

/** The request about that user that came last to who asks the HSS. */
function causeOf(
  all: readonly SipSeen[],
  request: DiameterExchange['request'],
  publicIdentity: unknown,
): SipSeen | undefined {
  return all.findLast(
    ({ record, message }) =>
      record.to === request.from &&
      record.id < request.id &&
      message.kind === 'request' &&
      (message.uri === publicIdentity || to(message)?.uriText === publicIdentity),
  );
}
