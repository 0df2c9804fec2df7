import type { Avp, AvpRule } from './avp.js';
import { anyNumber, exactlyOne, optional } from './avp.js';
import { base } from './dictionary-base.js';

/** A pair of commands and their grammars, RFC 6733 3.2. AVPs that no rule names are welcome (`* [ AVP ]`). */
export interface CommandDefinition {
  /** Without `-Request` and `-Answer`, e.g. `User-Authorization`. */
  readonly name: string;
  readonly code: number;
  readonly application: number;
  readonly proxiable: boolean;
  readonly request: readonly AvpRule[];
}

/** An application that a node offers its peers, RFC 6733 2.4. */
export interface ApplicationDefinition {
  readonly id: number;
  /** 0 for an IETF application; another one is offered in a Vendor-Specific-Application-Id too (RFC 6733 5.3). */
  readonly vendorId: number;
  readonly commands: readonly CommandDefinition[];
  /** What stands in every request and answer of the application, after the Session-Id. */
  readonly commonAvps: readonly Avp[];
}

const origin = [exactlyOne(base.originHost), exactlyOne(base.originRealm)];
const baseCommand = (name: string, code: number, request: readonly AvpRule[]): CommandDefinition => ({
  name,
  code,
  application: 0,
  proxiable: false,
  request: [...origin, ...request],
});

/** RFC 6733 5.3.1; `{ Host-IP-Address }` and `{ Product-Name }` are not insisted on: nothing here depends on them. */
export const capabilitiesExchange = baseCommand('Capabilities-Exchange', 257, [
  anyNumber(base.hostIpAddress),
  exactlyOne(base.vendorId),
  optional(base.productName),
  optional(base.originStateId),
  anyNumber(base.supportedVendorId),
  anyNumber(base.authApplicationId),
  anyNumber(base.inbandSecurityId),
  anyNumber(base.acctApplicationId),
  anyNumber(base.vendorSpecificApplicationId),
]);

/** RFC 6733 5.5.1. */
export const deviceWatchdog = baseCommand('Device-Watchdog', 280, [optional(base.originStateId)]);

/** RFC 6733 5.4.1. */
export const disconnectPeer = baseCommand('Disconnect-Peer', 282, [exactlyOne(base.disconnectCause)]);

export const baseCommands: readonly CommandDefinition[] = [
  capabilitiesExchange,
  deviceWatchdog,
  disconnectPeer,
];
