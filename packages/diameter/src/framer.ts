import { DIAMETER_VERSION, HEADER_BYTES } from './header.js';
import { INVALID_MESSAGE_LENGTH, UNSUPPORTED_VERSION } from './result-code.js';

export interface FrameSink {
  /** One whole message; `bytes` stays as it is and may be kept. */
  onMessage(bytes: Buffer): void;
  /** The stream cannot be read any further; `bytes` are those of the bad message's header that came. Once. */
  onBroken(resultCode: number, bytes: Buffer): void;
}

/**
 * Cuts a stream of bytes into messages by their length field. Holds back at most `maxMessageBytes` of an incomplete message.
 * What comes after a broken header is dropped.
 */
export function createFramer(maxMessageBytes: number, sink: FrameSink): (bytes: Buffer) => void {
  let held: Buffer[] = [];
  let heldBytes = 0;
  /** How many bytes are needed before there is anything to do. */
  let needed = HEADER_BYTES;
  let broken = false;

  return (chunk) => {
    if (broken) return;
    if (heldBytes + chunk.length < needed) {
      held.push(chunk);
      heldBytes += chunk.length;
      return;
    }
    let bytes = chunk;
    if (heldBytes > 0) {
      bytes = Buffer.concat([...held, chunk]);
      held = [];
    }
    let at = 0;
    needed = HEADER_BYTES;
    while (bytes.length - at >= needed) {
      const fault = faultOfHeader(bytes, at, maxMessageBytes);
      if (fault !== undefined) {
        broken = true;
        sink.onBroken(fault, bytes.subarray(at, at + HEADER_BYTES));
        return;
      }
      const length = lengthAt(bytes, at);
      if (bytes.length - at < length) {
        needed = length;
        break;
      }
      sink.onMessage(at === 0 && bytes.length === length ? bytes : bytes.subarray(at, at + length));
      at += length;
      needed = HEADER_BYTES;
    }
    heldBytes = bytes.length - at;
    if (heldBytes > 0) held.push(at === 0 ? bytes : bytes.subarray(at));
  };
}

/** RFC 6733 3: version 1, and a length of the whole message that is a multiple of 4. */
function faultOfHeader(bytes: Buffer, at: number, maxMessageBytes: number): number | undefined {
  if (bytes[at] !== DIAMETER_VERSION) return UNSUPPORTED_VERSION;
  const length = lengthAt(bytes, at);
  const good = length >= HEADER_BYTES && length % 4 === 0 && length <= maxMessageBytes;
  return good ? undefined : INVALID_MESSAGE_LENGTH;
}

function lengthAt(bytes: Buffer, at: number): number {
  return bytes.readUIntBE(at + 1, 3);
}
