import { HEP_HEADER_BYTES, HEP_MAGIC } from './hep.js';

/** Cuts a TCP stream into HEP packets by the length in each header. Holds at most one packet, 65,535 bytes. */
export interface HepFramer {
  /**
   * Takes what has come and gives each whole packet to `onPacket`, as a view of `bytes` where it came in one piece.
   * False, and nothing more is taken, once the stream is not HEP: a reader cannot find its place in it again.
   */
  push(bytes: Buffer): boolean;
}

/** `onPacket` is called within `push`; what it is given holds until that returns, and is not copied. */
export function hepFramer(onPacket: (packet: Buffer) => void): HepFramer {
  let rest: Buffer = Buffer.alloc(0);
  let broken = false;
  return {
    push(bytes) {
      if (broken) {
        return false;
      }
      const stream = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      let at = 0;
      while (stream.length - at >= HEP_HEADER_BYTES) {
        const length = stream.readUInt16BE(at + 4);
        if (stream.readUInt32BE(at) !== HEP_MAGIC || length < HEP_HEADER_BYTES) {
          broken = true;
          rest = Buffer.alloc(0);
          return false;
        }
        if (stream.length - at < length) {
          break;
        }
        onPacket(stream.subarray(at, at + length));
        at += length;
      }
      // A copy, so that a short rest does not keep a large block alive.
      rest = Buffer.from(stream.subarray(at));
      return true;
    },
  };
}
