import type { Avp, AvpGroup } from '@ims-sim/diameter';
import { avpOf, cx, get, getAll, sh } from '@ims-sim/diameter';
import type { DataReference, IdentitySet, UserIdentity } from './types.js';

/** Data-Reference, TS 29.329 6.3.4, by value. */
const references: Readonly<Record<DataReference, number>> = {
  'repository-data': 0,
  'ims-public-identity': 10,
  'ims-user-state': 11,
  's-cscf-name': 12,
  'initial-filter-criteria': 13,
  'location-information': 14,
  'user-state': 15,
  'charging-information': 16,
  msisdn: 17,
  'psi-activation': 18,
  dsai: 19,
};
const byValue = new Map<number, DataReference>(
  Object.entries(references).map(([reference, value]) => [value, reference as DataReference]),
);

/** Identity-Set, TS 29.329 6.3.10, in the order of its values. */
const sets: readonly IdentitySet[] = ['all', 'registered', 'implicit', 'alias'];

/** What the requests have in common: whom they are about, and what of it. */
export interface Subject {
  readonly user: UserIdentity;
  readonly wildcardedIdentity?: string;
  readonly references: readonly DataReference[];
  readonly serviceIndications?: readonly string[];
  readonly serverName?: string;
  readonly identitySets?: readonly IdentitySet[];
}

/**
 * The AVPs of `subject`, each service, reference and identity set in one of its own (TS 29.329 6.3.4, 6.3.5,
 * 6.3.10).
 */
export function subjectAvps(subject: Subject): Avp[] {
  const avps = [...userAvps(subject)];
  for (const service of subject.serviceIndications ?? []) {
    avps.push(avpOf(sh.serviceIndication, Buffer.from(service)));
  }
  if (subject.serverName !== undefined) avps.push(avpOf(cx.serverName, subject.serverName));
  for (const reference of subject.references) avps.push(avpOf(sh.dataReference, references[reference]));
  for (const set of subject.identitySets ?? []) avps.push(avpOf(sh.identitySet, sets.indexOf(set)));
  return avps;
}

/** Undefined where the request names no user, or data that this knows nothing of. */
export function subjectOf(message: AvpGroup): Subject | undefined {
  const about = userOf(message);
  const known = getAll(message, sh.dataReference).map((value) => byValue.get(value));
  if (about === undefined || !known.every((reference) => reference !== undefined)) return undefined;
  const services = getAll(message, sh.serviceIndication).map((service) => service.toString());
  const identitySets = getAll(message, sh.identitySet).map((value) => sets[value] ?? 'all');
  const serverName = get(message, cx.serverName);
  return {
    ...about,
    references: known,
    ...(services.length > 0 && { serviceIndications: services }),
    ...(serverName !== undefined && { serverName }),
    ...(identitySets.length > 0 && { identitySets }),
  };
}

type About = Pick<Subject, 'user' | 'wildcardedIdentity'>;

/** User-Identity and Wildcarded-Public-Identity, TS 29.329 6.3.1. */
export function userAvps({ user, wildcardedIdentity }: About): Avp[] {
  const identity =
    user.kind === 'public-identity'
      ? avpOf(cx.publicIdentity, user.identity)
      : avpOf(sh.msisdn, tbcd(user.msisdn));
  const avps = [avpOf(sh.userIdentity, [identity])];
  if (wildcardedIdentity !== undefined) avps.push(avpOf(cx.wildcardedPublicIdentity, wildcardedIdentity));
  return avps;
}

/**
 * Whom a request is about: by public identity where it has both (TS 29.328 7.1 allows one); undefined where it has
 * neither.
 */
export function userOf(message: AvpGroup): About | undefined {
  const group = get(message, sh.userIdentity);
  if (group === undefined) return undefined;
  const identity = get(group, cx.publicIdentity);
  const msisdn = get(group, sh.msisdn);
  const wildcardedIdentity = get(message, cx.wildcardedPublicIdentity);
  const wildcard = wildcardedIdentity === undefined ? {} : { wildcardedIdentity };
  if (identity !== undefined) return { user: { kind: 'public-identity', identity }, ...wildcard };
  return msisdn && { user: { kind: 'msisdn', msisdn: digitsOf(msisdn) }, ...wildcard };
}

/** TS 29.329 6.3.2: TBCD, two digits an octet, the first in the low half; an odd one is filled up with 1111. */
function tbcd(digits: string): Buffer {
  const bytes = Buffer.alloc(Math.ceil(digits.length / 2), 0xff);
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[i]) & 0x0f;
    const at = i >> 1;
    const before = bytes[at] ?? 0xff;
    bytes[at] = i % 2 === 0 ? (before & 0xf0) | digit : (before & 0x0f) | (digit << 4);
  }
  return bytes;
}

function digitsOf(bytes: Buffer): string {
  let digits = '';
  for (const byte of bytes) {
    for (const half of [byte & 0x0f, byte >> 4]) if (half < 10) digits += String(half);
  }
  return digits;
}
