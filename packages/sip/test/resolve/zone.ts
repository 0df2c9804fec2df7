import type { DnsAnswer, RecordTypes, Resolver } from '@ims-sim/dns';

/** A resolver that knows what a test tells it, by `NAME TYPE`, and writes down what it was asked. */
export interface TestZone extends Resolver {
  readonly asked: string[];
}

export type ZoneRecords = Readonly<Record<string, readonly object[] | 'failed'>>;

/** `later`: answers with a promise, as an empty cache does. */
export function zone(records: ZoneRecords, { later = false } = {}): TestZone {
  const asked: string[] = [];
  return {
    asked,
    resolve<T extends keyof RecordTypes>(name: string, type: T) {
      const key = `${name} ${type}`;
      asked.push(key);
      const found = records[key];
      const answer: DnsAnswer<RecordTypes[T]> =
        found === undefined
          ? { kind: 'empty' }
          : found === 'failed'
            ? { kind: 'failed', reason: 'SERVFAIL' }
            : { kind: 'records', records: found as readonly RecordTypes[T][] };
      return later ? Promise.resolve(answer) : answer;
    },
  };
}

export const srv = (priority: number, weight: number, port: number, target: string) => ({
  priority,
  weight,
  port,
  target,
});
export const address = (text: string) => ({ address: text });
export const naptr = (
  order: number,
  preference: number,
  services: string,
  replacement: string,
  flags = 's',
) => ({
  order,
  preference,
  flags,
  services,
  regexp: '',
  replacement,
});
