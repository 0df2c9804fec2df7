export const HEADER_BYTES = 20;
export const DIAMETER_VERSION = 1;

/** Command flags, RFC 6733 3. */
export const FLAG_REQUEST = 0x80;
export const FLAG_PROXIABLE = 0x40;
export const FLAG_ERROR = 0x20;
export const FLAG_RETRANSMITTED = 0x10;
export const FLAGS_RESERVED = 0x0f;

/** The Diameter header, RFC 6733 3, without version and length. */
export interface Header {
  readonly flags: number;
  readonly command: number;
  readonly application: number;
  readonly hopByHop: number;
  readonly endToEnd: number;
}

/** The header in the first 20 bytes of `bytes`, which the caller has made sure are there. */
export function readHeader(bytes: Buffer): Header {
  return {
    flags: bytes[4] ?? 0,
    command: bytes.readUIntBE(5, 3),
    application: bytes.readUInt32BE(8),
    hopByHop: bytes.readUInt32BE(12),
    endToEnd: bytes.readUInt32BE(16),
  };
}
