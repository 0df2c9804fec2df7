import type { AvpRule, CommandDefinition } from '@ims-sim/diameter';
import { command3gpp, cx, exactlyOne, optional, sh } from '@ims-sim/diameter';

/** TS 29.329 5.3: the application identifier that IANA gave to Sh. */
export const SH_APPLICATION = 16777217;

/** A command of TS 29.329 6.1: what the requests of all have in common, and the rules of this one. */
export function shCommand(name: string, code: number, rules: readonly AvpRule[]): CommandDefinition {
  return command3gpp(SH_APPLICATION, name, code, [
    exactlyOne(sh.userIdentity),
    optional(cx.wildcardedPublicIdentity),
    ...rules,
  ]);
}
