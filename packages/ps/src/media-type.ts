import type { Profile } from '@ims-sim/sip';
import type { PidfMediaType } from '@ims-sim/presence';

/** The draft's type before the RFC's (RFC 3863). */
export const MEDIA_TYPES: readonly PidfMediaType[] = ['application/cpim-pidf+xml', 'application/pidf+xml'];

/** What a watcher gets that says nothing: TR 24.841 table 6.1.1-18, RFC 3856 6.3. */
function defaultMediaType(profile: Profile): PidfMediaType {
  return profile === 'tr-24.841' ? 'application/cpim-pidf+xml' : 'application/pidf+xml';
}

/**
 * The type of the documents for a watcher with this Accept (RFC 3261 20.1): the first of the highest q that we write;
 * undefined where there is none. A wildcard is the profile's own. q=0 refuses a type.
 */
export function chooseMediaType(accept: string | undefined, profile: Profile): PidfMediaType | undefined {
  const own = defaultMediaType(profile);
  if (accept === undefined || accept.trim() === own) return own;
  let best: { readonly type: PidfMediaType; readonly q: number } | undefined;
  for (const range of accept.split(',')) {
    const [name = '', ...params] = range.split(';').map((part) => part.trim().toLowerCase());
    const type =
      name === '*/*' || name === 'application/*' ? own : MEDIA_TYPES.find((known) => known === name);
    const q = qualityOf(params);
    if (type !== undefined && q > (best?.q ?? 0)) best = { type, q };
  }
  return best?.type;
}

/** The media type of a Content-Type, if it is one of ours. */
export function publishedMediaType(contentType: string | undefined): PidfMediaType | undefined {
  const name = contentType?.split(';')[0]?.trim().toLowerCase();
  return MEDIA_TYPES.find((known) => known === name);
}

function qualityOf(params: readonly string[]): number {
  const text = params.find((param) => param.startsWith('q='))?.slice(2);
  const q = text === undefined ? 1 : Number(text);
  return q >= 0 && q <= 1 ? q : 0;
}
