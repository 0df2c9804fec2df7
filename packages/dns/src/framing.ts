/** A message over TCP: two bytes of length before it (RFC 1035 4.2.2), in one write (RFC 7766 8). */
export function framed(message: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(2 + message.length);
  frame.writeUInt16BE(message.length, 0);
  frame.set(message, 2);
  return frame;
}

/** Puts messages together from the pieces that TCP gives. Holds at most one message (65,537 bytes) and the last piece. */
export class Deframer {
  #pieces: Buffer[] = [];
  #held = 0;
  /** How many bytes the next message needs, its length included; until that is known, the length alone. */
  #needed = 2;

  /** The messages that are complete with `bytes`. */
  push(bytes: Buffer): Buffer[] {
    this.#pieces.push(bytes);
    this.#held += bytes.length;
    if (this.#held < this.#needed) return [];
    let rest = Buffer.concat(this.#pieces);
    const messages: Buffer[] = [];
    while (rest.length >= 2) {
      const end = 2 + rest.readUInt16BE(0);
      if (rest.length < end) break;
      messages.push(rest.subarray(2, end));
      rest = rest.subarray(end);
    }
    this.#pieces = [rest];
    this.#held = rest.length;
    this.#needed = rest.length < 2 ? 2 : 2 + rest.readUInt16BE(0);
    return messages;
  }
}
