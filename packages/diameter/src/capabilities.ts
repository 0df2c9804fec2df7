import type { Avp } from './avp.js';
import { avpOf } from './avp.js';
import type { ApplicationDefinition } from './command.js';
import type { Message } from './decode.js';
import { get, getAll } from './decode.js';
import { APPLICATION_RELAY, INBAND_SECURITY_NONE, base } from './dictionary-base.js';
import type { Fault } from './fault.js';
import { sameIdentity } from './identity.js';
import { NO_COMMON_APPLICATION, NO_COMMON_SECURITY, SUCCESS } from './result-code.js';

/** What a node says about itself in a CER or CEA. */
export interface Capabilities {
  readonly originStateId: number;
  readonly vendorId: number;
  readonly productName: string;
  readonly applications: readonly ApplicationDefinition[];
}

/** The AVPs of a CER or CEA behind Origin-Host and Origin-Realm (RFC 6733 5.3.1, 5.3.2), for a connection from `address`. */
export function capabilityAvps(own: Capabilities, address: string): Avp[] {
  const vendors = new Set(own.applications.map(({ vendorId }) => vendorId).filter((vendor) => vendor !== 0));
  return [
    avpOf(base.hostIpAddress, address),
    avpOf(base.vendorId, own.vendorId),
    avpOf(base.productName, own.productName),
    avpOf(base.originStateId, own.originStateId),
    ...[...vendors].map((vendor) => avpOf(base.supportedVendorId, vendor)),
    ...own.applications.map(({ id }) => avpOf(base.authApplicationId, id)),
    ...own.applications
      .filter(({ vendorId }) => vendorId !== 0)
      .map(({ id, vendorId }) =>
        avpOf(base.vendorSpecificApplicationId, [
          avpOf(base.vendorId, vendorId),
          avpOf(base.authApplicationId, id),
        ]),
      ),
  ];
}

/**
 * Whether there is anything to talk about with the sender of a CER (RFC 6733 5.3): an application in common, offered
 * on its own or only in a Vendor-Specific-Application-Id, and no demand for TLS, which is not spoken here.
 */
export function faultOfCapabilities(own: Capabilities, cer: Message): Fault | undefined {
  const security = getAll(cer, base.inbandSecurityId);
  if (security.length > 0 && !security.includes(INBAND_SECURITY_NONE)) {
    return { resultCode: NO_COMMON_SECURITY, failedAvps: [], text: 'TLS is not supported' };
  }
  const offered = offeredApplications(cer);
  if (offered.has(APPLICATION_RELAY) || own.applications.some(({ id }) => offered.has(id))) return undefined;
  return { resultCode: NO_COMMON_APPLICATION, failedAvps: [], text: 'no application in common' };
}

/**
 * Why the peer that a CEA is from cannot be used, for a reader; undefined if it can. `expected`: the Origin-Host it
 * must have.
 */
export function faultOfCea(own: Capabilities, cea: Message, expected: string): string | undefined {
  const resultCode = get(cea, base.resultCode);
  if (resultCode !== SUCCESS) {
    return `it refuses with ${String(resultCode)} (${get(cea, base.errorMessage) ?? 'no reason'})`;
  }
  const { host } = originOf(cea);
  if (!sameIdentity(host, expected)) return `it says that it is ${host}`;
  return faultOfCapabilities(own, cea)?.text;
}

/** Every application that a CER or CEA offers, on its own or in a Vendor-Specific-Application-Id. */
export function offeredApplications(message: Message): Set<number> {
  const offered = new Set<number>();
  for (const group of [message, ...getAll(message, base.vendorSpecificApplicationId)]) {
    for (const id of getAll(group, base.authApplicationId)) offered.add(id);
    for (const id of getAll(group, base.acctApplicationId)) offered.add(id);
  }
  return offered;
}

/** Who a CER, CEA or any other message says it is from. */
export function originOf(message: Message): { readonly host: string; readonly realm: string } {
  return { host: get(message, base.originHost) ?? '', realm: get(message, base.originRealm) ?? '' };
}
