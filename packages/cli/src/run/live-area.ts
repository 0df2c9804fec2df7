import type { Clock, Timer } from '@ims-sim/host';

const DRAW_EVERY_MS = 100;

/** The last lines on a terminal, drawn again in their place as they change, ten times a second at most. */
export class LiveArea {
  readonly #out: NodeJS.WriteStream;
  readonly #clock: Clock;
  readonly #lines: () => readonly string[];
  #drawn = 0;
  #timer: Timer | undefined;
  #lastMs = -Infinity;

  constructor(out: NodeJS.WriteStream, clock: Clock, lines: () => readonly string[]) {
    this.#out = out;
    this.#clock = clock;
    this.#lines = lines;
  }

  /** What it shows has changed. */
  changed(): void {
    if (this.#timer !== undefined) {
      return;
    }
    const dueMs = Math.max(0, this.#lastMs + DRAW_EVERY_MS - this.#clock.now());
    this.#timer = this.#clock.timer(dueMs, () => {
      this.#timer = undefined;
      this.#draw();
    });
  }

  /** Takes it off the screen; what is written then stands in its place. */
  clear(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#erase();
  }

  #draw(): void {
    this.#lastMs = this.#clock.now();
    const { rows = 24, columns = 80 } = this.#out;
    // A line that the terminal breaks would take two places.
    const lines = this.#lines()
      .slice(-Math.max(1, rows - 2))
      .map((line) => line.slice(0, columns - 1));
    this.#erase();
    this.#out.write(lines.map((line) => `${line}\n`).join(''));
    this.#drawn = lines.length;
  }

  #erase(): void {
    if (this.#drawn > 0) {
      this.#out.write(`\u001b[${this.#drawn}A\r\u001b[J`);
    }
    this.#drawn = 0;
  }
}
