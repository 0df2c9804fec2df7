import type { RecordedEntry } from '../recorded.js';

/** What an action is towards the other side of a SIPp scenario, who is in no file: what that one must do for it to go through. */
export type Towards =
  /** Nothing of him: a registration, a pause. */
  | { readonly kind: 'nobody' }
  /** INVITE to him. `status`: the final one; undefined: none is waited for. */
  | {
      readonly kind: 'calls';
      readonly uri: string;
      readonly line: number;
      /** Whether it makes an offer (RFC 3264). */
      readonly offers: boolean;
      readonly rings: boolean;
      readonly status: number | undefined;
      readonly file?: string | undefined;
    }
  /** Any other request to him, which he answers by himself. */
  | { readonly kind: 'asks'; readonly uri: string; readonly line: number }
  /** Within the call. */
  | { readonly kind: 'in-call'; readonly ends: boolean }
  /** It waits for his request. `status`: a final response to an INVITE, at its last action. */
  | { readonly kind: 'waits'; readonly method: string; readonly line: number }
  /** It answers his INVITE. */
  | {
      readonly kind: 'answers';
      readonly status: number;
      readonly line: number;
      readonly file?: string | undefined;
    };

export interface SippEntry extends RecordedEntry {
  readonly towards: Towards;
}

export interface SippComplaint {
  readonly line: number;
  readonly text: string;
}

/** What a SIPp scenario is in ours: one actor's part. */
export interface SippPlay {
  readonly name: string;
  readonly play: readonly SippEntry[];
  readonly files: ReadonlyMap<string, string>;
  /** Variables that the scenario's user sets: SIPp's fields, and whom it calls (`target`). */
  readonly variables: ReadonlyMap<string, string>;
  /** What could not be taken over: the line of the file, and why. */
  readonly complaints: readonly SippComplaint[];
  /** Commands of another way through it, each in a line. */
  readonly leftOut: readonly SippComplaint[];
}

/** The actor that a SIPp scenario is the part of. */
export const ACTOR = 'UE1';
