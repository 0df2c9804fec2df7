import type { Avp, AvpGroup } from '@ims-sim/diameter';
import { avpOf, cx, get } from '@ims-sim/diameter';
import type { ChargingFunctions } from './types.js';

/** Which AVP has which function, in the order of TS 29.229 6.3.19. */
const functions = [
  ['primaryEcf', cx.primaryEcf],
  ['secondaryEcf', cx.secondaryEcf],
  ['primaryCcf', cx.primaryCcf],
  ['secondaryCcf', cx.secondaryCcf],
] as const;

/** Charging-Information, TS 29.229 6.3.19; none without a function. */
export function chargingInformation(charging: ChargingFunctions | undefined): readonly Avp[] {
  if (charging === undefined) return [];
  const avps: Avp[] = [];
  for (const [key, definition] of functions) {
    const uri = charging[key];
    if (uri !== undefined) avps.push(avpOf(definition, uri));
  }
  return avps.length === 0 ? [] : [avpOf(cx.chargingInformation, avps)];
}

/** The functions that Charging-Information names, one or more; undefined where the AVP is absent. */
export function chargingInformationOf(message: AvpGroup): ChargingFunctions | undefined {
  const group = get(message, cx.chargingInformation);
  if (group === undefined) return undefined;
  const charging: { -readonly [Key in keyof ChargingFunctions]: string } = {};
  for (const [key, definition] of functions) {
    const uri = get(group, definition);
    if (uri !== undefined) charging[key] = uri;
  }
  return charging;
}
