import type { Avp } from './avp.js';
import { avpOf } from './avp.js';
import type { ApplicationDefinition } from './command.js';
import { base } from './dictionary-base.js';
import { encodeMessage } from './encode.js';
import { FLAG_PROXIABLE, FLAG_REQUEST } from './header.js';
import type { Identity } from './identity.js';
import type { OutgoingRequest } from './options.js';

/**
 * What encodes the requests of a node, RFC 6733 6.1.1: its origin, and what its applications have in common, are in
 * each.
 */
export function requestEncoder(
  applications: readonly ApplicationDefinition[],
  identity: Identity,
): (request: OutgoingRequest, hopByHop: number) => Buffer {
  const common = new Map<number, readonly Avp[]>(applications.map(({ id, commonAvps }) => [id, commonAvps]));
  return ({ command, sessionId, destinationRealm, destinationHost, avps }, hopByHop) => {
    const all = [avpOf(base.sessionId, sessionId)];
    all.push(...(common.get(command.application) ?? []), ...identity.origin);
    all.push(avpOf(base.destinationRealm, destinationRealm));
    if (destinationHost !== undefined) all.push(avpOf(base.destinationHost, destinationHost));
    all.push(...avps);
    return encodeMessage({
      flags: FLAG_REQUEST | (command.proxiable ? FLAG_PROXIABLE : 0),
      command: command.code,
      application: command.application,
      hopByHop,
      endToEnd: identity.nextEndToEnd(),
      avps: all,
    });
  };
}
