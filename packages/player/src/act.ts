import type { Action, ServerAction, UeAction, Place } from '@ims-sim/scenario';
import { header, type SipMessage } from '@ims-sim/sip';
import type { Outcome, Ue } from '@ims-sim/ue';
import { bye, cancel, invite, reinvite, update } from './call-actions.js';
import { unlike } from './expectation.js';
import { answer, notify, receive, respond, ring } from './incoming-actions.js';
import { sendRaw } from './send-raw.js';
import { ANSWER_WITHIN_S, type RunningActor, type Stage } from './stage.js';
import { publish, refresh, subscribe, unpublish, unsubscribe } from './subscription-actions.js';
import { taken } from './variables.js';

export type ActorAction = (UeAction | ServerAction) & { readonly at: Place };

/** What came of an action: what went wrong, and the message that values are taken from. */
export interface Result {
  readonly failure: string | undefined;
  readonly message?: SipMessage | undefined;
}

/** Does one action of an actor; a string says what went wrong. */
export async function act(
  action: Extract<Action, { readonly actor: string }>,
  stage: Stage,
): Promise<string | undefined> {
  const actor = stage.actors.get(action.actor);
  if (actor === undefined) {
    return `there is no actor ${action.actor}`;
  }
  const { failure, message } = await perform(action, actor, stage);
  actor.peer.watch.changed();
  if (failure !== undefined || action.take === undefined || action.take.length === 0) {
    return failure;
  }
  return message === undefined
    ? `take ${action.take[0]?.variable ?? ''}: no message came to take it from`
    : taken(message, action.take, stage.variables);
}

async function perform(action: ActorAction, actor: RunningActor, stage: Stage): Promise<Result> {
  const { peer } = actor;
  switch (action.kind) {
    case 'message': {
      const { to: uri, body, headers: extra, contentType = 'text/plain' } = action;
      return resultOf(action, await peer.request({ method: 'MESSAGE', uri, body, contentType, extra }));
    }
    case 'options': {
      const rest = [header('Accept', 'application/sdp')];
      const { to: uri, headers: extra } = action;
      return resultOf(action, await peer.request({ method: 'OPTIONS', uri, rest, extra }));
    }
    case 'invite':
      return invite(action, actor);
    case 'cancel':
      return cancel(action, actor);
    case 'update':
      return update(action, actor);
    case 'reinvite':
      return reinvite(action, actor);
    case 'bye':
      return bye(action, actor);
    case 'ring':
      return ring(action, actor);
    case 'answer':
      return answer(action, actor);
    case 'respond':
      return respond(action, actor);
    case 'receive':
      return receive(action, actor);
    case 'notify':
      return notify(action, actor);
    case 'send':
      return sendRaw(action, actor, stage);
    default:
      return actor.ue === undefined
        ? { failure: `${actor.name} is a server: only a UE does that` }
        : performAsUe(action, actor, actor.ue, stage);
  }
}

type OfUe = Extract<
  ActorAction,
  {
    readonly kind:
      | 'register'
      | 'registrationState'
      | 'subscribe'
      | 'refresh'
      | 'unsubscribe'
      | 'publish'
      | 'unpublish'
      | 'until';
  }
>;

async function performAsUe(action: OfUe, actor: RunningActor, ue: Ue, stage: Stage): Promise<Result> {
  switch (action.kind) {
    case 'register': {
      const { expiresS, all, headers: extra } = action;
      return resultOf(action, await ue.register({ expiresS, all, extra }));
    }
    case 'registrationState':
    case 'subscribe':
      return subscribe(action, actor, ue, stage);
    case 'refresh':
      return refresh(action, actor, ue);
    case 'unsubscribe':
      return unsubscribe(action, actor, stage);
    case 'publish':
      return publish(action, actor, ue);
    case 'unpublish':
      return unpublish(action, actor, ue);
    case 'until': {
      const is = () => ((ue.registration !== undefined) === action.registered ? true : undefined);
      const found = await actor.peer.watch.until(is, action.withinS * 1000);
      return { failure: found === undefined ? `not within ${action.withinS} s` : undefined };
    }
  }
}

/** Of a request that has one final response, or none by timer B or F. */
export function resultOf(
  { expect }: Pick<ActorAction, 'expect'>,
  outcome: Outcome | undefined,
  withinS = ANSWER_WITHIN_S,
): Result {
  const message = outcome?.kind === 'response' ? outcome.response : undefined;
  return { failure: unlike(outcome, expect, withinS), message };
}
