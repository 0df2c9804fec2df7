import type { Endpoint, Host, Random } from '@ims-sim/host';
import { topVia } from './message/access.js';
import type { SipMessage, SipRequest } from './message/message.js';
import { parseMessage } from './message/parse.js';
import { check } from './message/validate.js';
import { locate, type LocateContext } from './resolve/locate.js';
import { nextHopUri } from './resolve/next-hop.js';
import {
  DEFAULT_LIMITS,
  type ClientTransaction,
  type ClientTransactionUser,
  type SendOptions,
  type SipStack,
  type StackOptions,
} from './stack.js';
import type { Flow } from './transport/flow.js';
import { ResponseSender } from './transport/response-sender.js';
import { isWildcard, Sockets } from './transport/sockets.js';
import { transportCounters, type Source, type Target } from './transport/types.js';
import { ClientSend } from './transaction/client-send.js';
import { ClientTable } from './transaction/client-table.js';
import { Encoder } from './transaction/encoder.js';
import { statelessBranch } from './transaction/branch.js';
import { outgoingBySize } from './transaction/outgoing.js';
import { ServerTable } from './transaction/server-table.js';
import { timerValues } from './transaction/timer-values.js';

/**
 * Binds UDP and TCP and starts a SIP stack on them. Rejects with the operating system's code (EADDRINUSE, …), and where a
 * socket listens at every address and no `sentBy` says what to put into Via.
 */
export async function startSipStack(options: StackOptions): Promise<SipStack> {
  const further = options.further ?? [];
  const everywhere = [options.listen, ...further].find(({ address }) => isWildcard(address));
  if (options.sentBy === undefined && everywhere !== undefined) {
    throw new Error(`A stack that listens at ${everywhere.address} needs a sentBy for its Via`);
  }
  const stack = new Stack(options);
  await stack.listen(options.listen, further);
  return stack;
}

type Found = readonly Target[];

const NO_OPTIONS: SendOptions = {};

