import { LIMITS } from './parse.js';

/** What came out of a stream. `ping`: a peer asks for a CRLF back (RFC 5626 3.5.1). After `error` the stream is of no use. */
export type Framed =
  | { readonly kind: 'message'; readonly text: string }
  | { readonly kind: 'ping' }
  | { readonly kind: 'error'; readonly reason: string };

/** Cuts a stream into messages by Content-Length (RFC 3261 18.3), each of them latin1 text. One for each connection. */
export class StreamFramer {
  #held: Buffer = Buffer.alloc(0);

  push(bytes: Uint8Array): readonly Framed[] {
    this.#held = Buffer.concat([this.#held, bytes]);
    const out: Framed[] = [];
    for (;;) {
      const end = this.#held.indexOf('\r\n\r\n');
      if (end === 0) {
        out.push({ kind: 'ping' });
        this.#held = this.#held.subarray(4);
        continue;
      }
      if (end < 0) {
        if (this.#held.length > LIMITS.messageBytes) {
          out.push({ kind: 'error', reason: 'Message too large' });
        }
        return out;
      }
      const head = this.#held.toString('latin1', 0, end + 2);
      const length = /^(?:content-length|l)[ \t]*:[ \t]*(\d+)/im.exec(head)?.[1];
      if (length === undefined) {
        out.push({ kind: 'error', reason: 'Missing Content-Length' });
        return out;
      }
      const whole = end + 4 + Number(length);
      if (this.#held.length < whole) {
        return out;
      }
      out.push({ kind: 'message', text: this.#held.toString('latin1', 0, whole) });
      this.#held = this.#held.subarray(whole);
    }
  }
}
