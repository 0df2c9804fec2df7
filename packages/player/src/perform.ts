import { isActorAction, type Action } from '@ims-sim/scenario';
import { act } from './act.js';
import { claim, claimAnswers, release } from './claims.js';
import { describeAction } from './describe-action.js';
import { operate } from './operate.js';
import type { ActionFailure, Stage } from './stage.js';
import { substituted } from './variables.js';

/**
 * Does actions one after the other; each that goes wrong is a failure, and the next has its turn all the same. Rejects when the run is
 * aborted. `claimed`: what is around them has claimed their requests already.
 */
export async function performAll(actions: readonly Action[], stage: Stage, claimed = false): Promise<void> {
  let claimedTo = 0;
  for (const [index, action] of actions.entries()) {
    stage.abort.throwIfAborted();
    if (!claimed && action.kind !== 'repeat' && index >= claimedTo) {
      claim(action, stage);
    }
    if (!claimed && action.kind === 'invite' && action.until === 'sent') {
      claimedTo = claimAnswers(actions, index + 1, stage);
    }
    await perform(action, stage, claimed || action.kind === 'parallel');
  }
}

async function perform(action: Action, stage: Stage, claimed: boolean): Promise<void> {
  switch (action.kind) {
    case 'parallel': {
      // all are waited for, also when one is aborted: nothing acts on after the run
      const done = await Promise.allSettled(action.branches.map((branch) => performAll(branch, stage, true)));
      for (const one of done) {
        if (one.status === 'rejected') {
          throw one.reason;
        }
      }
      return;
    }
    case 'repeat':
      await repeat(action, stage, claimed);
      return;
    case 'wait':
    case 'advance': {
      const text = describeAction(action);
      const forMs = (action.kind === 'wait' ? action.forS : action.byS) * 1000;
      await whileUnderWay(
        { at: action.at, text },
        stage,
        stage.watch.until(() => undefined, forMs),
      );
      stage.onAction(text);
      return;
    }
    default:
      await one(action, stage);
  }
}

async function repeat(
  { times, actions }: Action & { readonly kind: 'repeat' },
  stage: Stage,
  claimed: boolean,
): Promise<void> {
  for (let round = 1; round <= times; round++) {
    // of its own: repetitions beside each other count each for itself
    await performAll(actions, { ...stage, round }, claimed);
  }
}

async function one(
  action: Exclude<Action, { readonly kind: 'parallel' | 'repeat' }>,
  stage: Stage,
): Promise<void> {
  const now = substituted(action, stage.variables, stage.round);
  const text = describeAction(now.kind === 'unknown' ? action : now.action);
  const failure =
    now.kind === 'unknown'
      ? `nothing has given \${${now.name}} a value yet`
      : await whileUnderWay(
          { at: action.at, text },
          stage,
          isActorAction(now.action) ? act(now.action, stage) : operate(now.action, stage),
        );
  release(action, stage);
  stage.abort.throwIfAborted();
  if (failure !== undefined) {
    stage.failures.push({ at: action.at, text: `${text}: ${failure}` });
  }
  stage.onAction(text);
}

/** Whoever cuts the run short finds in the stage what it was at. */
async function whileUnderWay<T>(doing: ActionFailure, { underWay }: Stage, work: Promise<T>): Promise<T> {
  underWay.add(doing);
  try {
    return await work;
  } finally {
    underWay.delete(doing);
  }
}
