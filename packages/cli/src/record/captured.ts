import { readFileSync, statSync } from 'node:fs';
import { UserError } from '@ims-sim/element';
import { type CapturedMessage, readPcap } from '@ims-sim/trace';
import { readTrace } from '../show-trace.js';

/** Magic numbers: pcapng's section header, pcap in both byte orders, in micro- and nanoseconds. */
const CAPTURES = new Set(['0a0d0d0a', 'd4c3b2a1', 'a1b2c3d4', '4d3cb2a1', 'a1b23c4d']);

/** Of a capture; what is longer is cut by `editcap` or `tcpdump -C` first. */
const MAX_BYTES = 1 << 30;

/** What there is to record from. */
export interface Captured {
  readonly messages: readonly CapturedMessage[];
  /** What was not read, one line each. */
  readonly complaints: readonly string[];
}

/**
 * The messages of a file: a capture (pcap, pcapng) or a `trace.jsonl`. Throws `UserError` where it is neither, is no file (a device never
 * ends), or has more than 1 GiB.
 */
export function capturedMessages(file: string): Captured {
  const bytes = readable(file, MAX_BYTES);
  if (CAPTURES.has(bytes.subarray(0, 4).toString('hex'))) {
    return readPcap(bytes);
  }
  const messages = readTrace(file).flatMap((record) => (record.kind === 'message' ? [record] : []));
  return { messages, complaints: [] };
}

/** The bytes of a file. Throws `UserError` where it cannot be read, is no file, or has more than `maxBytes`. */
export function readable(file: string, maxBytes: number): Buffer {
  try {
    const found = statSync(file);
    if (!found.isFile() || found.size > maxBytes) {
      throw new Error(found.isFile() ? `it has more than ${maxBytes} bytes` : 'it is no file');
    }
    return readFileSync(file);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(`${file}: cannot be read: ${why}`, { cause: error });
  }
}
