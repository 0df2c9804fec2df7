/** An IP address literal (IPv6 without brackets) and a port. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** A bound UDP socket. Every datagram goes out from the address it listens on. */
export interface UdpSocket {
  readonly local: Endpoint;
  /** Sends one datagram. What the network refuses at once or later goes to `onError` of `udp`. */
  send(datagram: Uint8Array, to: Endpoint): void;
  close(): void;
}

export interface UdpReceiver {
  onDatagram(datagram: Buffer, from: Endpoint): void;
  /** A datagram to `to` could not be sent (ICMP unreachable, message too long, no route). */
  onError?(error: Error, to: Endpoint | undefined): void;
}

/** One TCP connection, either way. */
export interface TcpConnection {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** Bytes handed over and not yet taken by the kernel; a sender that wants a bound looks here. */
  readonly bufferedBytes: number;
  write(bytes: Uint8Array): void;
  /** Sends what is buffered, then FIN. */
  end(): void;
  /** Drops what is buffered and closes at once. */
  destroy(): void;
}

export interface TcpReceiver {
  onData(bytes: Buffer): void;
  /** Once, however the connection ended; `error` where it was not in order. */
  onClose(error?: Error): void;
}

export interface TcpListener {
  readonly local: Endpoint;
  close(): void;
}

/**
 * The network as an element sees it: UDP and TCP for SIP, Diameter, DNS and HEP alike.
 * Its first implementation is the operating system's (`nodeNet`), its second is in memory (`MemoryNetwork`).
 */
export interface Net {
  /** Binds `local` (port 0: a free one). Rejects with the operating system's code in `code`, e.g. EADDRINUSE. */
  udp(local: Endpoint, receiver: UdpReceiver): Promise<UdpSocket>;
  /** Listens at `local`; `accept` is asked for the receiver of each connection. Rejects as `udp`. */
  listen(local: Endpoint, accept: (connection: TcpConnection) => TcpReceiver): Promise<TcpListener>;
  /** Connects within `timeoutMs`. Rejects with the operating system's code, or ETIMEDOUT. */
  connect(
    remote: Endpoint,
    timeoutMs: number,
    receive: (connection: TcpConnection) => TcpReceiver,
  ): Promise<TcpConnection>;
}
