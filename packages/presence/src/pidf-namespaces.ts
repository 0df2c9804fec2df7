/** The two spellings of a presence document: RFC 3863's, and that of the draft that TR 24.841 cites. */
export type PidfMediaType = 'application/pidf+xml' | 'application/cpim-pidf+xml';

export interface PidfNamespaces {
  readonly pidf: string;
  /** The instant messaging extension, which the TR calls hypothetical in the one and which never came in the other. */
  readonly im: string;
}

export const PIDF_NAMESPACES: Readonly<Record<PidfMediaType, PidfNamespaces>> = {
  'application/pidf+xml': { pidf: 'urn:ietf:params:xml:ns:pidf', im: 'urn:ietf:params:xml:ns:pidf:im' },
  'application/cpim-pidf+xml': {
    pidf: 'urn:ietf:params:xml:ns:cpim-pidf',
    im: 'urn:ietf:params:xml:ns:cpim-pidf:im',
  },
};

/** What a `Presence` has for the namespaces that differ: RFC 3863's. */
export const CANONICAL = PIDF_NAMESPACES['application/pidf+xml'];

/** Which of the two a root element's namespace means. */
export function mediaTypeOf(namespace: string): PidfMediaType | undefined {
  for (const mediaType of ['application/pidf+xml', 'application/cpim-pidf+xml'] as const) {
    if (PIDF_NAMESPACES[mediaType].pidf === namespace) {
      return mediaType;
    }
  }
  return undefined;
}

/** A namespace of one spelling in the other; any that is in neither stays. */
export function translate(namespace: string, from: PidfNamespaces, to: PidfNamespaces): string {
  return namespace === from.pidf ? to.pidf : namespace === from.im ? to.im : namespace;
}
