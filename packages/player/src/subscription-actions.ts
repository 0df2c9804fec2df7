import { type Subscription, type Ue } from '@ims-sim/ue';
import { type ActorAction, type Result, resultOf } from './act.js';
import { earlier, remember } from './made.js';
import { notifyWithinS, type RunningActor, type Stage } from './stage.js';

type Of<K extends ActorAction['kind']> = Extract<ActorAction, { readonly kind: K }>;

/** Subscribes, and waits for the answer and (where nothing else is expected) for the first NOTIFY (RFC 6665 4.1.2.4). */
export async function subscribe(
  action: Of<'subscribe' | 'registrationState'>,
  actor: RunningActor,
  ue: Ue,
  { ground }: Stage,
): Promise<Result> {
  const subscription = subscriptionOf(action, ue);
  const name = action.kind === 'subscribe' ? action.as : undefined;
  remember(actor, { kind: 'subscription', name, subscription });
  const result = resultOf(action, await subscription.response);
  if (result.failure !== undefined || action.expect !== undefined) {
    return result;
  }
  const withinS = notifyWithinS(ground);
  const first = await subscription.notification(0, withinS * 1000);
  return first === undefined ? { failure: `no NOTIFY within ${withinS} s` } : result;
}

function subscriptionOf(action: Of<'subscribe' | 'registrationState'>, ue: Ue): Subscription {
  if (action.kind === 'registrationState') {
    return ue.registrationState(undefined, action.headers);
  }
  const { to: uri, event, accept, expiresS, cseq, headers: extra } = action;
  return ue.subscribe({ uri, event, accept, expiresS, cseq, extra });
}

/** RFC 6665 4.1.2.2, RFC 3903 4.1. */
export async function refresh(action: Of<'refresh'>, actor: RunningActor, ue: Ue): Promise<Result> {
  const found = earlier(actor, ['subscription', 'publication'], action.of);
  if (typeof found === 'string') {
    return { failure: found };
  }
  const { expiresS, headers: extra } = action;
  if (found.kind === 'subscription') {
    return resultOf(action, await found.subscription.refresh(expiresS, extra));
  }
  const outcome = await ue.publish({ event: found.event, expiresS, ifMatch: found.etag, extra });
  if (outcome.kind === 'response') {
    found.etag = outcome.etag ?? found.etag;
  }
  return resultOf(action, outcome);
}

/** RFC 6665 4.1.2.3; where it is accepted the last NOTIFY is waited for. */
export async function unsubscribe(
  action: Of<'unsubscribe'>,
  actor: RunningActor,
  { ground }: Stage,
): Promise<Result> {
  const found = earlier(actor, ['subscription'], action.of);
  if (typeof found === 'string') {
    return { failure: found };
  }
  const { subscription } = found;
  const result = resultOf(action, await subscription.unsubscribe(action.headers));
  if (result.failure !== undefined || action.expect !== undefined) {
    return result;
  }
  const withinS = notifyWithinS(ground);
  const isLast = () => (subscription.notifications.at(-1)?.state.value === 'terminated' ? true : undefined);
  const last = await actor.peer.watch.until(isLast, withinS * 1000);
  return last === undefined ? { failure: `no last NOTIFY within ${withinS} s` } : result;
}

export async function publish(action: Of<'publish'>, actor: RunningActor, ue: Ue): Promise<Result> {
  const { event, expiresS, body, contentType, headers: extra, as: name } = action;
  const outcome = await ue.publish({ event, expiresS, body, contentType, extra });
  const etag = outcome.kind === 'response' ? outcome.etag : undefined;
  remember(actor, { kind: 'publication', name, event, etag });
  return resultOf(action, outcome);
}

/** RFC 3903 4.1: Expires 0, and no body. */
export async function unpublish(action: Of<'unpublish'>, actor: RunningActor, ue: Ue): Promise<Result> {
  const found = earlier(actor, ['publication'], action.of);
  if (typeof found === 'string') {
    return { failure: found };
  }
  const { event, etag: ifMatch } = found;
  return resultOf(action, await ue.publish({ event, expiresS: 0, ifMatch, extra: action.headers }));
}
