import { prettyEndpoint, type Endpoint } from '@ims-sim/host';
import type { Complaints } from './complaints.js';

const FLAG = { fin: 0x01, syn: 0x02, rst: 0x04 } as const;
/** What may wait for a segment that has not come, in one direction; then it is taken for lost. */
const MAX_WAITING_SEGMENTS = 256;
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
/** Directions that are followed at once; past them the one that was silent longest is taken up anew when it speaks again. */
const MAX_STREAMS = 20_000;

/** Where the bytes of one direction of a connection go, in order, each once. */
export interface StreamSink {
  bytes(atUs: number, bytes: Buffer): void;
  /** Bytes are missing here: what comes next need not be a message's beginning. */
  gap(): void;
}

export interface TcpReassembly {
  segment(atUs: number, source: string, destination: string, data: Buffer): void;
  /** Gives out what waits behind a gap. */
  end(): void;
}

interface Waiting {
  readonly atUs: number;
  readonly sequence: number;
  readonly payload: Buffer;
}

interface Direction {
  readonly name: string;
  readonly sink: StreamSink;
  /** The next byte's sequence number. */
  next: number;
  waiting: Waiting[];
  waitingBytes: number;
  /** Of the latest segment that was needed: what waited for it was not read before. */
  atUs: number;
}

/**
 * The two directions of each TCP connection as streams of bytes: in order, what came twice once. A stream that was under way
 * when the capture began is read from its first segment on.
 */
export function tcpReassembly(
  open: (source: Endpoint, destination: Endpoint) => StreamSink,
  complaints: Complaints,
): TcpReassembly {
  const directions = new Map<string, Direction>();
  const directionOf = (source: Endpoint, destination: Endpoint, first: number): Direction => {
    const name = `${prettyEndpoint(source)} to ${prettyEndpoint(destination)}`;
    const known = directions.get(name);
    if (known !== undefined) {
      directions.delete(name); // The one that was used last stands last.
      directions.set(name, known);
      return known;
    }
    const [idlest] = directions.values();
    if (directions.size >= MAX_STREAMS && idlest !== undefined) {
      flush(idlest, complaints);
      directions.delete(idlest.name);
    }
    const sink = open(source, destination);
    const direction = { name, sink, next: first, waiting: [], waitingBytes: 0, atUs: 0 };
    directions.set(name, direction);
    return direction;
  };
  return {
    segment(atUs, sourceAddress, destinationAddress, data) {
      const headerBytes = ((data[12] ?? 0) >> 4) * 4;
      if (data.length < 20 || headerBytes < 20 || headerBytes > data.length) {
        complaints.add('A TCP segment is not to be read: cut short');
        return;
      }
      const source = { address: sourceAddress, port: data.readUInt16BE(0) };
      const destination = { address: destinationAddress, port: data.readUInt16BE(2) };
      const flags = data[13] ?? 0;
      const isSyn = (flags & FLAG.syn) !== 0;
      const sequence = (data.readUInt32BE(4) + (isSyn ? 1 : 0)) >>> 0; // The SYN itself takes a number.
      const payload = data.subarray(headerBytes);
      if (!isSyn && payload.length === 0) {
        return;
      }
      const direction = directionOf(source, destination, sequence);
      if (isSyn && direction.next !== sequence) {
        flush(direction, complaints); // The ports are used again.
        direction.sink.gap();
        direction.next = sequence;
      }
      if (payload.length > 0) {
        take(direction, { atUs, sequence, payload }, complaints);
      }
    },
    end() {
      for (const direction of directions.values()) {
        flush(direction, complaints);
      }
    },
  };
}

function take(direction: Direction, segment: Waiting, complaints: Complaints): void {
  if (ahead(segment.sequence, direction.next) > 0) {
    direction.waiting.push(segment);
    direction.waitingBytes += segment.payload.length;
    if (
      direction.waiting.length > MAX_WAITING_SEGMENTS ||
      direction.waitingBytes > MAX_WAITING_BYTES ||
      ahead(segment.sequence, direction.next) > 2 ** 30
    ) {
      flush(direction, complaints);
    }
    return;
  }
  deliver(direction, segment);
  if (direction.waiting.length > 0) {
    settle(direction);
  }
}

/** What of a segment is new. */
function deliver(direction: Direction, { atUs, sequence, payload }: Waiting): void {
  const known = -ahead(sequence, direction.next);
  if (known < payload.length) {
    const fresh = payload.subarray(known);
    direction.next = (direction.next + fresh.length) >>> 0;
    direction.atUs = Math.max(direction.atUs, atUs);
    direction.sink.bytes(direction.atUs, fresh);
  }
}

/** Delivers what waited and has its turn now. */
function settle(direction: Direction): void {
  direction.waiting.sort((a, b) => ahead(a.sequence, direction.next) - ahead(b.sequence, direction.next));
  let taken = 0;
  for (const segment of direction.waiting) {
    if (ahead(segment.sequence, direction.next) > 0) {
      break;
    }
    deliver(direction, segment);
    taken += 1;
  }
  for (const { payload } of direction.waiting.splice(0, taken)) {
    direction.waitingBytes -= payload.length;
  }
}

/** Gives up what has not come, and goes on behind it. */
function flush(direction: Direction, complaints: Complaints): void {
  while (direction.waiting.length > 0) {
    settle(direction);
    const [first] = direction.waiting;
    if (first === undefined) {
      return;
    }
    const missing = ahead(first.sequence, direction.next);
    complaints.add(`TCP ${direction.name}: ${missing} bytes are missing`);
    direction.sink.gap();
    direction.next = first.sequence;
  }
}

/** How far sequence number `a` is ahead of `b` (RFC 9293 3.4: numbers go round). */
function ahead(a: number, b: number): number {
  return (a - b) | 0;
}
