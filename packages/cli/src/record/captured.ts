import { readFileSync, statSync } from 'node:fs';
import { UserError, whyUnreadable } from '@ims-sim/element';
import {
  type CapturedMessage,
  type DecisionRecord,
  fromJsonLine,
  type MessageRecord,
  readPcap,
} from '@ims-sim/trace';

/** Magic numbers: pcapng's section header, pcap in both byte orders, in micro- and nanoseconds. */
const CAPTURES = new Set(['0a0d0d0a', 'd4c3b2a1', 'a1b2c3d4', '4d3cb2a1', 'a1b23c4d']);

/** Of a capture; what is longer is cut by `editcap` or `tcpdump -C` first. */
const MAX_BYTES = 1 << 30;
const MAX_COMPLAINTS = 3;

/** What there is to record from. */
export interface Captured {
  readonly messages: readonly CapturedMessage[];
  /** What elements and the runner said beside them. */
  readonly decisions: readonly Omit<DecisionRecord, 'id'>[];
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
  return ofLines(file, bytes.toString('utf8'));
}

/** A `trace.jsonl`: what is no line of one is left out and said, unless it is the first. */
function ofLines(file: string, text: string): Captured {
  const messages: MessageRecord[] = [];
  const decisions: DecisionRecord[] = [];
  const complaints: string[] = [];
  let wrong = 0;
  for (const [index, line] of text.split('\n').entries()) {
    const record = line.trim() === '' ? undefined : fromJsonLine(line);
    if (record?.kind === 'message') {
      messages.push(record);
    } else if (record?.kind === 'decision') {
      decisions.push(record);
    } else if (record?.kind === 'invalid') {
      if (index === 0) {
        throw new UserError(
          `${file}: neither a capture (pcap, pcapng) nor a recorded run (trace.jsonl): its first line is ${record.reason}`,
        );
      }
      wrong += 1;
      if (wrong <= MAX_COMPLAINTS) {
        complaints.push(`line ${index + 1}: ${record.reason}`);
      }
    }
  }
  const more = wrong - MAX_COMPLAINTS;
  return {
    messages,
    decisions,
    complaints: more > 0 ? [...complaints, `${more} further lines`] : complaints,
  };
}

/** The bytes of a file. Throws `UserError` where it cannot be read, is no file, or has more than `maxBytes`. */
export function readable(file: string, maxBytes: number): Buffer {
  let bytes: Buffer | string;
  try {
    const found = statSync(file);
    bytes = found.isDirectory()
      ? 'this is a folder, not a file'
      : !found.isFile()
        ? 'this is no file'
        : found.size > maxBytes
          ? `larger than ${Math.floor(maxBytes / 1024)} KiB, which is the most that is read`
          : readFileSync(file);
  } catch (error) {
    throw new UserError(`${file}: ${whyUnreadable(error)}`, { cause: error });
  }
  if (typeof bytes === 'string') {
    throw new UserError(`${file}: ${bytes}`);
  }
  return bytes;
}
