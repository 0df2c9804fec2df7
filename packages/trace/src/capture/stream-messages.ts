import type { TraceProtocol } from '@ims-sim/host';
import { HEP_MAGIC } from '../hep.js';
import { sipStart } from './recognize.js';

/** What a stream is: found out from how it begins. */
export type StreamProtocol = TraceProtocol | 'hep';
export interface StreamMessage {
  readonly atUs: number;
  readonly protocol: StreamProtocol;
  readonly bytes: Buffer;
}

export interface StreamReader {
  bytes(atUs: number, bytes: Buffer): void;
  gap(): void;
  /** Says what is left of it. */
  end(): void;
}

export interface StreamOptions {
  /** Its messages have two bytes of length each (RFC 1035 4.2.2). */
  readonly isDns: boolean;
  readonly onMessage: (message: StreamMessage) => void;
  /** Bytes that are part of no message. */
  readonly onSkipped: (why: string) => void;
}

const MAX_MESSAGE_BYTES = 1024 * 1024;
const MAX_HEADER_BYTES = 64 * 1024;
const DIAMETER_HEADER_BYTES = 20;
const CR = 0x0d;
const LF = 0x0a;

/** Cuts a stream into messages. After a gap or what it cannot read it goes on where a segment begins with a message. */
export function streamReader({ isDns, onMessage, onSkipped }: StreamOptions): StreamReader {
  let held: Buffer[] = [];
  let heldBytes = 0;
  /** How many bytes there must be before it is worth another look. */
  let needed = 0;
  let isLost = false;

  const clear = (why: string): void => {
    if (heldBytes > 0) {
      onSkipped(why);
    }
    held = [];
    heldBytes = needed = 0;
  };
  return {
    bytes(atUs, bytes) {
      if (isLost && !isDns && protocolOf(bytes) === undefined && sipStart(bytes) === false) {
        return; // Told when it was lost.
      }
      isLost = false;
      held.push(bytes);
      heldBytes += bytes.length;
      if (heldBytes < needed) {
        return;
      }
      let rest = held.length === 1 ? bytes : Buffer.concat(held, heldBytes);
      for (;;) {
        const cut = nextMessage(rest, isDns);
        if (cut.kind === 'message') {
          if (cut.bytes.length > 0) {
            onMessage({ atUs, protocol: cut.protocol, bytes: cut.bytes });
          }
          rest = rest.subarray(cut.end);
          continue;
        }
        held = rest.length === 0 ? [] : [rest];
        heldBytes = rest.length;
        needed = cut.kind === 'more' ? cut.needed : 0;
        if (cut.kind === 'unknown' || needed > MAX_MESSAGE_BYTES) {
          clear('what it carries is not SIP, Diameter, DNS or HEP');
          isLost = true;
        }
        return;
      }
    },
    gap() {
      clear('a message is cut by missing bytes');
      isLost = true;
    },
    end: () => clear('a message is cut by the end of the capture'),
  };
}

type Cut =
  | {
      readonly kind: 'message';
      readonly protocol: StreamProtocol;
      readonly bytes: Buffer;
      readonly end: number;
    }
  | { readonly kind: 'more'; readonly needed: number }
  | { readonly kind: 'unknown' };

function nextMessage(stream: Buffer, isDns: boolean): Cut {
  if (isDns) {
    return dnsMessage(stream);
  }
  let at = 0;
  while (stream[at] === CR || stream[at] === LF) {
    at += 1; // RFC 5626 3.5.1: keep-alives.
  }
  const protocol = protocolOf(at === 0 ? stream : stream.subarray(at));
  switch (protocol) {
    case 'sip':
      return sipMessage(stream, at);
    case 'diameter':
      return counted('diameter', stream, at, stream.readUIntBE(at + 1, 3));
    case 'hep':
      return stream.length < at + 6
        ? { kind: 'more', needed: at + 6 }
        : counted('hep', stream, at, stream.readUInt16BE(at + 4));
    default:
      return stream.length - at < DIAMETER_HEADER_BYTES || sipStart(stream.subarray(at)) === 'maybe'
        ? { kind: 'more', needed: stream.length + 1 }
        : { kind: 'unknown' };
  }
}

/** By how it begins; undefined too where too little is there to say. */
function protocolOf(bytes: Buffer): Exclude<StreamProtocol, 'dns'> | undefined {
  if (bytes.length >= 4 && bytes.readUInt32BE(0) === HEP_MAGIC) {
    return 'hep';
  }
  if (isDiameter(bytes)) {
    return 'diameter';
  }
  return sipStart(bytes) === true ? 'sip' : undefined;
}

/** RFC 6733 3: version 1, a length in whole words, and no reserved flag. */
export function isDiameter(bytes: Buffer): boolean {
  if (bytes.length < DIAMETER_HEADER_BYTES || bytes[0] !== 1) {
    return false;
  }
  const length = bytes.readUIntBE(1, 3);
  return (
    length >= DIAMETER_HEADER_BYTES &&
    length % 4 === 0 &&
    length <= MAX_MESSAGE_BYTES &&
    ((bytes[4] ?? 0) & 0x0f) === 0
  );
}

function counted(protocol: StreamProtocol, stream: Buffer, at: number, length: number): Cut {
  return stream.length < at + length
    ? { kind: 'more', needed: at + length }
    : { kind: 'message', protocol, bytes: stream.subarray(at, at + length), end: at + length };
}

function dnsMessage(stream: Buffer): Cut {
  if (stream.length < 2) {
    return { kind: 'more', needed: 2 };
  }
  const end = 2 + stream.readUInt16BE(0);
  return stream.length < end
    ? { kind: 'more', needed: end }
    : { kind: 'message', protocol: 'dns', bytes: stream.subarray(2, end), end };
}

/** RFC 3261 18.3: over a stream Content-Length says where the body ends; without one there is none. */
function sipMessage(stream: Buffer, at: number): Cut {
  const blank = stream.indexOf('\r\n\r\n', at, 'latin1');
  if (blank < 0) {
    if (stream.length - at > MAX_HEADER_BYTES) {
      return { kind: 'unknown' };
    }
    return { kind: 'more', needed: stream.length + 1 };
  }
  const headers = stream.toString('latin1', at, blank);
  const length = Number(/\r\n(?:content-length|l)[ \t]*:[ \t]*(\d{1,9})/i.exec(headers)?.[1] ?? 0);
  return counted('sip', stream, at, blank + 4 - at + length);
}
