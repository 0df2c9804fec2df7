import type { ActionKind } from './action-kind.js';
import { operatorActions } from './operator-actions.js';
import { actorActions } from './actor-actions.js';
import { ueActions } from './ue-actions.js';

/** In the order in which they are looked for: a key of one may be an option of another (`message` of `send`, `until` of `invite`). */
export const actionKinds: readonly ActionKind[] = [...operatorActions, ...actorActions, ...ueActions];
