import type { Params, Uri } from './uri.js';

/**
 * A value of From, To, Contact, Route, Record-Route, Path, Service-Route, P-Asserted-Identity, …: name-addr or
 * addr-spec.
 */
export interface NameAddr {
  /** As written, without quotes; undefined where there is none. */
  readonly displayName?: string | undefined;
  /** The URI as written, without angle brackets. */
  readonly uriText: string;
  readonly uri: Uri;
  /** Header parameters (`tag`, `expires`, `q`, …). */
  readonly params: Params;
  /** The whole value as written. */
  readonly text: string;
}

/** One Via value (RFC 3261 20.42). */
export interface Via {
  /** `UDP`, `TCP`, … in upper case. */
  readonly transport: string;
  /** As written; IPv6 with brackets. */
  readonly host: string;
  readonly port?: number | undefined;
  readonly params: Params;
  readonly branch?: string | undefined;
  /** The whole value as written. */
  readonly text: string;
}

export interface CSeq {
  readonly number: number;
  readonly method: string;
}
