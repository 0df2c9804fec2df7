import type { ServerTransaction, SipMessage } from '@ims-sim/sip';

/** Messages that nobody has taken, at most: the oldest goes. */
const MAX_UNTAKEN = 1000;

/** What a party has received and no action has asked for yet. */
export class Inbox {
  readonly #messages: SipMessage[] = [];
  readonly #held: ServerTransaction[] = [];

  add(message: SipMessage): void {
    this.#messages.push(message);
    if (this.#messages.length > MAX_UNTAKEN) {
      this.#messages.shift();
    }
  }

  /** Takes the oldest request of that method, or the oldest response of that status. */
  take(what: string): SipMessage | undefined {
    return this.takeWhere((message) =>
      message.kind === 'request' ? message.method === what : String(message.status) === what,
    );
  }

  takeWhere(fits: (message: SipMessage) => boolean): SipMessage | undefined {
    const at = this.#messages.findIndex(fits);
    return at < 0 ? undefined : this.#messages.splice(at, 1)[0];
  }

  /** An action has had it by itself. */
  drop(message: SipMessage): void {
    const at = this.#messages.indexOf(message);
    if (at >= 0) {
      this.#messages.splice(at, 1);
    }
  }

  /** Keeps a request that an action means to answer; false: there are too many. */
  hold(transaction: ServerTransaction): boolean {
    if (this.#held.length >= MAX_UNTAKEN) {
      return false;
    }
    this.#held.push(transaction);
    return true;
  }

  heldOf(method: string): number {
    return this.#held.filter(({ request }) => request.method === method).length;
  }

  /** Takes the oldest request of that method that waits for its answer. */
  takeHeld(method: string): ServerTransaction | undefined {
    const at = this.#held.findIndex(({ request, done }) => request.method === method && !done);
    return at < 0 ? undefined : this.#held.splice(at, 1)[0];
  }

  close(): void {
    this.#messages.length = 0;
    this.#held.length = 0;
  }
}
