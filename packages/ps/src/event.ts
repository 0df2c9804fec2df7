/** The Event header of a request (RFC 6665 8.2.1). */
export interface PresenceEvent {
  /** As it stands in NOTIFYs: `presence`, or `presence;id=7`. */
  readonly text: string;
  readonly id: string | undefined;
}

const PLAIN: PresenceEvent = { text: 'presence', id: undefined };

/** Undefined for another package, or none. */
export function presenceEvent(field: string | undefined): PresenceEvent | undefined {
  if (field === 'presence') return PLAIN;
  const [name, ...params] = (field ?? '').split(';').map((part) => part.trim());
  if (name?.toLowerCase() !== 'presence') return undefined;
  const id = params.find((param) => /^id=/i.test(param))?.slice(3);
  return id === undefined ? PLAIN : { text: `presence;id=${id}`, id };
}
