import { copied } from './own-text.js';

/** A longer one is not kept: there is one for each subscription. */
const MAX_ICID_LENGTH = 256;

/**
 * The ICID of a P-Charging-Vector as it is written there, quotes and all (RFC 7315 5.6), in a text of its own: it outlives its message.
 * Undefined where there is none, or one longer than 256 characters.
 */
export function icidOf(vector: string): string | undefined {
  const icid = /(?:^|;)\s*icid-value\s*=\s*("[^"]*"|[^;\s"]+)/i.exec(vector)?.[1];
  return icid === undefined || icid.length > MAX_ICID_LENGTH ? undefined : copied(icid);
}
