import type { ElementCommand } from '@ims-sim/element';
import type { Trace } from '@ims-sim/host';

/** Of why an element would not, in characters. */
const MAX_REASON = 300;

/**
 * Has an element told an operator's word, and writes into its trace what it was told and, where it would not, why: such a word goes
 * between processes, not over a reference point, so no arrow shows it. Faults are told by themselves as they take place.
 */
export async function told(
  command: ElementCommand,
  trace: Trace,
  tell: () => Promise<string | undefined>,
): Promise<string | undefined> {
  const what = wordOf(command);
  if (what === undefined) {
    return tell();
  }
  trace.decision({ clause: '', text: `told by the operator: ${what}` });
  const refusal = await tell();
  if (refusal !== undefined) {
    trace.decision({ clause: '', text: `refused: ${what}: ${refusal.slice(0, MAX_REASON)}` });
  }
  return refusal;
}

function wordOf(command: ElementCommand): string | undefined {
  switch (command.kind) {
    case 'deregister':
      return `deregister ${command.publicIdentity}`;
    case 'reauthenticate':
      return `have ${command.publicIdentity} authenticate again within ${command.expiresS} s`;
    default:
      return undefined;
  }
}
