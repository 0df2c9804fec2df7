import type { AvpRule, CommandDefinition } from '@ims-sim/diameter';
import { anyNumber, base, cx, exactlyOne, optional, sh } from '@ims-sim/diameter';

/** TS 29.329 5.3: the application identifier that IANA gave to Sh. */
export const SH_APPLICATION = 16777217;

/** A command of TS 29.329 6.1: what the requests of all have in common, and the rules of this one. */
export function shCommand(name: string, code: number, rules: readonly AvpRule[]): CommandDefinition {
  return {
    name,
    code,
    application: SH_APPLICATION,
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
      exactlyOne(sh.userIdentity),
      optional(cx.wildcardedPublicIdentity),
      ...rules,
    ],
  };
}
