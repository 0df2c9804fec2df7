import { decimal } from './chars.js';
import { trimmed } from './list.js';
import { LIMITS } from './parse.js';

/**
 * What came out of a stream. `ping`: the peer asks for a CRLF back (RFC 5626 3.5.1). After an `error` the stream has lost
 * its place and is of no use; `text` is the head of the message that has it, where there is one to answer.
 */
export type Framed =
  | { readonly kind: 'message'; readonly text: string }
  | { readonly kind: 'ping' }
  | { readonly kind: 'error'; readonly reason: string; readonly text?: string | undefined };

const CR = 13;
const LF = 10;

/**
 * Cuts a stream into messages by Content-Length, which each must have (RFC 3261 18.3), each of them latin1 text. One for
 * each connection. What was looked through is not looked through again, and it holds no more than one message of
 * `LIMITS.messageBytes`.
 */
export class StreamFramer {
  #held: Buffer = EMPTY;
  /** Of `#held`, what is still to be cut: [begin, end). */
  #begin = 0;
  #end = 0;
  /** Up to here there is no end of a head. */
  #scanned = 0;
  /** Where the message under way ends, once its head is whole. */
  #whole: number | undefined = undefined;
  #failed = false;

  /** What `bytes` has made whole, in order. They may be used again after the call. */
  push(bytes: Uint8Array): readonly Framed[] {
    if (this.#failed) {
      return [];
    }
    this.#take(bytes);
    const out: Framed[] = [];
    while (!this.#failed && this.#next(out)) {
      // until nothing whole is left
    }
    return out;
  }

  /** Puts one more into `out`; false where more bytes are needed. */
  #next(out: Framed[]): boolean {
    if (this.#whole === undefined) {
      if (!this.#skipEmptyLines(out)) {
        return false;
      }
      const headEnd = this.#headEnd();
      if (headEnd < 0) {
        return this.#fail(
          out,
          this.#end - this.#begin > LIMITS.messageBytes ? 'Message too large' : undefined,
        );
      }
      const head = this.#text(headEnd);
      const length = bodyLength(head);
      if (typeof length === 'string') {
        return this.#fail(out, length, head);
      }
      if (head.length + length > LIMITS.messageBytes) {
        return this.#fail(out, 'Message too large', head);
      }
      this.#whole = headEnd + length;
    }
    if (this.#whole > this.#end) {
      return false;
    }
    out.push({ kind: 'message', text: this.#text(this.#whole) });
    this.#begin = this.#whole;
    this.#scanned = this.#whole;
    this.#whole = undefined;
    return true;
  }

  /** CRLF CRLF is a ping, a lone CRLF the answer to one (RFC 5626 3.5.1) or nothing (RFC 3261 7.5). False: nothing left. */
  #skipEmptyLines(out: Framed[]): boolean {
    while (this.#begin < this.#end) {
      const left = this.#end - this.#begin;
      const pingLength = this.#lineBreaks(4);
      if (pingLength === 4) {
        out.push({ kind: 'ping' });
        this.#begin += 4;
      } else if (pingLength === left) {
        return false; // the rest of it may come
      } else if (pingLength >= 2) {
        this.#begin += 2;
      } else {
        break;
      }
    }
    this.#scanned = Math.max(this.#scanned, this.#begin);
    return this.#begin < this.#end;
  }

  /** How many bytes from the begin are those of CRLF CRLF, at most `max`. */
  #lineBreaks(max: number): number {
    let count = 0;
    while (count < max && this.#held[this.#begin + count] === (count % 2 === 0 ? CR : LF)) {
      if (this.#begin + count >= this.#end) {
        break;
      }
      count++;
    }
    return count;
  }

  /** The position after the empty line, or -1. */
  #headEnd(): number {
    const found = this.#held.subarray(0, this.#end).indexOf('\r\n\r\n', this.#scanned, 'latin1');
    if (found >= 0) {
      return found + 4;
    }
    this.#scanned = Math.max(this.#begin, this.#end - 3);
    return -1;
  }

  #text(end: number): string {
    return this.#held.toString('latin1', this.#begin, end);
  }

  /** False, as nothing comes after it; without a reason it only waits. */
  #fail(out: Framed[], reason: string | undefined, text?: string): boolean {
    if (reason !== undefined) {
      out.push({ kind: 'error', reason, text });
      this.#failed = true;
      this.#held = EMPTY;
    }
    return false;
  }

  /**
   * Keeps `bytes` behind what is held. Where that must move, it moves to twice the room: copying stays linear in what
   * came.
   */
  #take(bytes: Uint8Array): void {
    const kept = this.#end - this.#begin;
    if (kept === 0 || this.#end + bytes.length > this.#held.length) {
      const room = Buffer.allocUnsafe(kept === 0 ? bytes.length : 2 * (kept + bytes.length));
      this.#held.copy(room, 0, this.#begin, this.#end);
      this.#held = room;
      this.#scanned = Math.max(0, this.#scanned - this.#begin);
      this.#whole = this.#whole === undefined ? undefined : this.#whole - this.#begin;
      this.#begin = 0;
      this.#end = kept;
    }
    this.#held.set(bytes, this.#end);
    this.#end += bytes.length;
  }
}

const EMPTY = Buffer.alloc(0);

/** What Content-Length (or `l`) says in a head, or what is wrong. */
function bodyLength(head: string): number | string {
  let length: number | undefined;
  for (let at = head.indexOf('\r\n') + 2; at < head.length - 2;) {
    const end = lineEnd(head, at);
    const colon = head.indexOf(':', at);
    if (colon > at && colon < end && isContentLength(trimmed(head, at, colon))) {
      const unfolded = head.slice(colon + 1, end).replaceAll('\r\n', ' ');
      const value = trimmed(unfolded, 0, unfolded.length);
      const number = decimal(value, 0, value.length, Number.MAX_SAFE_INTEGER);
      if (number < 0) {
        return 'Bad Content-Length: not a number';
      }
      if (length !== undefined && length !== number) {
        return 'Bad Content-Length: two that differ';
      }
      length = number;
    }
    at = end + 2;
  }
  return length ?? 'Missing Content-Length';
}

/** Where the line that begins at `at` ends, with the lines that fold into it. */
function lineEnd(head: string, at: number): number {
  let end = head.indexOf('\r\n', at);
  while (head.charCodeAt(end + 2) === 32 || head.charCodeAt(end + 2) === 9) {
    end = head.indexOf('\r\n', end + 2);
  }
  return end < 0 ? head.length : end;
}

function isContentLength(name: string): boolean {
  const lower = name.length === 14 || name.length === 1 ? name.toLowerCase() : '';
  return lower === 'content-length' || lower === 'l';
}
