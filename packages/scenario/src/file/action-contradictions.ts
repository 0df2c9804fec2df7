import { type Complaint, didYouMean } from '@ims-sim/element/files';
import { type Action, isActorAction } from '../action.js';
import type { Scenario } from '../scenario.js';
import { actionKinds } from './action-kinds.js';
import { misspeltMethod, type Names } from './names.js';

/**
 * Actors, elements and earlier actions that actions name, and that are not there. `isUnread`: some of them could not be read, and nobody knows
 * what name they give.
 */
export function actionsOf({ before, play }: Scenario, names: Names, isUnread: boolean): Complaint[] {
  const labels = isUnread ? undefined : new Set<string>();
  return [
    ...before.flatMap((action, index) => ofAction(action, ['before', String(index)], names, labels)),
    ...play.flatMap((action, index) => ofAction(action, ['play', String(index)], names, labels)),
  ];
}

/** Of one action and those within it; `labels` are those of the actions before, and gets its own; undefined: not known. */
export function ofAction(
  action: Action,
  path: readonly string[],
  names: Names,
  labels: Set<string> | undefined,
): Complaint[] {
  if (isActorAction(action)) {
    const method =
      action.kind === 'respond'
        ? action.method
        : action.kind === 'receive' && !/^\d/.test(action.what)
          ? action.what
          : undefined;
    return [
      ...misspeltMethod(method, [...path, action.kind === 'respond' ? 'method' : 'what']),
      ...actorOf(action, path, names),
      ...(labels === undefined ? [] : labelsOf(action, path, labels)),
      ...nothingPublished(action, path),
    ];
  }
  switch (action.kind) {
    case 'parallel':
      return action.branches.flatMap((branch, at) =>
        branch.flatMap((one, index) =>
          ofAction(one, [...path, 'parallel', String(at), String(index)], names, labels),
        ),
      );
    case 'repeat':
      return action.actions.flatMap((one, index) =>
        ofAction(one, [...path, 'steps', String(index)], names, labels),
      );
    case 'wait':
    case 'advance':
      return [];
    case 'terminate':
    case 'provision':
      return elementOf(action.hss, 'hss', [...path, 'hss'], names);
    case 'deregister':
    case 'reauthenticate':
      return elementOf(action.sCscf, 's-cscf', [...path, 'sCscf'], names);
    case 'kill':
    case 'restart':
      return elementOf(action.element, undefined, [...path, action.kind], names);
  }
}

/** A document that is left out by mistake; whoever means it says what must come of it. */
function nothingPublished(action: Action & { readonly actor: string }, path: readonly string[]): Complaint[] {
  return action.kind === 'publish' && action.body === undefined && action.expect === undefined
    ? [{ path: [...path, 'publish'], text: 'nothing to publish: expected `from` a file, or `text`' }]
    : [];
}

const UE_ONLY = new Set(actionKinds.filter(({ by }) => by === 'ue').map(({ keys }) => keys[0]));

function actorOf(
  action: Action & { readonly actor: string },
  path: readonly string[],
  { actors }: Names,
): Complaint[] {
  const actor = actors.get(action.actor);
  const key = action.kind === 'register' && action.expiresS === 0 ? 'deregister' : action.kind;
  if (actor === undefined) {
    const known = [...actors.keys()];
    const text = `there is no actor ${action.actor}; there are: ${known.join(', ')}${didYouMean(action.actor, known)}`;
    return [{ path: [...path, key], text }];
  }
  return actor.kind !== 'ue' && UE_ONLY.has(key)
    ? [{ path: [...path, key], text: `${action.actor} is no UE, and only UEs do that` }]
    : [];
}

/** `of` has the name that an action of the same actor was given before. */
function labelsOf(
  action: Action & { readonly actor: string },
  path: readonly string[],
  labels: Set<string>,
): Complaint[] {
  const own = labelOf(action.actor, '');
  if ('as' in action && action.as !== undefined) {
    labels.add(labelOf(action.actor, action.as));
  }
  if (!('of' in action) || action.of === undefined || labels.has(labelOf(action.actor, action.of))) {
    return [];
  }
  const known = [...labels].flatMap((one) => (one.startsWith(own) ? [one.slice(own.length)] : []));
  const there =
    known.length === 0 ? `none of ${action.actor}'s has a name` : `there are: ${known.join(', ')}`;
  return [
    {
      path: [...path, 'of'],
      text: `nothing before is named ${action.of}; ${there}${didYouMean(action.of, known)}`,
    },
  ];
}

/** What an actor made, by the name that it gave it. */
export function labelOf(actor: string, name: string): string {
  return `${actor} ${name}`;
}

function elementOf(
  name: string,
  kind: 'hss' | 's-cscf' | undefined,
  path: readonly string[],
  { elements }: Names,
): Complaint[] {
  if (elements === undefined) {
    return [];
  }
  const known = [...elements].flatMap(([one, its]) => (kind === undefined || its === kind ? [one] : []));
  const what = kind === undefined ? 'element' : kind === 'hss' ? 'HSS' : 'S-CSCF';
  return known.includes(name)
    ? []
    : [
        {
          path,
          text: `there is no ${what} ${name}; there are: ${known.join(', ')}${didYouMean(name, known)}`,
        },
      ];
}
