import type { Model } from './model.js';

/** The messages' texts, unpacked when they are asked for. */
export interface Messages {
  text(message: number): Promise<string>;
  /** A block's bytes, each as one character: to be searched, not shown. */
  block(index: number): Promise<string>;
}

/** Blocks that are kept unpacked: a few megabytes. */
const MAX_KEPT = 24;

/** Up to 24 blocks stay unpacked, the oldest go first. A block that cannot be unpacked rejects. */
export function messagesOf({ run, data }: Model): Messages {
  const kept = new Map<number, Promise<Uint8Array>>();
  const bytesOf = (index: number): Promise<Uint8Array> => {
    const known = kept.get(index);
    if (known !== undefined) {
      return known;
    }
    const [oldest] = kept.keys();
    if (kept.size >= MAX_KEPT && oldest !== undefined) {
      kept.delete(oldest);
    }
    const unpacked = unpack(document.getElementById(`run-${run}-block-${index}`)?.textContent ?? '');
    kept.set(index, unpacked);
    return unpacked;
  };
  const { block, start, length } = data.messages;
  return {
    async text(message) {
      const bytes = await bytesOf(block[message] ?? 0);
      const from = start[message] ?? 0;
      return new TextDecoder().decode(bytes.subarray(from, from + (length[message] ?? 0)));
    },
    async block(index) {
      return new TextDecoder('latin1').decode(await bytesOf(index));
    },
  };
}

async function unpack(base64: string): Promise<Uint8Array> {
  const text = atob(base64);
  const packed = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) {
    packed[at] = text.charCodeAt(at);
  }
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
