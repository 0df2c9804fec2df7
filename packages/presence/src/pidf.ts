import type { XmlElement } from '@ims-sim/xml';

/**
 * A presence document (RFC 3863), whichever spelling it came in: elements of the extensions have RFC 3863's namespaces
 * (`CANONICAL`), and `renderPresence` gives them the ones of its media type.
 */
export interface Presence {
  /** The presentity, e.g. `pres:user2_public1@home2.net`. */
  readonly entity: string;
  readonly tuples: readonly Tuple[];
  readonly notes: readonly Note[];
  /** Elements beside the tuples: RFC 4479's person and device, ... */
  readonly extensions: readonly XmlElement[];
}

export interface Tuple {
  readonly id: string;
  readonly basic?: 'open' | 'closed' | undefined;
  /** What else its status has, e.g. the TR's `im`. */
  readonly statusExtensions: readonly XmlElement[];
  /** What stands beside its status, e.g. RPID's elements (RFC 4480). */
  readonly extensions: readonly XmlElement[];
  readonly contact?: Contact | undefined;
  readonly notes: readonly Note[];
  /** RFC 3339, as written. */
  readonly timestamp?: string | undefined;
}

export interface Contact {
  readonly uri: string;
  /** 0 to 1 with at most three decimals, as written. */
  readonly priority?: string | undefined;
}

export interface Note {
  readonly text: string;
  /** `xml:lang`. */
  readonly lang?: string | undefined;
}

export { type PidfMediaType, PIDF_NAMESPACES } from './pidf-namespaces.js';
export { parsePresence, type PresenceParsed, PIDF_LIMITS } from './pidf-parse.js';
export { renderPresence } from './pidf-render.js';
