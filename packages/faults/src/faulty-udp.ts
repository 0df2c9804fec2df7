import { prettyEndpoint, type Endpoint, type TraceProtocol, type UdpSocket } from '@ims-sim/host';
import { readDns } from './dns-bytes.js';
import type { Faults } from './faulty-host.js';
import { Lane } from './lane.js';
import { looksLikeSip } from './sip-text.js';

/** Receivers for which something may wait, at most; to others nothing is held back. */
const MAX_LANES = 1000;

/** A socket whose datagrams meet the faults: one message each, SIP or DNS. */
export class FaultyUdpSocket implements UdpSocket {
  readonly #socket: UdpSocket;
  readonly #faults: Faults;
  readonly #lanes = new Map<string, Lane>();

  constructor(socket: UdpSocket, faults: Faults) {
    this.#socket = socket;
    this.#faults = faults;
  }

  get local(): Endpoint {
    return this.#socket.local;
  }

  send(datagram: Uint8Array, to: Endpoint): void {
    if (!this.#faults.active) {
      this.#socket.send(datagram, to);
      return;
    }
    const bytes = Buffer.from(datagram.buffer, datagram.byteOffset, datagram.byteLength);
    const protocol = protocolOf(bytes);
    if (protocol === undefined) {
      this.#socket.send(datagram, to);
      return;
    }
    const fate = this.#faults.fate(protocol, bytes, to);
    const lane = this.#laneTo(to);
    if (lane === undefined) {
      for (let copy = 0; copy < fate.copies; copy++) this.#socket.send(fate.bytes, to);
      return;
    }
    lane.pass(fate, (written) => {
      this.#socket.send(written, to);
    });
  }

  close(): void {
    for (const lane of this.#lanes.values()) lane.clear();
    this.#lanes.clear();
    this.#socket.close();
  }

  /** Undefined where too many wait already. */
  #laneTo(to: Endpoint): Lane | undefined {
    const key = prettyEndpoint(to);
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    if (this.#lanes.size >= MAX_LANES) this.#forgetIdle();
    if (this.#lanes.size >= MAX_LANES) return undefined;
    const { host, waiting } = this.#faults;
    const lane = new Lane(host.clock, waiting);
    this.#lanes.set(key, lane);
    return lane;
  }

  #forgetIdle(): void {
    for (const [key, lane] of this.#lanes) {
      if (lane.isIdle) this.#lanes.delete(key);
    }
  }
}

function protocolOf(datagram: Buffer): TraceProtocol | undefined {
  if (looksLikeSip(datagram)) return 'sip';
  return readDns(datagram) === undefined ? undefined : 'dns';
}
