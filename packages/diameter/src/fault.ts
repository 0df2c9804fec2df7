import type { Avp, AvpDefinition, AvpType } from './avp.js';
import { avpOf } from './avp.js';
import type { BadAvp } from './decode.js';
import { definitionOf } from './dictionary.js';
import { INVALID_AVP_LENGTH, UNABLE_TO_COMPLY } from './result-code.js';

/** Why a request is refused: what its answer says (RFC 6733 7.1, 7.5). */
export interface Fault {
  readonly resultCode: number;
  /** The AVPs that Failed-AVP holds. */
  readonly failedAvps: readonly Avp[];
  /** The Error-Message: one line for a reader. */
  readonly text: string;
}

/** The fewest bytes that the data of each type can have (RFC 6733 4.2, 4.3). */
export const MIN_BYTES: Readonly<Record<AvpType, number>> = {
  octets: 0,
  text: 0,
  identity: 0,
  uint32: 4,
  uint64: 8,
  enumerated: 4,
  address: 6,
  time: 4,
  grouped: 0,
};

/** RFC 6733 7.1.5 and 7.5: an example of an AVP that is missing or cannot be shown: its header, and zeroes as its data. */
export function exampleAvp(definition: AvpDefinition): Avp {
  return avpOf({ ...definition, type: 'octets' }, new Uint8Array(MIN_BYTES[definition.type]));
}

/** What a message is refused with whose AVPs could not be found. */
export function faultOfIndex(fault: BadAvp | { readonly kind: 'too-many' }): Fault {
  if (fault.kind === 'too-many') {
    return { resultCode: UNABLE_TO_COMPLY, failedAvps: [], text: 'more AVPs than this node takes' };
  }
  const known = definitionOf(fault.code, fault.vendorId);
  const { code, vendorId } = fault;
  const definition = known ?? { name: 'an AVP', code, vendorId, mandatory: false, type: 'octets' as const };
  return {
    resultCode: INVALID_AVP_LENGTH,
    failedAvps: [exampleAvp(definition)],
    text: `${definition.name} (${String(code)}): its length does not fit what is around it`,
  };
}
