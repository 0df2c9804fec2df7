import type { Avp, AvpGroup } from '@ims-sim/diameter';
import { avpOf, cx, get, getAll } from '@ims-sim/diameter';
import type { ServerCapabilities } from './types.js';

const none: ServerCapabilities = { mandatory: [], optional: [], serverNames: [] };

/**
 * Server-Capabilities, TS 29.229 6.3.4; left out where any S-CSCF will do (TS 29.228 6.7): Kamailio's CDP drops an answer with an
 * AVP that has no data.
 */
export function serverCapabilitiesAvps(capabilities: ServerCapabilities): Avp[] {
  const members = [
    ...capabilities.mandatory.map((capability) => avpOf(cx.mandatoryCapability, capability)),
    ...capabilities.optional.map((capability) => avpOf(cx.optionalCapability, capability)),
    ...capabilities.serverNames.map((name) => avpOf(cx.serverName, name)),
  ];
  return members.length === 0 ? [] : [avpOf(cx.serverCapabilities, members)];
}

/** The Server-Capabilities of an answer; without any, any S-CSCF will do (TS 29.228 6.7). */
export function serverCapabilitiesOf(answer: AvpGroup): ServerCapabilities {
  const group = get(answer, cx.serverCapabilities);
  if (group === undefined) return none;
  return {
    mandatory: getAll(group, cx.mandatoryCapability),
    optional: getAll(group, cx.optionalCapability),
    serverNames: getAll(group, cx.serverName),
  };
}
