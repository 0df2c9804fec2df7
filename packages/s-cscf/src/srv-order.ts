import type { SrvRecord } from '@ims-sim/dns';
import type { Random } from '@ims-sim/host';

/** Servers tried for one domain, at most. */
const MAX_SERVERS = 8;

/** SRV records in the order to be tried (RFC 2782): by priority, within one by a draw that heeds the weights. */
export function orderSrv(records: readonly SrvRecord[], random: Random): readonly SrvRecord[] {
  if (records.length === 1 && records[0]?.target !== '.') {
    return records;
  }
  const keyed = records
    .filter(({ target }) => target !== '.')
    .map((record) => ({ record, key: -Math.log((random.uint32() + 1) / 2 ** 32) / (record.weight + 0.001) }));
  // The smallest of exponential draws is that of a record with the chance of its weight's share.
  keyed.sort((a, b) => a.record.priority - b.record.priority || a.key - b.key);
  return keyed.slice(0, MAX_SERVERS).map(({ record }) => record);
}
