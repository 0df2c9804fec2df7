import { header } from '@ims-sim/sip';
import type { Call, Outcome } from '@ims-sim/ue';
import { type ActorAction, type Result, resultOf } from './act.js';
import { unlike } from './expectation.js';
import { earlier, remember } from './made.js';
import { ANSWER_WITHIN_S, CALL_WITHIN_S, type RunningActor } from './stage.js';

type Of<K extends ActorAction['kind']> = Extract<ActorAction, { readonly kind: K }>;

/** Begins a call, and waits for a provisional response or for the final one; what is expected, where it is final, is waited for in any case. */
export async function invite(action: Of<'invite'>, actor: RunningActor): Promise<Result> {
  const { to: uri, reliable, contentType, body, headers: extra, as: name, expect } = action;
  const { peer } = actor;
  const call = peer.invite({ uri, reliable, contentType, body, extra });
  const isAwaited = action.until !== 'sent' || expect !== undefined;
  remember(actor, { kind: 'call', name, call, ...(!isAwaited && { unawaited: action }) });
  if (!isAwaited) {
    return { failure: undefined };
  }
  const status = expect?.kind === 'status' && expect.status < 200 ? expect.status : undefined;
  const isForRinging = status !== undefined || (action.until === 'ringing' && expect === undefined);
  // a reliable response is done with when its PRACK is: what comes next does not overtake that
  const rung = () =>
    call.openPracks > 0
      ? undefined
      : call.provisional.find((response) => status === undefined || response.status === status);
  const over = () => call.failedPracks[0] !== undefined || call.outcome !== undefined;
  const withinS = action.until === 'answered' ? CALL_WITHIN_S : ANSWER_WITHIN_S;
  await peer.watch.until(() => (over() || (isForRinging && rung()) ? true : undefined), withinS * 1000);
  const provisional = rung();
  const [failedPrack] = call.failedPracks;
  if (failedPrack !== undefined) {
    return { failure: `PRACK: ${unlike(failedPrack, undefined, ANSWER_WITHIN_S) ?? ''}` };
  }
  if (isForRinging && provisional !== undefined) {
    peer.inbox.drop(provisional);
    return { failure: undefined, message: provisional };
  }
  if (call.outcome?.kind === 'response') {
    peer.inbox.drop(call.outcome.response);
  } else if (call.outcome === undefined) {
    call.cancel(); // it may ring for ever
  }
  return resultOf(action, call.outcome, withinS);
}

/** RFC 3261 9.1; over with the final response to the INVITE: 487, unless something else is expected. */
export async function cancel(action: Of<'cancel'>, actor: RunningActor): Promise<Result> {
  const call = callOf(actor, action.of);
  if (typeof call === 'string') {
    return { failure: call };
  }
  if (call.role === 'callee') {
    return { failure: 'it did not make this call' };
  }
  if (call.outcome !== undefined) {
    return { failure: 'its INVITE has its final response already' };
  }
  const given = (action.headers ?? []).filter(([, value]) => value !== '');
  call.cancel(given.map(([name, value]) => header(name, value)));
  for (const made of actor.made) {
    if (made.kind === 'call' && made.call === call) {
      made.unawaited = undefined;
    }
  }
  const { peer } = actor;
  const outcome = await peer.watch.until(() => call.outcome, ANSWER_WITHIN_S * 1000);
  if (outcome?.kind === 'response') {
    peer.inbox.drop(outcome.response);
  }
  return resultOf({ expect: action.expect ?? { kind: 'status', status: 487 } }, outcome);
}

/** RFC 3311. */
export function update(action: Of<'update'>, actor: RunningActor): Promise<Result> {
  return inCall('UPDATE', action, actor, ANSWER_WITHIN_S);
}

/** RFC 3261 14.1. */
export function reinvite(action: Of<'reinvite'>, actor: RunningActor): Promise<Result> {
  return inCall('INVITE', action, actor, CALL_WITHIN_S);
}

/** RFC 3261 15. */
export function bye(action: Of<'bye'>, actor: RunningActor): Promise<Result> {
  return inCall('BYE', action, actor, ANSWER_WITHIN_S);
}

async function inCall(
  method: 'UPDATE' | 'INVITE' | 'BYE',
  action: Of<'update' | 'reinvite' | 'bye'>,
  actor: RunningActor,
  withinS: number,
): Promise<Result> {
  const call = callOf(actor, action.of);
  if (typeof call === 'string') {
    return { failure: call };
  }
  const { leg } = call;
  if (leg === undefined || leg.phase === 'ended') {
    return { failure: 'the call has ended, or has no dialog yet' };
  }
  if (method === 'BYE' && call.role === 'callee' && call.status === undefined) {
    return { failure: 'it has not answered this call: it is refused by a response (RFC 3261 15)' };
  }
  if (method === 'UPDATE' && call.role === 'caller') {
    await actor.peer.watch.until(() => (call.openPracks === 0 ? true : undefined), ANSWER_WITHIN_S * 1000);
  }
  const content = action.kind === 'bye' ? {} : { contentType: action.contentType, body: action.body };
  const { watch } = actor.peer;
  let outcome: Outcome | undefined;
  void leg.request(method, { ...content, extra: action.headers }).then((found) => {
    outcome = found;
    watch.changed();
  });
  return resultOf(action, await watch.until(() => outcome, withinS * 1000), withinS);
}

/** The call of that name, or the last one, whoever began it. */
function callOf(actor: RunningActor, name: string | undefined): Call | string {
  if (name === undefined) {
    return actor.peer.calls.last((call): call is Call => !call.isOver) ?? 'there is no call';
  }
  const found = earlier(actor, ['call'], name);
  return typeof found === 'string' ? found : found.call;
}
