import type { Network } from '@ims-sim/element';
import type { Complaint } from '@ims-sim/element/files';
import { type Action, isActorAction } from '../action.js';
import type { Scenario } from '../scenario.js';
import { everyAction } from './to-action.js';

/** What is certain of a scenario, action by action. */
interface Course {
  readonly killed: Set<string>;
  /** UEs that are registered, and would not hear of it if the network took that back. */
  readonly registered: Set<string>;
  /** UEs that have subscribed to their registration state. */
  readonly following: Set<string>;
}

/** What cannot come true because of what was, or was not, done before. */
export function orderOfActions(
  { before, play, elements, actors }: Scenario,
  network: Network | undefined,
): Complaint[] {
  const strangers = new Map<string, string>();
  for (const { name, operator, external } of network?.elements ?? []) {
    const role = elements.get(name) ?? elements.get(operator);
    if (role === undefined ? external !== undefined : role.kind !== 'play') {
      strangers.set(name, 'it is nobody of ours');
    }
  }
  const dns = network?.dns;
  const dnsRole = dns && elements.get(dns.name)?.kind;
  if (dns && (dnsRole === undefined ? dns.external !== undefined : dnsRole === 'external')) {
    strangers.set(dns.name, 'it is nobody of ours');
  }
  for (const actor of actors) {
    if (actor.kind !== 'ue') {
      strangers.set(actor.host, `the actor ${actor.name} is in its place`);
    }
  }
  const course: Course = { killed: new Set(), registered: new Set(), following: new Set() };
  return [...inList(before, ['before'], course, strangers), ...inList(play, ['play'], course, strangers)];
}

function inList(
  actions: readonly Action[],
  path: readonly string[],
  course: Course,
  strangers: ReadonlyMap<string, string>,
): Complaint[] {
  return actions.flatMap((action, index) => inAction(action, [...path, String(index)], course, strangers));
}

function inAction(
  action: Action,
  path: readonly string[],
  course: Course,
  strangers: ReadonlyMap<string, string>,
): Complaint[] {
  if (isActorAction(action)) {
    return ofUe(action, path, course);
  }
  switch (action.kind) {
    case 'parallel': {
      // what another branch does may come before
      const branches = action.branches.flatMap((branch) => [...everyAction(branch)]);
      noteAll(branches, course);
      const found = action.branches.flatMap((branch, at) =>
        inList(branch, [...path, 'parallel', String(at)], course, strangers),
      );
      noteAll(branches, course);
      return found;
    }
    case 'repeat':
      return inList(action.actions, [...path, 'steps'], course, strangers);
    case 'kill':
    case 'restart':
      return killedAndBack(action, path, course, strangers);
    default:
      return [];
  }
}

function killedAndBack(
  { kind, element }: Extract<Action, { kind: 'kill' | 'restart' }>,
  path: readonly string[],
  { killed }: Course,
  strangers: ReadonlyMap<string, string>,
): Complaint[] {
  const stranger = strangers.get(element);
  if (stranger !== undefined) {
    return [{ path: [...path, kind], text: `${element} is not started here: ${stranger}` }];
  }
  if (kind === 'kill') {
    killed.add(element);
    return [];
  }
  return killed.has(element)
    ? []
    : [{ path: [...path, kind], text: `nothing before kills ${element}: expected \`kill ${element}\`` }];
}

/** TS 24.229 5.1.1.7: a UE that has not subscribed to its registration state is not told that the network took it back. */
function ofUe(
  action: Extract<Action, { actor: string }>,
  path: readonly string[],
  { registered, following }: Course,
): Complaint[] {
  const { actor } = action;
  if (action.kind === 'registrationState') {
    following.add(actor);
  } else if (action.kind === 'register') {
    const isWhole = action.expiresS > 0 && action.headers === undefined && expects2xx(action);
    registered[isWhole ? 'add' : 'delete'](actor);
  } else if (
    action.kind === 'until' &&
    !action.registered &&
    registered.has(actor) &&
    !following.has(actor)
  ) {
    const text = `${actor} would not know: expected \`${actor} subscribes to its registration state\` before, or that it deregisters`;
    return [{ path: [...path, 'until'], text }];
  }
  return [];
}

function expects2xx({ expect }: Extract<Action, { kind: 'register' }>): boolean {
  switch (expect?.kind) {
    case undefined:
      return true;
    case 'class':
      return expect.hundreds === 2;
    case 'status':
      return expect.status < 300;
    case 'no-answer':
      return false;
  }
}

/** Of actions in any order: who subscribes is following, who registers or deregisters is no longer known to be registered. */
function noteAll(actions: readonly Action[], { killed, registered, following }: Course): void {
  for (const action of actions) {
    if (action.kind === 'registrationState') {
      following.add(action.actor);
    } else if (action.kind === 'register') {
      registered.delete(action.actor);
    } else if (action.kind === 'kill') {
      killed.add(action.element);
    }
  }
}
