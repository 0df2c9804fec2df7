import type { Header } from '../message/header.js';
import type { SipRequest, SipResponse } from '../message/message.js';
import type { ClientTransaction, ClientTransactionUser, SendOptions } from '../stack.js';
import type { Source, Target } from '../transport/types.js';
import { cancelFor } from './ack-cancel.js';
import type { ClientEntry, ClientEntryUser } from './client-transaction.js';
import type { ClientTable } from './client-table.js';
import { outgoing, outgoingBySize } from './outgoing.js';

/**
 * A request on its way: one client transaction after the other, target by target, until one gives a final response that is
 * no 503, or none is left (RFC 3263 4.3).
 */
export class ClientSend implements ClientTransaction, ClientEntryUser {
  readonly #table: ClientTable;
  readonly #original: SipRequest;
  readonly #user: ClientTransactionUser;
  readonly #options: SendOptions;
  #targets: readonly Target[] = [];
  #next = 0;
  #maySwitchToTcp = false;
  /** The target that was tried by TCP for the request's size: UDP is what is left for it. */
  #insteadOf: Target | undefined;
  #request: SipRequest | undefined;
  #entry: ClientEntry | undefined;
  #answered: 'no' | 'trying' | 'provisional' = 'no';
  #ended = false;
  #cancel: 'no' | 'wanted' | 'sent' = 'no';
  #cancelHeaders: readonly Header[] = [];

  constructor(table: ClientTable, request: SipRequest, user: ClientTransactionUser, options: SendOptions) {
    this.#table = table;
    this.#original = request;
    this.#user = user;
    this.#options = options;
  }

  get request(): SipRequest | undefined {
    return this.#request;
  }

  get target(): Target | undefined {
    return this.#entry?.target;
  }

  /** `maySwitchToTcp`: the next hop was not given a transport, so the request's size decides. */
  begin(targets: readonly Target[], maySwitchToTcp: boolean): void {
    this.#targets = targets;
    this.#maySwitchToTcp = maySwitchToTcp;
    if (!this.#tryNext()) {
      // In a turn of its own: `send` returns the transaction first.
      this.#table.host.clock.timer(0, () => {
        this.#fail('transport');
      });
    }
  }

  cancel(extra: readonly Header[] = []): void {
    if (this.#original.method !== 'INVITE' || this.#ended || this.#cancel !== 'no') {
      return;
    }
    this.#cancel = 'wanted';
    this.#cancelHeaders = extra;
    if (this.#answered !== 'no') {
      this.#sendCancel();
    }
  }

  quit(): void {
    if (this.#original.method !== 'INVITE' && !this.#ended) {
      this.#ended = true;
      this.#entry?.quit();
    }
  }

  onResponse(response: SipResponse, source: Source): void {
    const { status } = response;
    if (status === 503 && this.#cancel === 'no' && this.#tryNext()) {
      return;
    }
    if (status >= 200) {
      this.#ended = true;
    } else if (this.#answered !== 'provisional') {
      this.#answered = status === 100 ? 'trying' : 'provisional';
    }
    this.#user.onResponse(response, source);
    if (status < 200 && this.#cancel === 'wanted') {
      this.#sendCancel();
    }
  }

  onEnded(failure: 'timeout' | 'transport'): void {
    if (this.#mayTryAnother(failure) && (this.#tryByUdp() || this.#tryNext())) {
      return;
    }
    this.#fail(failure);
  }

  /**
   * RFC 3263 4.3: a time-out is the target's failure where no response has come; a lost connection as long as the
   * request has got no further than the next hop.
   */
  #mayTryAnother(failure: 'timeout' | 'transport'): boolean {
    if (this.#cancel !== 'no') {
      return false;
    }
    return failure === 'timeout' ? this.#answered === 'no' : this.#answered !== 'provisional';
  }

  #fail(failure: 'timeout' | 'transport'): void {
    if (!this.#ended) {
      this.#ended = true;
      this.#user.onFailure(failure);
    }
  }

  /** False where no target is left. */
  #tryNext(): boolean {
    const target = this.#targets[this.#next];
    if (target === undefined) {
      return false;
    }
    this.#next++;
    const { context } = this.#table;
    const ready = outgoingBySize(context, this.#original, target, this.#options, this.#maySwitchToTcp);
    this.#insteadOf = ready.target.transport === target.transport ? undefined : target;
    return this.#try(ready);
  }

  /** RFC 3261 18.1.1: TCP was the size's choice, and the target does not have it. */
  #tryByUdp(): boolean {
    const target = this.#insteadOf;
    if (target === undefined || this.#answered !== 'no') {
      return false;
    }
    this.#insteadOf = undefined;
    return this.#try(outgoing(this.#table.context, this.#original, target, this.#options));
  }

  #try(ready: ReturnType<typeof outgoing>): boolean {
    const entry = this.#table.create(ready, this);
    if (entry === undefined) {
      return false;
    }
    this.#request = ready.request;
    this.#entry = entry;
    this.#answered = 'no';
    entry.start();
    return true;
  }

  #sendCancel(): void {
    const entry = this.#entry;
    if (this.#request === undefined || entry === undefined || !entry.isWaiting) {
      return;
    }
    this.#cancel = 'sent';
    this.#table.sendCancel(cancelFor(this.#request, this.#cancelHeaders), entry);
  }
}
