import type { Avp, AvpRule } from './avp.js';
import { anyNumber, avpOf, exactlyOne, optional } from './avp.js';
import type { ApplicationDefinition, CommandDefinition } from './command.js';
import { AUTH_SESSION_NO_STATE_MAINTAINED, base } from './dictionary-base.js';
import { VENDOR_3GPP, cx } from './dictionary-cx.js';

/**
 * A command of Cx or Sh: what the requests of both have in common (TS 29.229 6.1, TS 29.329 6.1), then the `rules` of this one.
 */
export function command3gpp(
  application: number,
  name: string,
  code: number,
  rules: readonly AvpRule[],
): CommandDefinition {
  return {
    name,
    code,
    application,
    proxiable: true,
    request: [
      exactlyOne(base.sessionId),
      exactlyOne(base.vendorSpecificApplicationId),
      exactlyOne(base.authSessionState),
      exactlyOne(base.originHost),
      exactlyOne(base.originRealm),
      optional(base.destinationHost),
      exactlyOne(base.destinationRealm),
      anyNumber(cx.supportedFeatures),
      ...rules,
    ],
  };
}

/** An application of 3GPP's that keeps no session: its messages say both (TS 29.229 5.3 and 5.5, TS 29.329 5.3 and 5.5). */
export function application3gpp(id: number, commands: readonly CommandDefinition[]): ApplicationDefinition {
  return {
    id,
    vendorId: VENDOR_3GPP,
    commands,
    commonAvps: [
      avpOf(base.vendorSpecificApplicationId, [
        avpOf(base.vendorId, VENDOR_3GPP),
        avpOf(base.authApplicationId, id),
      ]),
      avpOf(base.authSessionState, AUTH_SESSION_NO_STATE_MAINTAINED),
    ],
  };
}

/** Experimental-Result of vendor 3GPP; Result-Code is then absent (TS 29.229 6.2, TS 29.329 6.2). */
export function experimentalResult3gpp(code: number): Avp {
  return avpOf(base.experimentalResult, [
    avpOf(base.vendorId, VENDOR_3GPP),
    avpOf(base.experimentalResultCode, code),
  ]);
}
