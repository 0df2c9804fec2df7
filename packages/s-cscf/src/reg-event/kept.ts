import type { SubscriptionDialog } from '@ims-sim/cx';
import { addresses, parseNameAddrList, tagOf, uriEquals, type Dialog, type SipRequest } from '@ims-sim/sip';
import type { ImplicitSet } from '../served-user.js';
import { isOnPath } from './subscribe.js';
import type { KeptFor } from './subscription.js';

/** Whose subscription the HSS is to keep, and as what (TS 23.380 4.2); undefined: it is nobody's whom it can be kept for. */
export function keptFor(
  request: SipRequest,
  set: ImplicitSet,
  subscriber: 'ue' | { readonly host: string } | undefined,
): KeptFor | undefined {
  if (subscriber === undefined) {
    return undefined;
  }
  if (subscriber === 'ue') {
    const privateIdentity = privateIdentityOf(request, set);
    return privateIdentity === undefined ? undefined : { privateIdentity, by: 'subscription' };
  }
  const behind = set.bindings.find((binding) => isOnPath(subscriber.host, binding));
  return behind && { privateIdentity: behind.privateIdentity, by: 'pCscfSubscription' };
}

/** The private identity of the UE that subscribes: that of its contact, or the only one that there is. */
function privateIdentityOf(request: SipRequest, { bindings }: ImplicitSet): string | undefined {
  const contact = addresses(request, 'contact')[0];
  const its = contact && bindings.find((binding) => uriEquals(binding.contact.uri, contact.uri));
  const first = bindings[0]?.privateIdentity;
  return (
    its?.privateIdentity ??
    (bindings.every(({ privateIdentity }) => privateIdentity === first) ? first : undefined)
  );
}

/**
 * What the HSS keeps of a subscription's dialog (TS 29.229 6.3.46 ff.): header values as the SUBSCRIBE would have
 * them. `dialogFrom` reads them.
 */
export function stored({ callId, remote, local, routeSet, remoteTarget }: Dialog): SubscriptionDialog {
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
  { callId, from, to, recordRoute, contact }: SubscriptionDialog,
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
