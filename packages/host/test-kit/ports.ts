import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** Above what network files name, below what the system gives to whoever asks for any port (ip_local_port_range). */
const FIRST = 12_000;
const PAST_LAST = 32_000;
const WORKERS = 20;
const LOOPBACK = '127.0.0.1';
/** Given out here: free still, until whoever asked has told the program. */
const given = new Set<number>();

/** A port of the loopback that nobody has, for UDP and TCP, and that nobody will be given who asks for any: for a program that wants to be told one. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = ofThisWorker(randomInt(FIRST, PAST_LAST));
    if (given.has(port)) {
      continue;
    }
    given.add(port);
    if ((await isFreeForTcp(port)) && (await isFreeForUdp(port))) {
      return port;
    }
  }
}

/** Tests run in workers side by side: each has the ports whose last digits are its number, so that no two are given the same. */
function ofThisWorker(port: number): number {
  const worker = Number(process.env['JEST_WORKER_ID'] ?? 0) % WORKERS;
  return port - (port % WORKERS) + worker;
}

function isFreeForTcp(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, LOOPBACK, () => {
      server.close(() => resolve(true));
    });
  });
}

function isFreeForUdp(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  return new Promise((resolve) => {
    socket.once('error', () => {
      socket.close(() => resolve(false));
    });
    socket.bind(port, LOOPBACK, () => {
      socket.close(() => resolve(true));
    });
  });
}

/** Resolves once a program has bound the UDP port (Linux); rejects after `withinMs`. */
export async function boundByUdp(port: number, withinMs = 20_000): Promise<void> {
  const hex = `:${port.toString(16).toUpperCase().padStart(4, '0')} `;
  const untilMs = Date.now() + withinMs;
  while (!readFileSync('/proc/net/udp', 'latin1').includes(hex)) {
    if (Date.now() > untilMs) {
      throw new Error(`nobody has bound UDP port ${port} within ${withinMs} ms`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
