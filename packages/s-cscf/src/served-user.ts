import type {
  ChargingFunctions,
  InitialFilterCriteria,
  PublicIdentity,
  RestorableRegistration,
  ServiceProfile,
  UserProfile,
} from '@ims-sim/cx';
import { compileWildcard, isWildcarded } from '@ims-sim/cx';
import { header, toUtf8, type Header, type NameAddr } from '@ims-sim/sip';
import type { Due } from './due-queue.js';
import { compileCriteria, type Criterion } from './ifc/criterion.js';
import type { Wildcard } from './wildcard.js';

/** A public user identity that this S-CSCF serves, with its part of the profile. */
export interface ServedUser {
  /** As the profile has it, e.g. `sip:user1_public1@home1.net`. */
  readonly identity: string;
  readonly barred: boolean;
  readonly displayName?: string | undefined;
  /** How many contacts the HSS allows it at a time (TS 29.228 B.2.1); undefined: it says nothing of that. */
  readonly maxContacts?: number | undefined;
  /** In the order of evaluation. */
  readonly criteria: readonly Criterion[];
  /** Of a SIP identity the telephone number of the same service profile, and the other way round, as a header that asserts it. */
  readonly assertedBeside: Header | undefined;
  /** Of an identity that matches a wildcarded one: that one, as the profile has it. */
  readonly wildcarded?: string | undefined;
  readonly set: ImplicitSet;
}

/** An implicit registration set (TS 23.228 5.2.1a): identities that are registered together, and where they are. */
export interface ImplicitSet extends Due {
  /** Unique in the registrar. */
  readonly id: string;
  /** In the order of the profile; the first that is not barred is the default one. */
  users: readonly ServedUser[];
  /** Those of `users` that are wildcarded, compiled. */
  wildcards: readonly Wildcard[];
  /** The private identity of the profile, where the HSS named one. */
  profileOf: string;
  charging?: ChargingFunctions | undefined;
  bindings: readonly Binding[];
  /** By private identity: the subscriptions to its registration state that the HSS keeps (TS 23.380 4.2). */
  subscriptions?: ReadonlyMap<string, KeptSubscriptions> | undefined;
  /** Private identities of which the HSS is being told that, and whether there is something new since. */
  keeping?: Map<string, 'once' | 'again'> | undefined;
  /** Private identities that are to be challenged with their next REGISTER (TS 24.229 5.4.1.6). */
  toAuthenticate?: ReadonlySet<string> | undefined;
  /** Without bindings: until when the profile is kept for services of an unregistered user. */
  keptUntilMs: number;
}

/** The UE's own subscription to its registration state, and its P-CSCF's. */
export type KeptSubscriptions = Pick<RestorableRegistration, 'subscription' | 'pCscfSubscription'>;

/** A contact that is registered (TS 24.229 5.4.1.2.2F, RFC 3261 10.3). */
export interface Binding {
  /** Unique in the registrar; a refreshed contact keeps its own. */
  readonly id: string;
  readonly privateIdentity: string;
  readonly contact: NameAddr;
  /** 0 to 1; higher is tried first. */
  readonly q: number;
  /** The Path header's value as it came; empty where there was none. */
  readonly path: string;
  /** The Path as the Route towards the UE; undefined where there was none. */
  readonly route: Header | undefined;
  /** Host of the P-CSCF: of the topmost Path. */
  readonly pathHost: string | undefined;
  readonly callId: string;
  readonly cseq: number;
  readonly registeredAtMs: number;
  readonly expiresAtMs: number;
}

/**
 * Whether a contact of the set is bound at `nowMs`: one that has expired does not count, though nobody has taken
 * it away yet.
 */
export function isRegistered({ bindings }: ImplicitSet, nowMs: number): boolean {
  for (const { expiresAtMs } of bindings) {
    if (expiresAtMs > nowMs) {
      return true;
    }
  }
  return false;
}

