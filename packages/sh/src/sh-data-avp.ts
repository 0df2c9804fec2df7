import type { Avp, AvpGroup } from '@ims-sim/diameter';
import { avpOf, get, sh } from '@ims-sim/diameter';
import type { ShDataReading } from './sh-data-reader.js';
import { readShData } from './sh-data-reader.js';
import { writeShData } from './sh-data-writer.js';
import type { ShData } from './types.js';

/** User-Data, TS 29.329 6.3.3. */
export function dataAvp(data: ShData): Avp {
  return avpOf(sh.userData, Buffer.from(writeShData(data)));
}

/** The Sh data of a message, or why it cannot be read; `absent` without User-Data. */
export function dataOf(message: AvpGroup): ShDataReading | { readonly kind: 'absent' } {
  const bytes = get(message, sh.userData);
  return bytes === undefined ? { kind: 'absent' } : readShData(bytes.toString());
}