class Stack implements SipStack {
  readonly host: Host;
  readonly counters = transportCounters();
  /** What requests are made ready with; `sentBy` is set when the sockets are bound. */
  readonly #context: {
    random: Random;
    tcpAboveBytes: number | undefined;
    sentBy: string;
    sentByFrom: (from: Endpoint) => string;
  };
  readonly #sockets: Sockets;
  readonly #servers: ServerTable;
  readonly #clients: ClientTable;
  readonly #locating: LocateContext;
  readonly #unreachable = new Map<string, Endpoint>();
  #closed = false;

  constructor(options: StackOptions) {
    const { host, resolver } = options;
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    const timers = timerValues(options.timers);
    this.host = host;
    this.#context = {
      random: host.random,
      tcpAboveBytes: options.tcpAboveBytes,
      sentBy: options.sentBy ?? '',
      sentByFrom: (from) => this.#sockets.at(from).sentBy,
    };
    const families = [options.listen.address.includes(':') ? (6 as const) : (4 as const)];
    this.#locating = { resolver, random: host.random, families };
    this.#sockets = new Sockets(options.listen, {
      host,
      user: this,
      counters: this.counters,
      connections: limits.connections,
      sentBy: options.sentBy,
    });
    const responses = new ResponseSender(this.#sockets, this.#locating);
    this.#servers = new ServerTable({
      host,
      counters: this.counters,
      max: limits.serverTransactions,
      side: {
        timers,
        trying: options.trying,
        encoder: new Encoder(),
        sendResponse: (bytes, route, undelivered) => {
          responses.send(bytes, route, undelivered);
        },
      },
      onRequest: (transaction) => {
        options.onRequest(transaction);
      },
    });
    this.#clients = new ClientTable({
      host,
      context: this.#context,
      counters: this.counters,
      max: limits.clientTransactions,
      onStray: options.onStray,
      side: {
        timers,
        sendDatagram: (bytes, target) => this.#sockets.at(target.from).udp.send(bytes, target),
        flowTo: (target) => this.#sockets.at(target.from).tcp.flowTo(target),
        sendOnFlow: (bytes, flow, { from }) => this.#sockets.at(from).tcp.send(flow, bytes),
      },
    });
  }

  async listen(local: Endpoint, further: readonly Endpoint[]): Promise<void> {
    await this.#sockets.listen(local, further);
    this.#context.sentBy = this.#sockets.first.sentBy;
  }

  get listening(): Endpoint {
    return this.#sockets.first.listening;
  }

  get furtherListening(): readonly Endpoint[] {
    return this.#sockets.further.map(({ listening }) => listening);
  }

  get furtherSentBy(): readonly string[] {
    return this.#sockets.further.map(({ sentBy }) => sentBy);
  }

  get sentBy(): string {
    return this.#context.sentBy;
  }

  send(
    request: SipRequest,
    user: ClientTransactionUser,
    options: SendOptions = NO_OPTIONS,
  ): ClientTransaction {
    const sending = new ClientSend(this.#clients, request, user, options);
    this.#toTargets(request, options, (targets, maySwitch) => {
      sending.begin(targets, maySwitch);
    });
    return sending;
  }

  sendStateless(request: SipRequest, options: SendOptions = NO_OPTIONS): void {
    this.#toTargets(request, options, (targets, maySwitch) => {
      const target = targets[0];
      if (target === undefined) {
        return;
      }
      const branchOf = (sentBy: string): string => statelessBranch(request, sentBy);
      const ready = outgoingBySize(this.#context, request, target, options, maySwitch, branchOf);
      this.sendBytes(ready.bytes, ready.target);
    });
  }

  sendBytes(bytes: Buffer, target: Target): void {
    const { udp, tcp } = this.#sockets.at(target.from);
    if (target.transport === 'UDP') {
      udp.send(bytes, target);
      return;
    }
    const flow = tcp.flowTo(target);
    if (flow !== undefined) {
      tcp.send(flow, bytes);
    }
  }

  tables(): { readonly serverTransactions: number; readonly clientTransactions: number } {
    return { serverTransactions: this.#servers.size, clientTransactions: this.#clients.size };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#servers.close();
    this.#clients.close();
    this.#sockets.close();
  }

  /** One message, from either transport. */
  onText(text: string, source: Source, flow?: Flow): void {
    if (this.#closed) {
      return;
    }
    this.counters.received++;
    const parsed = parseMessage(text);
    switch (parsed.kind) {
      case 'not-sip':
        this.counters.notSip++;
        return;
      case 'invalid':
        this.#invalid(parsed.message, parsed.status, parsed.reason, source, flow);
        return;
      case 'message': {
        const wrong = check(parsed.message);
        if (wrong === undefined) {
          this.#receive(parsed.message, source, flow);
        } else {
          this.#invalid(parsed.message, undefined, wrong, source, flow);
        }
      }
    }
  }

  onEndless(head: string, reason: string, source: Source, flow: Flow): boolean {
    const parsed = parseMessage(head);
    if (parsed.kind === 'not-sip') {
      return false;
    }
    this.#invalid(parsed.message, reason === 'Message too large' ? 513 : undefined, reason, source, flow);
    return true;
  }

  onUnreachable(to: Endpoint): void {
    // Once a turn for each address: it may be thousands of datagrams that cannot be sent.
    if (this.#unreachable.size === 0) {
      this.host.clock.timer(0, () => {
        const failed = [...this.#unreachable.values()];
        this.#unreachable.clear();
        for (const endpoint of failed) {
          this.#clients.unreachable(endpoint);
        }
      });
    }
    this.#unreachable.set(`${to.address} ${to.port}`, to);
  }

  #receive(message: SipMessage, source: Source, flow: Flow | undefined): void {
    const via = topVia(message);
    if (via === undefined) {
      return;
    }
    if (message.kind === 'response') {
      this.#clients.receive(message, via, source);
    } else {
      this.#servers.receive(message, via, source, flow);
    }
  }

  /** 400 (or 505, 513), without a transaction; nothing to a response, to an ACK, or where no Via says whom to answer. */
  #invalid(
    message: SipMessage | undefined,
    status: number | undefined,
    reason: string,
    source: Source,
    flow: Flow | undefined,
  ): void {
    this.counters.invalid++;
    this.host.log.debug('Invalid SIP message', { reason, ...source.remote });
    if (message?.kind !== 'request' || message.method === 'ACK') {
      return;
    }
    const via = topVia(message);
    if (via !== undefined) {
      this.#servers.refuse(message, via, source, flow, status ?? 400, reason);
    }
  }

  /** Finds the targets, in this turn where the DNS is not to be waited for. `maySwitch`: the next hop names no transport. */
  #toTargets(
    request: SipRequest,
    options: SendOptions,
    go: (targets: Found, maySwitch: boolean) => void,
  ): void {
    if (options.targets !== undefined) {
      go(options.targets, false);
      return;
    }
    const uri = nextHopUri(request);
    if (uri === undefined) {
      go([], false);
      return;
    }
    const maySwitch = uri.kind === 'sip' && !uri.params.has('transport') && options.bySize !== false;
    const found = locate(uri, this.#locating);
    if (!(found instanceof Promise)) {
      go(found, maySwitch);
      return;
    }
    found
      .catch((error: unknown): Found => {
        this.host.log.warn('Next hop not resolved', { error: String(error) });
        return [];
      })
      .then((targets) => {
        if (!this.#closed) {
          go(targets, maySwitch);
        }
      })
      .catch((error: unknown) => {
        this.host.log.error('Sending failed', { error: String(error) });
      });
  }
}
