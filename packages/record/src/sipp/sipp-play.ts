import type { RecordedEntry } from '../recorded.js';

/** What a SIPp scenario is in ours: one actor's part. */
export interface SippPlay {
  readonly name: string;
  readonly play: readonly RecordedEntry[];
  readonly files: ReadonlyMap<string, string>;
  /** Variables that the scenario's user sets: SIPp's fields, and whom it calls. */
  readonly variables: ReadonlyMap<string, string>;
  /** What could not be taken over: the line of the file, and why. */
  readonly complaints: readonly { readonly line: number; readonly text: string }[];
}
