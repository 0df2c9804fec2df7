/** A SUBSCRIBE of an application under way: a NOTIFY that overtakes its 2xx (RFC 6665 4.4.1) waits here for that. */
export interface PendingSubscribe {
  readonly waiting: (() => void)[];
}

/** By the id of the dialog that the SUBSCRIBE is to make. */
export type PendingSubscribes = Map<string, PendingSubscribe>;

/** Requests that may wait for one 2xx: beyond, they are refused. */
export const MAX_WAITING = 8;
