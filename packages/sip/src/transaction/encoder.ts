const SLAB_BYTES = 64 * 1024;

/**
 * Text (latin1) as bytes, cut from slabs. For what is kept equally long: the responses of done transactions share
 * slabs with each other, and not with bytes that are soon free, which in Node's own pool would keep eight kilobytes
 * for each of them.
 */
export class Encoder {
  #slab = Buffer.allocUnsafeSlow(0);
  #used = 0;

  encode(text: string): Buffer {
    if (text.length > SLAB_BYTES / 4) {
      return Buffer.from(text, 'latin1');
    }
    if (this.#used + text.length > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
      this.#used = 0;
    }
    const from = this.#used;
    this.#used += this.#slab.write(text, from, text.length, 'latin1');
    return this.#slab.subarray(from, this.#used);
  }
}
