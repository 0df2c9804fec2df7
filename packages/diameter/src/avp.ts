/** The data formats of RFC 6733 4.2 and 4.3 that the dictionary uses. */
export type AvpType = keyof Encoded;

/** What is handed in to encode an AVP of each type. */
export interface Encoded {
  readonly octets: Uint8Array;
  readonly text: string;
  /** DiameterIdentity, a host or realm name. */
  readonly identity: string;
  readonly uint32: number;
  readonly uint64: bigint;
  readonly enumerated: number;
  /** An IPv4 or IPv6 literal. */
  readonly address: string;
  /** Milliseconds since the Unix epoch; the wire carries whole seconds. */
  readonly time: number;
  readonly grouped: readonly Avp[];
}

/** What comes out when an AVP of each type is read. */
export interface Decoded extends Omit<Encoded, 'octets' | 'grouped'> {
  readonly octets: Buffer;
  readonly grouped: AvpGroup;
}

/** One entry of the dictionary. */
export interface AvpDefinition<T extends AvpType = AvpType> {
  /** As its specification spells it, e.g. `Origin-Host`. */
  readonly name: string;
  readonly code: number;
  /** 0: the IETF's, without the V bit. */
  readonly vendorId: number;
  /** Whether the M bit is set when this node sends it. */
  readonly mandatory: boolean;
  readonly type: T;
  /** The values of an enumerated AVP; absent: any. */
  readonly values?: readonly number[];
  /** The grammar of a grouped AVP. */
  readonly rules?: readonly AvpRule[];
}

/** How often an AVP may stand in a command or in a group. */
export interface AvpRule {
  readonly avp: AvpDefinition;
  readonly min: number;
  readonly max: number;
}

/** An AVP to be sent: one with its value, or one that is passed on as it came in. */
export type Avp =
  | { readonly kind: 'avp'; readonly definition: AvpDefinition; readonly value: Encoded[AvpType] }
  | { readonly kind: 'raw'; readonly raw: RawAvp };

/** An AVP that came in: where it stands in its message. Its value is read when asked for. */
export interface RawAvp {
  readonly code: number;
  readonly vendorId: number;
  readonly flags: number;
  readonly bytes: Buffer;
  /** Offsets in `bytes`: of the AVP's header, of its data, and of the data's end (padding not counted). */
  readonly offset: number;
  readonly start: number;
  readonly end: number;
}

/** The AVPs of a message or of a grouped AVP, in their order. */
export interface AvpGroup {
  readonly avps: readonly RawAvp[];
}

/** What a time on the wire counts from, in seconds before 1970: 1900 (RFC 6733 4.3.1, RFC 5905). */
export const NTP_EPOCH_S = 2_208_988_800;

export const AVP_VENDOR = 0x80;
export const AVP_MANDATORY = 0x40;
export const AVP_PROTECTED = 0x20;

/** An AVP to be sent. */
export function avpOf<T extends AvpType>(definition: AvpDefinition<T>, value: Encoded[T]): Avp {
  return { kind: 'avp', definition, value };
}

/** An AVP that is passed on as it came in (Proxy-Info, the offending AVP in Failed-AVP). */
export function rawAvp(raw: RawAvp): Avp {
  return { kind: 'raw', raw };
}

/** `{ AVP }` of a command's grammar (RFC 6733 3.2): without it a request gets 5005, with two 5009. */
export function exactlyOne(avp: AvpDefinition): AvpRule {
  return { avp, min: 1, max: 1 };
}

/** `1* { AVP }` (RFC 6733 3.2): without it a request gets 5005. */
export function oneOrMore(avp: AvpDefinition): AvpRule {
  return { avp, min: 1, max: Infinity };
}

/** `[ AVP ]` (RFC 6733 3.2): with two of it a request gets 5009. */
export function optional(avp: AvpDefinition): AvpRule {
  return { avp, min: 0, max: 1 };
}

/** `* [ AVP ]` (RFC 6733 3.2). */
export function anyNumber(avp: AvpDefinition): AvpRule {
  return { avp, min: 0, max: Infinity };
}
