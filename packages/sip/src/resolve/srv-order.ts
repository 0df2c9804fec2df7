import type { Random } from '@ims-sim/host';
import type { SrvRecord } from '@ims-sim/dns';

/** SRV records looked at, at most: an answer with more is cut. */
const MAX_RECORDS = 32;

/**
 * SRV records in the order to be tried (RFC 2782): lowest priority first, within one priority drawn by weight. A record
 * with the target `.` says that the service is not there; it is left out.
 */
export function orderSrv(records: readonly SrvRecord[], random: Random): readonly SrvRecord[] {
  if (records.length === 1 && records[0]?.target !== '.') {
    return records;
  }
  const left = records.filter((record) => record.target !== '.').slice(0, MAX_RECORDS);
  // RFC 2782: within a priority those of weight 0 come first in the list that is drawn from.
  left.sort((a, b) => a.priority - b.priority || Math.sign(a.weight) - Math.sign(b.weight));
  const ordered: SrvRecord[] = [];
  while (left.length > 0) {
    ordered.push(...left.splice(draw(left, random), 1));
  }
  return ordered;
}

/** Index of the record drawn from those that share the first one's priority. */
function draw(left: readonly SrvRecord[], random: Random): number {
  const priority = left[0]?.priority;
  let end = 0;
  let sum = 0;
  for (; left[end]?.priority === priority && end < left.length; end++) {
    sum += left[end]?.weight ?? 0;
  }
  if (end <= 1) {
    return 0;
  }
  const drawn = random.uint32() % (sum + 1);
  let running = 0;
  for (let i = 0; i < end; i++) {
    running += left[i]?.weight ?? 0;
    if (running >= drawn) {
      return i;
    }
  }
  return 0;
}
