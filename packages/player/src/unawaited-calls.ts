import type { Action, Scenario } from '@ims-sim/scenario';
import { describeAction } from './describe-action.js';
import { unlike } from './expectation.js';
import { type ActionFailure, ANSWER_WITHIN_S, type RunningActor } from './stage.js';

/**
 * INVITEs that no action has waited for and that were to be taken: each that was refused, unless the scenario itself has somebody refuse
 * with that status, and each that nobody has answered by the end of the flow.
 */
export function unawaitedCalls(scenario: Scenario, actors: Iterable<RunningActor>): ActionFailure[] {
  const refusals = refusalsOf(scenario);
  return [...actors].flatMap(({ made }) =>
    made.flatMap((one): ActionFailure[] => {
      if (one.kind !== 'call' || one.call.role !== 'caller' || one.unawaited === undefined) {
        return [];
      }
      const { outcome } = one.call;
      const isIntended = outcome?.kind === 'response' && refusals.has(outcome.response.status);
      const failure = isIntended ? undefined : unlike(outcome, undefined, ANSWER_WITHIN_S);
      const text = outcome === undefined ? 'it has no final response when the flow is over' : failure;
      return text === undefined
        ? []
        : [{ at: one.unawaited.at, text: `${describeAction(one.unawaited)}: ${text}` }];
    }),
  );
}

/** With what the actors of a scenario refuse INVITEs, by an action or by themselves. */
function refusalsOf({ actors, before, play }: Scenario): ReadonlySet<number> {
  const byThemselves = actors.flatMap(({ on }) => {
    const reaction = on.get('INVITE');
    return reaction?.kind === 'answer' ? [reaction.status] : [];
  });
  return new Set([...byThemselves, ...[...before, ...play].flatMap(statusesOf)]);
}

function statusesOf(action: Action): number[] {
  switch (action.kind) {
    case 'parallel':
      return action.branches.flat().flatMap(statusesOf);
    case 'repeat':
      return action.actions.flatMap(statusesOf);
    case 'respond':
      return action.method === 'INVITE' ? [action.status] : [];
    default:
      return [];
  }
}
