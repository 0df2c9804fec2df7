import type { ServerTransaction } from '@ims-sim/sip';
import type { IncomingCall } from '@ims-sim/ue';
import { type ActorAction, type Result, resultOf } from './act.js';
import { ANSWER_WITHIN_S, type RunningActor } from './stage.js';

type Of<K extends ActorAction['kind']> = Extract<ActorAction, { readonly kind: K }>;

const TIMEOUT_MS = ANSWER_WITHIN_S * 1000;

/** A provisional response; one that is reliable is over with its PRACK. */
export async function ring(action: Of<'ring'>, actor: RunningActor): Promise<Result> {
  const { peer } = actor;
  const call = await incomingCall(actor);
  if (call === undefined) {
    return noInvite();
  }
  const { status, reliable, contentType, body, headers: extra } = action;
  const wrong = call.ring({ status, reliable, contentType, body, extra });
  if (wrong !== 'sent') {
    return { failure: RING_FAILURES[wrong] };
  }
  const done = () => (call.isUnacknowledged && call.status === undefined ? undefined : true);
  const isOver = reliable ? await peer.watch.until(done, TIMEOUT_MS) : true;
  return {
    failure: isOver !== true || call.status === 504 ? `no PRACK within ${ANSWER_WITHIN_S} s` : undefined,
    message: call.request,
  };
}

const RING_FAILURES: Readonly<Record<Exclude<ReturnType<IncomingCall['ring']>, 'sent'>, string>> = {
  over: 'the INVITE has its final response already',
  unacknowledged: 'the reliable response before it has no PRACK yet (RFC 3262 3)',
  'not-supported': 'the INVITE has no 100rel in Supported or Require (RFC 3262 3)',
  'no-contact': 'the INVITE has no Contact that could be read',
};

/** 200 to the INVITE that came last, and its ACK. */
export async function answer(action: Of<'answer'>, actor: RunningActor): Promise<Result> {
  const call = await incomingCall(actor);
  if (call === undefined) {
    return noInvite();
  }
  const { contentType, body, headers: extra } = action;
  return accept(call, 200, { contentType, body, extra }, actor);
}

async function accept(
  call: IncomingCall,
  status: number,
  extras: Parameters<IncomingCall['answer']>[1],
  actor: RunningActor,
): Promise<Result> {
  if (!call.answer(status, extras)) {
    return { failure: RING_FAILURES.over };
  }
  const { leg, request: message } = call;
  if (status >= 300) {
    return { failure: undefined, message };
  }
  if (leg === undefined) {
    return { failure: RING_FAILURES['no-contact'] };
  }
  const isOver = () => call.status !== undefined && !leg.isUnacknowledged;
  await actor.peer.watch.until(() => isOver() || undefined, TIMEOUT_MS);
  if (call.status !== status) {
    return { failure: `no PRACK within ${ANSWER_WITHIN_S} s, for which the ${status} has waited`, message };
  }
  return { failure: leg.wasAcknowledged ? undefined : `no ACK within ${ANSWER_WITHIN_S} s`, message };
}

/** Waits for a request, or takes one that waits for its answer, and answers it. */
export async function respond(action: Of<'respond'>, actor: RunningActor): Promise<Result> {
  const { method, status, withinS, contentType, body, headers: extra } = action;
  const { peer } = actor;
  const look = (): ServerTransaction | IncomingCall | undefined =>
    peer.inbox.takeHeld(method) ?? (method === 'INVITE' ? peer.ringingCall : undefined);
  const found = await peer.watch.until(look, withinS * 1000);
  if (found === undefined) {
    const isAnswered = peer.inbox.take(method) !== undefined;
    const hint = isAnswered
      ? ' that was not answered already: wait for it in parallel with what brings it about'
      : '';
    return { failure: `no ${method} within ${withinS} s${hint}` };
  }
  const { request: message } = found;
  peer.inbox.drop(message);
  if (!('role' in found)) {
    peer.answer(found, { status, contentType, body, extra });
    if (status < 200) {
      peer.inbox.hold(found);
    }
    return { failure: undefined, message };
  }
  if (status >= 200) {
    return accept(found, status, { contentType, body, extra }, actor);
  }
  const rung = found.ring({ status, contentType, body, extra });
  return { failure: rung === 'sent' ? undefined : RING_FAILURES[rung], message };
}

/** Waits for a message; where no answer is expected, none of these must come. */
export async function receive(action: Of<'receive'>, actor: RunningActor): Promise<Result> {
  const { what, withinS, expect } = action;
  const { inbox, watch } = actor.peer;
  const message = await watch.until(() => inbox.take(what), withinS * 1000);
  if (expect?.kind === 'no-answer') {
    return { failure: message === undefined ? undefined : `expected no ${what}, got one`, message };
  }
  return { failure: message === undefined ? `no ${what} within ${withinS} s` : undefined, message };
}

/** RFC 6665 4.2.2: a NOTIFY in the dialog of the SUBSCRIBE that it has accepted last. */
export async function notify(action: Of<'notify'>, actor: RunningActor): Promise<Result> {
  const { notifier, watch } = actor.peer;
  const served = await watch.until(() => notifier.open[0], TIMEOUT_MS);
  if (served === undefined) {
    return { failure: `it has accepted no SUBSCRIBE within ${ANSWER_WITHIN_S} s` };
  }
  const { state, contentType, body, headers: extra } = action;
  return resultOf(action, await notifier.notify(served, { state, contentType, body, extra }));
}

/** The INVITE that came last, or the next one. */
function incomingCall({ peer }: RunningActor): Promise<IncomingCall | undefined> {
  return peer.watch
    .until(() => peer.ringingCall, TIMEOUT_MS)
    .then((call) => {
      if (call !== undefined) {
        peer.inbox.drop(call.request);
      }
      return call;
    });
}

function noInvite(): Result {
  return { failure: `no INVITE within ${ANSWER_WITHIN_S} s` };
}
