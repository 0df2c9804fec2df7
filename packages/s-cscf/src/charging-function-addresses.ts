import type { ChargingFunctions } from '@ims-sim/cx';
import { header, type Header } from '@ims-sim/sip';

/** P-Charging-Function-Addresses (RFC 7315 5.6) out of what the HSS says; undefined where that is nothing. */
export function chargingFunctionAddresses(charging: ChargingFunctions): Header | undefined {
  const { primaryCcf, secondaryCcf, primaryEcf, secondaryEcf } = charging;
  const all: readonly (readonly [string, string | undefined])[] = [
    ['ccf', primaryCcf],
    ['ccf', secondaryCcf],
    ['ecf', primaryEcf],
    ['ecf', secondaryEcf],
  ];
  const params: string[] = [];
  for (const [name, value] of all) {
    if (value !== undefined) {
      params.push(`${name}="${value.replace(/["\\]/g, '\\$&')}"`);
    }
  }
  return params.length === 0 ? undefined : header('P-Charging-Function-Addresses', params.join('; '));
}
