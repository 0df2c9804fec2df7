import type { Cx, ServerAssignment, ServerAssignmentAnswer } from '@ims-sim/cx';
import type { Clock, Timer } from '@ims-sim/host';

/** How long until the HSS is asked again, in milliseconds. */
const RETRY_MS = 10_000;
/** Kept at most; the oldest go first, and stay registered in the HSS. */
const MAX_UNTOLD = 20_000;

export interface UntoldOptions {
  readonly cx: Pick<Cx, 'serverAssignment'>;
  readonly clock: Clock;
  /** The user has registered again meanwhile: nothing is to be told any more. */
  readonly isMoot: (request: ServerAssignment) => boolean;
  /** The HSS has answered, rightly or not. */
  readonly onAnswer: (request: ServerAssignment, answer: ServerAssignmentAnswer) => void;
  /** Asking has failed otherwise than with an answer. */
  readonly onError: (error: unknown) => void;
}

/**
 * Registrations that ended (TS 29.228 6.1.2) while the HSS could not be asked: it is told once it can, or it would have the
 * users registered for ever, and give their contacts back as restoration data. One at a time; after one in vain all wait.
 */
export class Untold {
  readonly #options: UntoldOptions;
  readonly #waiting = new Set<ServerAssignment>();
  #timer: Timer | undefined;
  #isClosed = false;

  constructor(options: UntoldOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Asks, and again where the HSS cannot be asked. */
  tell(request: ServerAssignment): void {
    this.#options.cx
      .serverAssignment(request)
      .then((answer) => {
        if (answer.kind === 'unreachable') {
          this.keep(request);
        } else {
          this.#options.onAnswer(request, answer);
        }
      })
      .catch(this.#options.onError);
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
  }

  /** The HSS could not be asked. */
  keep(request: ServerAssignment): void {
    if (this.#waiting.size >= MAX_UNTOLD) {
      for (const oldest of this.#waiting) {
        this.#waiting.delete(oldest);
        break;
      }
    }
    this.#waiting.add(request);
    this.#wait();
  }

  #wait(): void {
    if (this.#timer === undefined && !this.#isClosed) {
      this.#timer = this.#options.clock.timer(RETRY_MS, () => {
        this.#retry()
          .catch(this.#options.onError)
          .finally(() => this.#goOn());
      });
    }
  }

  async #retry(): Promise<void> {
    for (const request of this.#waiting) {
      const answer = this.#options.isMoot(request)
        ? undefined
        : await this.#options.cx.serverAssignment(request);
      if (answer?.kind === 'unreachable') {
        return;
      }
      this.#waiting.delete(request);
      if (answer !== undefined) {
        this.#options.onAnswer(request, answer);
      }
    }
  }

  #goOn(): void {
    this.#timer = undefined;
    if (this.#waiting.size > 0) {
      this.#wait();
    }
  }
}
