import type { AvpRule, CommandDefinition } from '@ims-sim/diameter';
import { command3gpp } from '@ims-sim/diameter';

/** TS 29.229 5.3: the application identifier that IANA gave to Cx. */
export const CX_APPLICATION = 16777216;

/** A command of TS 29.229 6.1: what the requests of all have in common, and the rules of this one. */
export function cxCommand(name: string, code: number, rules: readonly AvpRule[]): CommandDefinition {
  return command3gpp(CX_APPLICATION, name, code, rules);
}
