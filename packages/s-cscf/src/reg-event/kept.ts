import type { RestorableRegistration } from '@ims-sim/cx';
import { addresses, parseNameAddrList, tagOf, uriEquals, type Dialog, type SipRequest } from '@ims-sim/sip';
import type { ImplicitSet } from '../served-user.js';

/** What the HSS keeps of a UE's subscription (TS 23.380 4.2). */
export type StoredSubscription = NonNullable<RestorableRegistration['subscription']>;

/** The private identity of the UE that subscribes: that of its contact, or the only one that there is. */
export function privateIdentityOf(request: SipRequest, { bindings }: ImplicitSet): string | undefined {
  const contact = addresses(request, 'contact')[0];
  const its = contact && bindings.find((binding) => uriEquals(binding.contact.uri, contact.uri));
  const first = bindings[0]?.privateIdentity;
  return (
    its?.privateIdentity ??
    (bindings.every(({ privateIdentity }) => privateIdentity === first) ? first : undefined)
  );
}

export function stored({ callId, remote, local, routeSet, remoteTarget }: Dialog): StoredSubscription {
  return {
    callId,
    from: remote.text,
    to: local.text,
    recordRoute: routeSet.map(({ text }) => text).join(', '),
    contact: `<${remoteTarget}>`,
  };
}

/**
 * The dialog out of what the HSS has kept; undefined where it cannot be read. How many NOTIFYs there were nobody knows: the
 * CSeq goes on from the seconds since the epoch, which no subscription has counted to.
 */
export function dialogFrom(
  { callId, from, to, recordRoute, contact }: StoredSubscription,
  nowMs: number,
): Dialog | undefined {
  const remote = parseNameAddrList(from)?.[0];
  const local = parseNameAddrList(to)?.[0];
  const target = parseNameAddrList(contact)?.[0];
  const routeSet = recordRoute === '' ? [] : parseNameAddrList(recordRoute);
  const localTag = tagOf(local);
  if (remote === undefined || local === undefined || target === undefined || routeSet === undefined) {
    return undefined;
  }
  if (localTag === undefined) {
    return undefined;
  }
  return {
    callId,
    localTag,
    remoteTag: tagOf(remote) ?? '',
    local,
    remote,
    remoteTarget: target.uriText,
    routeSet,
    localCSeq: countFrom(nowMs),
    remoteCSeq: undefined,
  };
}

/** A number that a counter from 0 has not come to, below 2**31 (RFC 3261 8.1.1.5). */
export function countFrom(nowMs: number): number {
  return Math.floor(nowMs / 1000) % 2 ** 31;
}
