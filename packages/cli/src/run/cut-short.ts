import { UserError } from '@ims-sim/element';
import type { Judged } from './result.js';

/** A scenario that could not be played to its end, with what had come until then: the trace tells why. */
export class CutShort extends UserError {
  readonly left: Judged;

  constructor(message: string, left: Judged, cause: unknown) {
    super(message, { cause });
    this.left = left;
  }
}
