import type { AvpRule, CommandDefinition } from '@ims-sim/diameter';
import { anyNumber, base, cx, exactlyOne, optional } from '@ims-sim/diameter';

/** TS 29.229 5.3: the application identifier that IANA gave to Cx. */
export const CX_APPLICATION = 16777216;

/** A command of TS 29.229 6.1: what the requests of all have in common, and the rules of this one. */
export function cxCommand(name: string, code: number, rules: readonly AvpRule[]): CommandDefinition {
  return {
    name,
    code,
    application: CX_APPLICATION,
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
