import type { AvpDefinition } from './avp.js';
import { base } from './dictionary-base.js';
import { cx } from './dictionary-cx.js';
import { digest } from './dictionary-digest.js';
import { sh } from './dictionary-sh.js';

const byVendor = new Map<number, Map<number, AvpDefinition>>();
for (const application of [base, digest, cx, sh]) {
  for (const definition of Object.values(application)) add(definition);
}

/** The definition of an AVP, or undefined where the dictionary has none. `vendorId` is 0 for an AVP without the V bit. */
export function definitionOf(code: number, vendorId: number): AvpDefinition | undefined {
  return byVendor.get(vendorId)?.get(code);
}

function add(definition: AvpDefinition): void {
  const codes = byVendor.get(definition.vendorId) ?? new Map<number, AvpDefinition>();
  byVendor.set(definition.vendorId, codes.set(definition.code, definition));
  for (const { avp } of definition.rules ?? []) {
    if (codes.get(avp.code) === undefined && avp.vendorId === definition.vendorId) add(avp);
  }
}
