import { REGINFO_CONTENT_TYPE } from '@ims-sim/reginfo';
import {
  addresses,
  expires,
  header,
  parseNameAddrList,
  parseUri,
  valueOf,
  values,
  type Because,
  type Header,
  type NameAddr,
  type Reply,
  type SipRequest,
  icidOf,
} from '@ims-sim/sip';
import { answeredVector, type Neighbour } from '../charging-vector.js';
import type { SCscf } from '../s-cscf.js';
import { isRegistered, type Binding, type ImplicitSet, type ServedUser } from '../served-user.js';

const CLAUSE = 'TS 24.229 5.4.2.1.1';

/** Seconds where the SUBSCRIBE names none (RFC 3680 4.3). */
const DEFAULT_EXPIRES_S = 3761;

export type SubscribeDecision =
  | Reply
  | {
      readonly kind: 'accept';
      readonly expiresS: number;
      /** The user itself, or an element of its Path, whose subscription the HSS keeps; undefined: another, or a refresh. */
      readonly subscriber: Subscriber['kept'];
      /** By whom the subscriber is reached; undefined in a refresh: as before. */
      readonly neighbour: Neighbour | undefined;
      readonly because: Because | undefined;
    };

/**
 * TS 24.229 5.4.2.1.1: whether an initial SUBSCRIBE to the registration state of `user` is accepted: for a user who is
 * registered; from the user itself, the elements of its Path, and the ASs of its filter criteria.
 */
export function initialSubscribe(request: SipRequest, user: ServedUser, scscf: SCscf): SubscribeDecision {
  const { set } = user;
  if (!isRegistered(set, scscf.clock.now())) {
    return { kind: 'reply', status: 480, reason: 'Temporarily Unavailable', because: NO_BINDING };
  }
  const subscriber = subscriberOf(request, set, scscf);
  if (user.barred || subscriber === undefined) {
    return { kind: 'reply', status: 403, reason: 'Forbidden', because: NOT_ALLOWED };
  }
  return (
    notAcceptable(request) ??
    bounded(request, scscf, subscriber, [
      { clause: CLAUSE, text: `${subscriber.name} subscribes to the registration state of ${user.identity}` },
    ])
  );
}

/** RFC 6665 4.2.1.1: a SUBSCRIBE within the dialog: refreshed, or with 0 ended. */
export function refreshingSubscribe(request: SipRequest, scscf: SCscf): SubscribeDecision {
  return (
    unknownEvent(request) ??
    notAcceptable(request) ??
    bounded(request, scscf, undefined, [{ clause: CLAUSE, text: 'the subscription is refreshed' }])
  );
}

/** Whether the Event is `reg`, with or without parameters; event types differ by case (RFC 6665 8.2.1). */
export function isRegEvent({ headers }: SipRequest): boolean {
  const event = headers.find(({ key }) => key === 'event')?.value;
  return (
    event !== undefined && event.startsWith('reg') && (event.length === 3 || ' \t;'.includes(event.charAt(3)))
  );
}

const NO_BINDING: Because = [{ clause: CLAUSE, text: 'step 0: no binding for this identity: 480' }];
const NOT_ALLOWED: Because = [
  { clause: CLAUSE, text: 'step 1: neither the user, nor of its Path, nor an AS of its criteria: 403' },
];

function unknownEvent(request: SipRequest): Reply | undefined {
  return isRegEvent(request)
    ? undefined
    : {
        kind: 'reply',
        status: 489,
        reason: 'Bad Event',
        headers: [header('Allow-Events', 'reg')],
        because: [{ clause: 'RFC 6665 4.2.1.1', text: 'the dialog is one of the event package reg: 489' }],
      };
}

function notAcceptable(request: SipRequest): Reply | undefined {
  const accepted = values(request, 'accept').map((value) => value.split(';')[0]?.trim().toLowerCase());
  return accepted.length === 0 || accepted.some((type) => type !== undefined && OURS.has(type))
    ? undefined
    : {
        kind: 'reply',
        status: 406,
        reason: 'Not Acceptable',
        headers: [header('Accept', REGINFO_CONTENT_TYPE)],
        because: [{ clause: 'RFC 3680 4.5', text: `${REGINFO_CONTENT_TYPE} is not accepted: 406` }],
      };
}

