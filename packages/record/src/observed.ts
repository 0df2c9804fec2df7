import type { Profile } from '@ims-sim/sip';
import type { BodyFiles } from './body-files.js';
import type { RecordedActor } from './recorded.js';
import type { SipSeen } from './select.js';

/** What is known when the actions are made out of what was seen. */
export interface Observed {
  /** In the order of time. */
  readonly sip: readonly SipSeen[];
  readonly byCall: ReadonlyMap<string, readonly SipSeen[]>;
  readonly actors: ReadonlyMap<string, RecordedActor>;
  readonly profile: Profile;
  readonly files: BodyFiles;
  /** Says what cannot be said in a scenario. */
  readonly complain: (text: string) => void;
}

/** The messages of the same call. */
export function ofItsCall({ byCall }: Observed, { callId }: SipSeen): readonly SipSeen[] {
  return byCall.get(callId) ?? [];
}

/** The messages of each call, in the order of time. */
export function byCallId(sip: readonly SipSeen[]): Map<string, SipSeen[]> {
  const calls = new Map<string, SipSeen[]>();
  for (const seen of sip) {
    const call = calls.get(seen.callId);
    if (call === undefined) {
      calls.set(seen.callId, [seen]);
    } else {
      call.push(seen);
    }
  }
  return calls;
}
