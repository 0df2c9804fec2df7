import type { Endpoint } from '@ims-sim/host';

type Stage = 'traced' | 'sent';

interface Entry {
  readonly bytes: Buffer;
  readonly remote: Endpoint;
  readonly written: Buffer;
  readonly done: Stage;
}

/** What an element traces and does not send, or the other way round, is forgotten after so many. */
const MAX_ENTRIES = 64;

/**
 * An element hands each message over twice, to its trace and to its socket, in either order. What it writes in place of it is
 * decided once, and counted once.
 */
export class WrittenOnce {
  readonly #entries: Entry[] = [];

  written(stage: Stage, bytes: Buffer, remote: Endpoint, decide: () => Buffer): Buffer {
    const at = this.#entries.findIndex(
      (entry) =>
        entry.done !== stage &&
        entry.remote.port === remote.port &&
        entry.remote.address === remote.address &&
        entry.bytes.equals(bytes),
    );
    const known = this.#entries[at];
    if (known !== undefined) {
      this.#entries.splice(at, 1);
      return known.written;
    }
    const written = decide();
    this.#entries.push({ bytes: Buffer.from(bytes), remote, written, done: stage });
    if (this.#entries.length > MAX_ENTRIES) this.#entries.shift();
    return written;
  }
}
