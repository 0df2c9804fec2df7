import { deflateRawSync } from 'node:zlib';

/** The texts of a run's messages, each once, packed for a page. */
export interface MessageStore {
  /** The message's number; the same for the same bytes. */
  add(bytes: Buffer): number;
  /** Deflated and in base64. */
  finish(): PackedMessages;
}

export interface PackedMessages {
  readonly blocks: readonly string[];
  readonly block: readonly number[];
  readonly start: readonly number[];
  readonly length: readonly number[];
}

/** Small enough to be unpacked while a key is pressed, large enough to be packed well. */
const BLOCK_BYTES = 256 * 1024;

/** Blocks hold 256 KiB of messages at most, but for a message that is longer by itself. */
export function messageStore(): MessageStore {
  const known = new Map<string, number>();
  const blocks: string[] = [];
  const packed = { block: [] as number[], start: [] as number[], length: [] as number[] };
  let pending: Buffer[] = [];
  let pendingBytes = 0;

  const closeBlock = (): void => {
    if (pending.length > 0) {
      blocks.push(deflateRawSync(Buffer.concat(pending, pendingBytes)).toString('base64'));
      pending = [];
      pendingBytes = 0;
    }
  };
  return {
    add(bytes) {
      const key = bytes.toString('latin1');
      const number = known.get(key);
      if (number !== undefined) {
        return number;
      }
      if (pendingBytes > 0 && pendingBytes + bytes.length > BLOCK_BYTES) {
        closeBlock();
      }
      packed.block.push(blocks.length);
      packed.start.push(pendingBytes);
      packed.length.push(bytes.length);
      pending.push(bytes);
      pendingBytes += bytes.length;
      known.set(key, known.size);
      return known.size - 1;
    },
    finish() {
      closeBlock();
      return { blocks, ...packed };
    },
  };
}
