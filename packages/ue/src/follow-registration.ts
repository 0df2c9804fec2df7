import { readRegInfo, REGINFO_CONTENT_TYPE } from '@ims-sim/reginfo';
import type { Registering } from './registering.js';
import { RegistrationDocuments, sameUri, type RegistrationChange } from './registration-state.js';
import type { Notification } from './subscription.js';
import type { Outcome } from './ue.js';

/** What following has of its UE. */
export interface FollowingContext {
  readonly registering: Registering;
  /** The public user identity whose contact `Ue.registration` is about. */
  readonly aor: string;
  contact(): string;
  told(change: RegistrationChange): void;
  /** Asks for the full state. */
  refresh(): void;
  warn(text: string): void;
}

/** TS 24.229 5.1.1.3: what a UE does with the state of its registration as the network tells it. */
export class FollowedRegistration {
  readonly #context: FollowingContext;
  readonly #documents = new RegistrationDocuments();
  #isRegistering = false;

  constructor(context: FollowingContext) {
    this.#context = context;
  }

  /** Takes one NOTIFY, which is answered already. */
  notified({ body, contentType }: Notification): void {
    if (body === '') {
      return; // RFC 6665 4.1.3: a final NOTIFY need not have one
    }
    const document = readRegInfo(body);
    if ('error' in document) {
      const type = contentType ?? 'no Content-Type';
      this.#context.warn(`A NOTIFY (${type}) is no ${REGINFO_CONTENT_TYPE}: ${document.error}`);
      return;
    }
    const { changes, gap } = this.#documents.take(document, this.#context.contact());
    if (gap) {
      this.#context.refresh(); // RFC 3680 5.2
    }
    for (const change of changes) {
      this.#act(change);
    }
  }

  #act(change: RegistrationChange): void {
    const { registering, aor } = this.#context;
    const isOwn = change.kind !== 'registered-again' && sameUri(change.aor, aor);
    if (isOwn && change.kind === 'terminated') {
      const wasRegistered = registering.registration !== undefined;
      registering.end();
      this.#context.told(change);
      if (wasRegistered && change.event === 'deactivated') {
        this.#registerAgain(); // 5.1.1.7: an initial registration
      }
      return;
    }
    this.#context.told(change);
    if (isOwn && change.kind === 'shortened') {
      this.#registerAgain(); // 5.1.1.5A
    }
  }

  /** Once at a time, whatever comes meanwhile. */
  #registerAgain(): void {
    const { registering } = this.#context;
    if (this.#isRegistering) {
      return;
    }
    this.#isRegistering = true;
    const done = (outcome: Outcome) => {
      this.#isRegistering = false;
      this.#context.told({ kind: 'registered-again', outcome });
    };
    registering.register(registering.lastOptions, done);
  }
}
