import type { ChildProcess } from 'node:child_process';
import { type FromElement, type ToElement, UserError } from '@ims-sim/element';

export interface ChannelOptions {
  readonly name: string;
  readonly child: ChildProcess;
  /** Resolves with how the process ended. */
  readonly ended: Promise<string>;
  /** How it ended, for a reader. */
  lastWords(how: string): string;
}

/** What is said to the process of an element, and what it answers: one question at a time, and turns beside it. */
export class ElementChannel {
  readonly #options: ChannelOptions;
  #isGone = false;

  constructor(options: ChannelOptions) {
    this.#options = options;
    void options.ended.then(() => {
      this.#isGone = true;
    });
  }

  /** The answer of that kind. Rejects with `UserError` where it says why it cannot, or ends. */
  async ask<K extends FromElement['kind']>(
    kind: K,
    message: ToElement,
  ): Promise<Extract<FromElement, { kind: K }>> {
    const { name, ended, lastWords } = this.#options;
    const answer = this.#heard((from) => from.kind !== 'turned');
    this.tell(message);
    const first = await Promise.race([answer, ended]);
    if (typeof first === 'string') {
      throw new UserError(lastWords(first));
    }
    if (first.kind !== kind) {
      const what = first.kind === 'failed' ? first.message : `answered ${first.kind}`;
      throw new UserError(what.startsWith(`${name}: `) ? what : `${name}: ${what}`);
    }
    return first as Extract<FromElement, { kind: K }>;
  }

  /** Resolves once it has had its turn, or is gone. */
  async turn(): Promise<void> {
    if (this.#isGone) {
      return;
    }
    const turned = this.#heard(({ kind }) => kind === 'turned');
    this.tell({ kind: 'turn' });
    await Promise.race([turned, this.#options.ended]);
  }

  tell(message: ToElement): void {
    this.#options.child.send(message, () => undefined); // a child that is gone shows in `ended`
  }

  #heard(isIt: (message: FromElement) => boolean): Promise<FromElement> {
    const { child } = this.#options;
    return new Promise((resolve) => {
      const hear = (message: FromElement): void => {
        if (isIt(message)) {
          child.off('message', hear);
          resolve(message);
        }
      };
      child.on('message', hear);
    });
  }
}