/** The identities of a set that are not barred. */
export function activeIn({ users }: ImplicitSet): string[] {
  return users.filter(({ barred }) => !barred).map(({ identity }) => identity);
}

/** The identity that stands for a set: its default one, or where all are barred the first. */
export function defaultUser({ users }: ImplicitSet): ServedUser | undefined {
  return users.find(({ barred, identity }) => !barred && !isWildcarded(identity)) ?? users[0];
}

/** Shared initial filter criteria by the identifier of their set (TS 29.228 B.2.1A). */
export type SharedFilterCriteria = Readonly<Record<number, readonly InitialFilterCriteria[]>>;

/** The users of a profile, criteria compiled once; `unknownSet` is told of shared criteria that are not here. */
export function usersOf(
  profile: UserProfile,
  set: ImplicitSet,
  shared: SharedFilterCriteria = {},
  unknownSet: (id: number) => void = () => undefined,
): readonly ServedUser[] {
  return profile.serviceProfiles.flatMap((part) => usersOfPart(part, set, shared, unknownSet));
}

function usersOfPart(
  { publicIdentities, initialFilterCriteria, sharedIfcSetIds = [] }: ServiceProfile,
  set: ImplicitSet,
  shared: SharedFilterCriteria,
  unknownSet: (id: number) => void,
): ServedUser[] {
  const all = [...initialFilterCriteria];
  for (const id of sharedIfcSetIds) {
    const more = shared[id];
    if (more === undefined) {
      unknownSet(id);
    } else {
      all.push(...more);
    }
  }
  const criteria = compiled(all);
  const distinct = publicIdentities.filter(({ identity, barred }) => !barred && !isWildcarded(identity));
  const tel = asserting(distinct.find(({ identity }) => isTel(identity)));
  const sip = asserting(distinct.find(({ identity }) => !isTel(identity)));
  return publicIdentities.map(({ identity, barred, displayName, maxSimultaneousRegistrations }) => ({
    identity,
    barred,
    displayName,
    maxContacts: maxSimultaneousRegistrations,
    criteria,
    assertedBeside: isTel(identity) ? sip : tel,
    set,
  }));
}

function isTel(identity: string): boolean {
  return /^tel:/i.test(identity);
}

/** TS 24.229 5.4.3.2: with the display name that the HSS has of it. */
function asserting(one: PublicIdentity | undefined): Header | undefined {
  if (one === undefined) {
    return undefined;
  }
  const name = one.displayName === undefined ? '' : `"${toUtf8(one.displayName.replace(/["\\]/g, '\\$&'))}" `;
  return header('P-Asserted-Identity', `${name}<${one.identity}>`);
}

/**
 * Those of the users that stand for many (TS 23.003 13.4A, 13.5), ready to be matched; those that cannot be
 * compiled match nobody.
 */
export function wildcardsOf(users: readonly ServedUser[]): readonly Wildcard[] {
  const result: Wildcard[] = [];
  for (const user of users) {
    const matches = isWildcarded(user.identity) ? compileWildcard(user.identity) : undefined;
    if (matches !== undefined) {
      result.push({ user, matches });
    }
  }
  return result.length === 0 ? NO_WILDCARDS : result;
}

const NO_WILDCARDS: readonly Wildcard[] = [];

/**
 * Most subscribers of an operator have the same criteria: compiled once for all of them. A function of the text alone (it says
 * nothing of a served user), so elements of one process may share it.
 */
const MAX_COMPILED = 1000;
const compiledByText = new Map<string, readonly Criterion[]>();

function compiled(criteria: readonly InitialFilterCriteria[]): readonly Criterion[] {
  const text = JSON.stringify(criteria);
  const known = compiledByText.get(text);
  if (known !== undefined) {
    return known;
  }
  const result = compileCriteria(criteria);
  if (compiledByText.size >= MAX_COMPILED) {
    compiledByText.clear();
  }
  compiledByText.set(text, result);
  return result;
}