const OURS: ReadonlySet<string> = new Set([REGINFO_CONTENT_TYPE, 'application/*', '*/*']);

function bounded(
  request: SipRequest,
  scscf: SCscf,
  subscriber: Subscriber | undefined,
  because: Because,
): SubscribeDecision {
  const { minExpiresS, maxExpiresS } = scscf.registrar.limits;
  const asked = expires(request) ?? DEFAULT_EXPIRES_S;
  if (asked > 0 && asked < minExpiresS) {
    return {
      kind: 'reply',
      status: 423,
      reason: 'Interval Too Brief',
      headers: [header('Min-Expires', String(minExpiresS))],
      because: [{ clause: 'RFC 6665 4.2.1.1', text: `${asked} s is below what this notifier accepts: 423` }],
    };
  }
  return {
    kind: 'accept',
    expiresS: Math.min(asked, maxExpiresS),
    subscriber: subscriber?.kept,
    neighbour: subscriber?.neighbour,
    because: scscf.trace.enabled ? because : undefined,
  };
}

interface Subscriber {
  readonly name: string;
  readonly kept: 'ue' | { readonly host: string } | undefined;
  /** By whom it is reached. */
  readonly neighbour: Neighbour;
}

/** 5.4.2.1.1 step 1 and NOTE 1: who it is by P-Asserted-Identity, in words; undefined: nobody who may know. */
function subscriberOf(request: SipRequest, set: ImplicitSet, scscf: SCscf): Subscriber | undefined {
  for (const asserted of addresses(request, 'p-asserted-identity')) {
    const own = scscf.registrar.user(asserted);
    if (own !== undefined && !own.barred && isSameSubscription(own.set, set)) {
      return { name: own.identity, kept: 'ue', neighbour: 'p-cscf' };
    }
    const host = hostOf(asserted);
    if (host !== undefined && set.bindings.some((binding) => isOnPath(host, binding))) {
      return { name: host, kept: { host }, neighbour: 'p-cscf' };
    }
    if (host !== undefined && isApplicationServer(host, set)) {
      return { name: host, kept: undefined, neighbour: 'as' };
    }
  }
  return undefined;
}

/** Other implicit sets of the same subscription have a private identity in common. */
function isSameSubscription(one: ImplicitSet, other: ImplicitSet): boolean {
  return (
    one === other ||
    one.bindings.some((a) => other.bindings.some((b) => a.privateIdentity === b.privateIdentity))
  );
}

/** Of an element's URI, which has no user part that means anybody. */
function hostOf({ uri }: Pick<NameAddr, 'uri'>): string | undefined {
  return uri.kind === 'sip' ? uri.host.toLowerCase() : undefined;
}

/** Whether a contact is reached through that host. */
export function isOnPath(host: string, { path }: Pick<Binding, 'path'>): boolean {
  return (parseNameAddrList(path) ?? []).some((element) => hostOf(element) === host);
}

function isApplicationServer(host: string, { users }: ImplicitSet): boolean {
  return users.some(({ criteria }) =>
    criteria.some(({ applicationServer }) => {
      const uri = parseUri(applicationServer.serverName);
      return uri?.kind === 'sip' && uri.host.toLowerCase() === host;
    }),
  );
}

/** 5.4.2.1.1 step 1B: the ICID that a SUBSCRIBE has, for the NOTIFYs; undefined where it has none. */
export function icidIn({ headers }: SipRequest): string | undefined {
  const charging = valueOf(headers, 'p-charging-vector');
  return charging === undefined ? undefined : icidOf(charging);
}

/** What the 200 to a SUBSCRIBE has beside the dialog's headers. */
export function acceptedHeaders(
  request: SipRequest,
  contact: string,
  expiresS: number,
  { profile, domain }: SCscf,
): Header[] {
  const headers = [header('Contact', `<${contact}>`), header('Expires', String(expiresS))];
  const charging = request.headers.find(({ key }) => key === 'p-charging-vector')?.value;
  if (profile === 'ts-24.141' && charging !== undefined) {
    headers.push(answeredVector(charging, domain)); // step 3
  }
  return headers;
}
