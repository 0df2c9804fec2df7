import { prettyEndpoint, type Endpoint, type TcpConnection, type TcpReceiver } from '@ims-sim/host';
import { diameterEnd, originHost } from './diameter-bytes.js';
import type { Faults } from './faulty-host.js';
import { Lane } from './lane.js';
import { OutgoingStream, type Piece } from './outgoing-stream.js';

/** A connection whose messages meet the faults: SIP, Diameter and DNS, each message whole. */
export class FaultyConnection implements TcpConnection {
  readonly #connection: TcpConnection;
  readonly #faults: Faults;
  #stream: OutgoingStream | undefined;
  #lane: Lane | undefined;

  constructor(connection: TcpConnection, faults: Faults) {
    this.#connection = connection;
    this.#faults = faults;
  }

  get local(): Endpoint {
    return this.#connection.local;
  }

  get remote(): Endpoint {
    return this.#connection.remote;
  }

  get bufferedBytes(): number {
    return this.#connection.bufferedBytes;
  }

  write(bytes: Uint8Array): void {
    // Once it was cut into messages it stays so: half a message may be held.
    if (!this.#faults.active && this.#stream === undefined) {
      this.#connection.write(bytes);
      return;
    }
    this.#stream ??= new OutgoingStream();
    for (const piece of this.#stream.push(bytes)) this.#pass(piece);
  }

  end(): void {
    this.#lane?.flush();
    const rest = this.#stream?.rest();
    if (rest !== undefined && rest.length > 0) this.#connection.write(rest);
    this.#connection.end();
  }

  destroy(): void {
    this.#lane?.clear();
    this.#connection.destroy();
  }

  /** What waits is lost with the connection. */
  ending(receiver: TcpReceiver, ended: () => void = () => undefined): TcpReceiver {
    return {
      onData: (bytes) => {
        receiver.onData(bytes);
      },
      onClose: (error) => {
        this.#lane?.clear();
        ended();
        receiver.onClose(error);
      },
    };
  }

  #pass({ protocol, bytes }: Piece): void {
    if (protocol === undefined) {
      this.#connection.write(bytes);
      return;
    }
    const { host, waiting } = this.#faults;
    this.#lane ??= new Lane(host.clock, waiting);
    this.#lane.pass(this.#faults.fate(protocol, bytes, this.remote), (written) => {
      this.#connection.write(protocol === 'dns' ? framed(written) : written);
    });
  }
}

/** RFC 1035 4.2.2. */
function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(Math.min(message.length, 0xffff));
  return Buffer.concat([length, message]);
}

const MAX_LEARNED = 1000;

/**
 * The receiver of a connection that a peer opened. Its port says nothing; the first message does where it is Diameter's
 * Capabilities-Exchange-Request (RFC 6733 5.3.1), which has the peer's name.
 */
export function learning(
  connection: FaultyConnection,
  receiver: TcpReceiver,
  { learned }: Faults,
): TcpReceiver {
  const key = prettyEndpoint(connection.remote);
  const whole = connection.ending(receiver, () => learned.delete(key));
  let isFirst = true;
  return {
    onData(bytes) {
      if (isFirst) {
        isFirst = false;
        const end = diameterEnd(bytes, 0);
        const name =
          end !== undefined && end <= bytes.length ? originHost(bytes.subarray(0, end)) : undefined;
        if (name !== undefined && learned.size < MAX_LEARNED) learned.set(key, name);
      }
      whole.onData(bytes);
    },
    onClose: whole.onClose,
  };
}
