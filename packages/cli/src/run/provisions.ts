import type { Action, Scenario } from '@ims-sim/scenario';

/** Whether an operator does something at an HSS, which then has to offer its provisioning interface. */
export function provisions({ before, play }: Pick<Scenario, 'before' | 'play'>): boolean {
  return [...before, ...play].some(isAtHss);
}

function isAtHss(action: Action): boolean {
  switch (action.kind) {
    case 'terminate':
    case 'provision':
      return true;
    case 'repeat':
      return action.actions.some(isAtHss);
    case 'parallel':
      return action.branches.flat().some(isAtHss);
    default:
      return false;
  }
}
