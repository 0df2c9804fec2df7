import type { ContactEvent, RegInfo, RegInfoRegistration } from '@ims-sim/reginfo';
import { parseUri, uriEquals } from '@ims-sim/sip';
import type { Outcome } from './ue.js';

/** What a UE learns of its own registration (TS 24.229 5.1.1.3, RFC 3680 5.1). */
export type RegistrationChange =
  | { readonly kind: 'identity'; readonly aor: string; readonly state: RegInfoRegistration['state'] }
  | {
      /** The contact of this UE is registered for this identity no more. */
      readonly kind: 'terminated';
      readonly aor: string;
      readonly event: ContactEvent;
      readonly retryAfterS: number | undefined;
    }
  | {
      /** TS 24.229 5.1.1.5A: the network wants the UE to authenticate within this time. */
      readonly kind: 'shortened';
      readonly aor: string;
      readonly expiresS: number | undefined;
    }
  | {
      /** How the registration ended that the UE has made since the network wanted it. */
      readonly kind: 'registered-again';
      readonly outcome: Outcome;
    };

/** Identities whose state is remembered, at most. */
const MAX_IDENTITIES = 1000;

/** The documents of one subscription, in order (RFC 3680 6). */
export class RegistrationDocuments {
  #version = -1;
  readonly #states = new Map<string, RegInfoRegistration['state']>();

  /**
   * What changed with this document, for the contact `own`. `gap`: one before it was lost, so that the full state is to be asked
   * for. A document that is older than the last one says nothing.
   */
  take(document: RegInfo, own: string): { readonly changes: RegistrationChange[]; readonly gap: boolean } {
    if (document.version <= this.#version) {
      return { changes: [], gap: false };
    }
    const gap = document.state === 'partial' && document.version !== this.#version + 1;
    if (gap) {
      return { changes: [], gap };
    }
    this.#version = document.version;
    return { changes: document.registrations.flatMap((it) => this.#changesOf(it, own)), gap };
  }

  #changesOf({ aor, state, contacts }: RegInfoRegistration, own: string): RegistrationChange[] {
    const changes: RegistrationChange[] = [];
    if (this.#states.get(aor) !== state && (this.#states.has(aor) || this.#states.size < MAX_IDENTITIES)) {
      this.#states.set(aor, state);
      changes.push({ kind: 'identity', aor, state });
    }
    for (const contact of contacts) {
      if (!sameUri(contact.uri, own)) {
        continue;
      }
      const { event, expiresS, retryAfterS } = contact;
      if (contact.state === 'terminated') {
        changes.push({ kind: 'terminated', aor, event, retryAfterS });
      } else if (event === 'shortened') {
        changes.push({ kind: 'shortened', aor, expiresS });
      }
    }
    return changes;
  }
}

/** RFC 3261 19.1.4; what is no URI is the same only to the letter. */
export function sameUri(a: string, b: string): boolean {
  const [left, right] = [parseUri(a), parseUri(b)];
  return a === b || (left !== undefined && right !== undefined && uriEquals(left, right));
}
