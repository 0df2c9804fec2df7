export interface ARecord {
  readonly address: string;
}
export interface SrvRecord {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly target: string;
}
export interface NaptrRecord {
  readonly order: number;
  readonly preference: number;
  readonly flags: string;
  readonly services: string;
  readonly regexp: string;
  readonly replacement: string;
}
export interface RecordTypes {
  readonly A: ARecord;
  readonly AAAA: ARecord;
  readonly SRV: SrvRecord;
  readonly NAPTR: NaptrRecord;
}

/** `empty`: the name or the type is not there (NXDOMAIN, NODATA). `failed`: nobody could say (time-out, SERVFAIL, REFUSED). */
export type DnsAnswer<T> =
  | { readonly kind: 'records'; readonly records: readonly T[] }
  | { readonly kind: 'empty' }
  | { readonly kind: 'failed'; readonly reason: string };

/**
 * What RFC 3263 and RFC 6116 ask of the DNS. An answer within its TTL is returned at once, not as a promise, so that a
 * busy element does not leave its turn for a name that it knows.
 */
export interface Resolver {
  resolve<T extends keyof RecordTypes>(
    name: string,
    type: T,
  ): DnsAnswer<RecordTypes[T]> | Promise<DnsAnswer<RecordTypes[T]>>;
}
