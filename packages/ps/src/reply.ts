/** An answer of the presence server. */
export interface Reply {
  readonly kind: 'reply';
  readonly status: number;
  readonly reason?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** For the trace, where it is more than the grammar's. */
  readonly because?: Because | undefined;
}

/** Why, for the trace. */
export interface Because {
  readonly clause: string;
  readonly text: string;
}

/** An answer that the grammar or the protocol gives: the trace needs no reason for it. */
export function reply(
  status: number,
  headers: Readonly<Record<string, string>> = {},
  reason?: string,
): Reply {
  return { kind: 'reply', status, reason, headers, because: undefined };
}

/** A refusal that is a decision of this server, not of the grammar. */
export function refused(
  status: number,
  clause: string,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return { kind: 'reply', status, reason: undefined, headers, because: { clause, text } };
}

/** RFC 6665 4.2.1.1, RFC 3903 6: the packages that there are. */
export const badEvent = (): Reply => reply(489, { 'Allow-Events': 'presence' });

/** RFC 3261 21.4.17: what is asked for is shorter than this server allows, in seconds. */
export const tooBrief = (minExpiresS: number): Reply => reply(423, { 'Min-Expires': String(minExpiresS) });
