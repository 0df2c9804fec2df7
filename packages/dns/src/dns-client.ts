import {
  canonicalAddress,
  type Endpoint,
  type Host,
  type TcpConnection,
  type Timer,
  type UdpSocket,
} from '@ims-sim/host';
import {
  messageId,
  readResponse,
  writeQuery,
  type AnyAnswer,
  type Outcome,
  type ResolvableType,
} from './dns-response.js';
import { Deframer, framed } from './framing.js';

export interface DnsClientOptions {
  readonly host: Host;
  readonly server: Endpoint;
  /** How long one attempt waits. */
  readonly timeoutMs: number;
  readonly attempts: number;
  /** The address to ask from; any of the host's if not given. */
  readonly localAddress?: string | undefined;
}

export interface Answered {
  readonly answer: AnyAnswer;
  /** 0: not to be kept. */
  readonly ttlS: number;
}

/** Queries that wait for their answer; beyond them the next fails at once. */
const MAX_PENDING = 1024;

/** A query over UDP that waits for its answer. */
interface Pending {
  readonly name: string;
  readonly type: ResolvableType;
  query: Buffer;
  edns: boolean;
  attempt: number;
  timer: Timer | undefined;
  overTcp: boolean;
  readonly done: (answered: Answered) => void;
}

/**
 * Asks one DNS server: over UDP with retries, over TCP what UDP cuts off. One socket, bound to a port of the system's
 * choice; an answer counts if it comes from the server with the id (random, 16 bits) and the question of a query that
 * waits.
 */
export class DnsClient {
  readonly #options: DnsClientOptions;
  readonly #pending = new Map<number, Pending>();
  #socket: Promise<UdpSocket> | UdpSocket | undefined;
  #closed = false;
  readonly #connections = new Set<TcpConnection>();

  constructor(options: DnsClientOptions) {
    const { address, port } = options.server;
    this.#options = { ...options, server: { address: canonicalAddress(address), port } };
  }

  /** Resolves always: what goes wrong is an answer of kind `failed`. */
  ask(name: string, type: ResolvableType): Promise<Answered> {
    const id = this.#freeId();
    if (this.#closed) return Promise.resolve(failed('the resolver is closed'));
    if (id === undefined) return Promise.resolve(failed(`${MAX_PENDING} queries are waiting`));
    return new Promise((resolve) => {
      const pending: Pending = {
        name,
        type,
        query: writeQuery(id, name, type, true),
        edns: true,
        attempt: 0,
        timer: undefined,
        overTcp: false,
        done: (answered) => {
          pending.timer?.cancel();
          this.#pending.delete(id);
          resolve(answered);
        },
      };
      this.#pending.set(id, pending);
      this.#attempt(pending);
    });
  }

  close(): void {
    this.#closed = true;
    for (const pending of [...this.#pending.values()]) pending.done(failed('the resolver is closed'));
    for (const connection of this.#connections) connection.destroy();
    const socket = this.#socket;
    if (socket instanceof Promise) socket.then((bound) => bound.close()).catch(() => undefined);
    else socket?.close();
  }

  #freeId(): number | undefined {
    if (this.#pending.size >= MAX_PENDING) return undefined;
    for (;;) {
      const id = this.#options.host.random.uint32() & 0xffff;
      if (!this.#pending.has(id)) return id;
    }
  }

  #attempt(pending: Pending): void {
    const { attempts, timeoutMs, host, server } = this.#options;
    if (pending.attempt++ >= attempts) {
      pending.done(failed(`no answer from the server in ${attempts} × ${timeoutMs} ms`));
      return;
    }
    pending.timer = host.clock.timer(timeoutMs, () => this.#attempt(pending));
    const socket = (this.#socket ??= this.#bind());
    if (!(socket instanceof Promise)) {
      this.#send(socket, pending);
      return;
    }
    socket.then(
      (bound) => this.#send(bound, pending),
      (error: unknown) => {
        this.#socket = undefined;
        pending.done(failed(`cannot ask ${server.address}: ${String(error)}`));
      },
    );
  }

  async #bind(): Promise<UdpSocket> {
    const { host, server, localAddress } = this.#options;
    const address = localAddress ?? (server.address.includes(':') ? '::' : '0.0.0.0');
    const socket = await host.net.udp(
      { address, port: 0 },
      { onDatagram: (response, from) => this.#receive(socket, response, from) },
    );
    this.#socket = socket;
    return socket;
  }

  #send(socket: UdpSocket, { query }: Pending): void {
    const { server } = this.#options;
    this.#trace('udp', 'sent', socket.local, query);
    socket.send(query, server);
  }

  #receive(socket: UdpSocket, response: Buffer, from: Endpoint): void {
    const { server } = this.#options;
    if (from.port !== server.port || from.address !== server.address) return;
    this.#trace('udp', 'received', socket.local, response);
    const pending = this.#pending.get(messageId(response) ?? -1);
    if (pending === undefined) return; // Too late, or nobody's.
    this.#act(pending, readResponse(response, pending.query, pending.name, pending.type), socket);
  }

  #act(pending: Pending, outcome: Outcome, socket: UdpSocket): void {
    switch (outcome.kind) {
      case 'answered':
        pending.done(outcome);
        return;
      case 'truncated':
        if (pending.overTcp) return; // A late answer to an earlier attempt.
        pending.overTcp = true;
        pending.timer?.cancel();
        void this.#askOverTcp(pending).then(pending.done);
        return;
      case 'no-edns':
        if (!pending.edns) return;
        pending.edns = false;
        pending.query = writeQuery(pending.query.readUInt16BE(0), pending.name, pending.type, false);
        this.#send(socket, pending); // Within the same attempt.
        return;
      case 'not-ours':
        return;
    }
  }

  async #askOverTcp({ query, name, type }: Pending): Promise<Answered> {
    const { host, server, timeoutMs } = this.#options;
    let timer: Timer | undefined;
    let connection: TcpConnection | undefined;
    try {
      return await new Promise<Answered>((resolve, reject) => {
        const deframer = new Deframer();
        const onData = (bytes: Buffer, { local }: TcpConnection) => {
          for (const response of deframer.push(bytes)) {
            this.#trace('tcp', 'received', local, response);
            const outcome = readResponse(response, query, name, type);
            if (outcome.kind === 'answered') resolve(outcome);
            else reject(new Error(`a response over TCP that is ${outcome.kind}`));
          }
        };
        timer = host.clock.timer(timeoutMs, () => resolve(failed('no answer from the server over TCP')));
        host.net
          .connect(server, timeoutMs, (opened) => {
            connection = opened;
            this.#connections.add(opened);
            return {
              onData: (bytes) => onData(bytes, opened),
              onClose: () => {
                this.#connections.delete(opened);
                resolve(failed('the server closed the connection'));
              },
            };
          })
          .then((opened) => {
            this.#trace('tcp', 'sent', opened.local, query);
            opened.write(framed(query));
          }, reject);
      });
    } catch (error) {
      return failed(`over TCP: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      timer?.cancel();
      connection?.destroy();
    }
  }

  #trace(transport: 'udp' | 'tcp', direction: 'sent' | 'received', local: Endpoint, bytes: Uint8Array): void {
    const { host, server: remote } = this.#options;
    if (host.trace.enabled)
      host.trace.message({ protocol: 'dns', transport, direction, local, remote, bytes });
  }
}

function failed(reason: string): Answered {
  return { answer: { kind: 'failed', reason: `DNS: ${reason}` }, ttlS: 0 };
}
