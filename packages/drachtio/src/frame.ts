/** A frame's payload at most: a SIP message of the largest size and its line of tokens. */
export const MAX_FRAME_BYTES = 80_000;

/**
 * One frame, `<byte length>#<payload>`; the payload is a line of tokens and, behind CRLF, a SIP message. One character a
 * byte (latin1).
 */
export function frame(tokens: string, message: string | undefined): string {
  if (message === undefined) return `${tokens.length}#${tokens}`;
  return `${tokens.length + 2 + message.length}#${tokens}\r\n${message}`;
}

/**
 * Cuts a stream of bytes into the payloads of its frames (one character a byte). A stream that is no frames, or has one
 * of more than `MAX_FRAME_BYTES`, is `broken` from there on.
 */
export class FrameSplitter {
  #chunks: Buffer[] = [];
  #buffered = 0;
  #broken = false;

  get broken(): boolean {
    return this.#broken;
  }

  /** The payloads that `bytes` completes. */
  push(bytes: Buffer): string[] {
    const payloads: string[] = [];
    if (this.#broken) return payloads;
    this.#chunks.push(bytes);
    this.#buffered += bytes.length;
    if (this.#buffered < this.#wanted) return payloads;
    const whole = this.#chunks.length === 1 ? bytes : Buffer.concat(this.#chunks);
    let at = 0;
    for (;;) {
      const head = this.#head(whole, at);
      if (head === undefined || head.end > whole.length) {
        this.#wanted = head === undefined ? 0 : head.end - at;
        break;
      }
      payloads.push(whole.toString('latin1', head.start, head.end));
      at = head.end;
    }
    this.#buffered = whole.length - at;
    this.#chunks = this.#broken || this.#buffered === 0 ? [] : [whole.subarray(at)];
    return payloads;
  }

  /** Bytes that the frame at the start of the buffer has, once its length was read. */
  #wanted = 0;

  #head(bytes: Buffer, at: number): { start: number; end: number } | undefined {
    let length = 0;
    for (let i = at; i < bytes.length; i++) {
      const digit = (bytes[i] ?? 0) - 48;
      if (digit === 35 - 48 && i > at) return { start: i + 1, end: i + 1 + length };
      length = length * 10 + digit;
      if (digit < 0 || digit > 9 || length > MAX_FRAME_BYTES) {
        this.#broken = true;
        return undefined;
      }
    }
    return undefined;
  }
}
