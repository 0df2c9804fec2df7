import { isActorAction, type Action } from '@ims-sim/scenario';
import type { Stage } from './stage.js';

/** Most that is counted of one method: repetitions within repetitions. */
const MAX_CLAIMS = 100_000;

/**
 * Says to the actors which requests their actions mean to answer from now on: those of an action and, in `parallel`, of all its branches.
 * What comes is then kept until the action has its turn.
 */
export function claim(action: Action, stage: Stage, times = 1): void {
  if (action.kind === 'parallel') {
    for (const one of action.branches.flat()) {
      claim(one, stage, times);
    }
  } else if (action.kind === 'repeat') {
    for (const one of action.actions) {
      claim(one, stage, times * action.times);
    }
  } else {
    change(action, stage, times);
  }
}

/**
 * An INVITE that nobody waits for is answered by the actions that follow it, up to the next call or to actions beside each other: they claim
 * it now, whatever comes between. Gives how far.
 */
export function claimAnswers(actions: readonly Action[], from: number, stage: Stage): number {
  let to = from;
  for (const action of actions.slice(from)) {
    if (NOT_OF_A_CALL.has(action.kind) || (action.kind === 'respond' && action.method !== 'INVITE')) {
      break;
    }
    claim(action, stage);
    to++;
  }
  return to;
}

const NOT_OF_A_CALL: ReadonlySet<Action['kind']> = new Set(['invite', 'parallel', 'repeat', 'cancel', 'bye']);

/** The action is over. */
export function release(action: Action, stage: Stage): void {
  change(action, stage, -1);
}

function change(action: Action, stage: Stage, by: number): void {
  const actor = isActorAction(action) ? stage.actors.get(action.actor) : undefined;
  for (const method of actor === undefined ? [] : answered(action)) {
    const known = actor?.claims.get(method) ?? 0;
    actor?.claims.set(method, Math.min(MAX_CLAIMS, Math.max(0, known + by)));
  }
}

function answered(action: Action): readonly string[] {
  switch (action.kind) {
    case 'ring':
    case 'answer':
      return ['INVITE'];
    case 'respond':
      return action.method === 'INVITE' ? ['INVITE', 're-INVITE'] : [action.method];
    default:
      return [];
  }
}
