import { isWildcarded } from '@ims-sim/cx';
import type { RegInfo, RegInfoContact, RegInfoRegistration, UnknownParam } from '@ims-sim/reginfo';
import type { Binding, ImplicitSet } from '../served-user.js';
import type { ContactChange } from './subscription.js';

/** What a document says beside the state of the set. */
export interface DocumentOptions {
  readonly version: number;
  readonly nowMs: number;
  /** The identity that was registered explicitly: its contacts are `registered`, those of the others `created`. */
  readonly explicit: string | undefined;
  /** Identities that are not of the set any more. */
  readonly removed?: ReadonlySet<string> | undefined;
}

/**
 * TS 24.229 5.4.2.1.2: the state of every identity of the set that is not barred, each with all contacts; `changes` adds those
 * that are gone.
 * Deviation: wildcarded identities are left out (the extension of clause 7.10), as no UE of this project is told by one.
 */
export function fullState(
  set: ImplicitSet,
  changes: Iterable<ContactChange>,
  options: DocumentOptions,
): RegInfo {
  const now: ContactChange[] = set.bindings.map((binding) => ({ binding, event: 'created' }));
  const known = new Set(set.bindings.map(({ id }) => id));
  for (const change of changes) {
    if (!known.has(change.binding.id)) {
      now.push(change);
    }
  }
  return documentOf('full', set, now, options);
}

/** The same with what changed only (RFC 3680 5.1). */
export function partialState(
  set: ImplicitSet,
  changes: Iterable<ContactChange>,
  options: DocumentOptions,
): RegInfo {
  return documentOf('partial', set, [...changes], options);
}

function documentOf(
  state: RegInfo['state'],
  set: ImplicitSet,
  changes: readonly ContactChange[],
  options: DocumentOptions,
): RegInfo {
  const active = new Set(set.bindings.map(({ id }) => id));
  const registrations: RegInfoRegistration[] = [];
  set.users.forEach(({ identity, barred, displayName }) => {
    if (barred || isWildcarded(identity)) {
      return;
    }
    registrations.push({
      aor: identity,
      id: idOf(set, identity),
      state: set.bindings.length > 0 ? 'active' : 'terminated',
      contacts: changes.map((change) => ({
        ...contactOf(change, active.has(change.binding.id), identity === options.explicit, options.nowMs),
        ...(displayName === undefined ? {} : { displayName }),
      })),
    });
  });
  for (const identity of options.removed ?? []) {
    // 5.4.2.1.2: without contacts, which are there as before for the other identities.
    if (!isWildcarded(identity) && !registrations.some(({ aor }) => aor === identity)) {
      registrations.push({ aor: identity, id: idOf(set, identity), state: 'terminated', contacts: [] });
    }
  }
  return { version: options.version, state, registrations };
}

/** The same whatever the HSS changes about the set. */
function idOf(set: ImplicitSet, identity: string): string {
  return `${set.id}-${identity}`;
}

function contactOf(
  { binding, event, retryAfterS }: ContactChange,
  isActive: boolean,
  isExplicit: boolean,
  nowMs: number,
): RegInfoContact {
  const q = binding.contact.params.get('q');
  const unknownParams = unknownParamsOf(binding);
  return {
    id: binding.id,
    state: isActive ? 'active' : 'terminated',
    event: event === 'created' && isExplicit ? 'registered' : event,
    uri: binding.contact.uriText,
    durationRegisteredS: Math.max(0, Math.floor((nowMs - binding.registeredAtMs) / 1000)),
    ...(isActive ? { expiresS: Math.max(0, Math.ceil((binding.expiresAtMs - nowMs) / 1000)) } : {}),
    ...(retryAfterS === undefined ? {} : { retryAfterS }),
    ...(typeof q === 'string' ? { q } : {}),
    callId: binding.callId,
    cseq: binding.cseq,
    ...(unknownParams.length === 0 ? {} : { unknownParams }),
  };
}

/** RFC 3680 5.3: `+sip.instance`, `audio` and whatever else the Contact has that RFC 3261 does not know. */
function unknownParamsOf({ contact }: Binding): UnknownParam[] {
  const result: UnknownParam[] = [];
  for (const [name, value] of contact.params) {
    if (name !== 'q' && name !== 'expires') {
      result.push(value === true ? { name } : { name, value });
    }
  }
  return result;
}
