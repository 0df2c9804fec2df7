import type { Action } from '@ims-sim/scenario';
import { tell } from './faults.js';
import type { Stage } from './stage.js';

/** An operator's action; a string says why it could not be done. */
export async function operate(action: Action, stage: Stage): Promise<string | undefined> {
  const { ground } = stage;
  const { control } = ground;
  if (action.kind === 'terminate' || action.kind === 'provision') {
    return ground.overHttp(action);
  }
  if (control === undefined) {
    return 'only in a network that this run started';
  }
  switch (action.kind) {
    case 'deregister': {
      const { publicIdentity } = action;
      return control.command(action.sCscf, { kind: 'deregister', publicIdentity, event: 'deactivated' });
    }
    case 'reauthenticate': {
      const { publicIdentity, expiresS } = action;
      return control.command(action.sCscf, { kind: 'reauthenticate', publicIdentity, expiresS });
    }
    case 'kill':
      if (control.isDown?.(action.element) === true) {
        return `it is down already; \`restart ${action.element}\` has to come between`;
      }
      await control.kill(action.element);
      ground.traceOf(action.element).decision({ clause: '', text: 'killed (kill -9)' });
      return undefined;
    case 'restart':
      if (control.isDown?.(action.element) === false) {
        return `it is up; \`kill ${action.element}\` has to come before`;
      }
      ground.traceOf(action.element).decision({ clause: '', text: 'starts again' });
      await control.restart(action.element);
      if (stage.faults.length > 0) {
        await tell(action.element, stage, action.at);
      }
      return undefined;
    default:
      return `nobody does ${action.kind}`;
  }
}
