/** A sip or sips URI (RFC 3261 19.1). Text is as on the wire, escapes included; `host` is lower case, IPv6 with brackets. */
export interface SipUri {
  readonly kind: 'sip';
  readonly scheme: 'sip' | 'sips';
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly host: string;
  readonly port?: number | undefined;
  readonly params: Params;
  readonly headers?: string | undefined;
}

/** A tel URI (RFC 3966). `number` is as written, visual separators included. */
export interface TelUri {
  readonly kind: 'tel';
  readonly number: string;
  readonly params: Params;
}

/** Any other absolute URI: carried, never understood. */
export interface OtherUri {
  readonly kind: 'other';
  readonly scheme: string;
  readonly text: string;
}

export type Uri = SipUri | TelUri | OtherUri;

/**
 * Parameters in their order; names in lower case, values as written (a quoted value keeps its quotes), `true` for a
 * flag.
 */
export type Params = ReadonlyMap<string, string | true>;
