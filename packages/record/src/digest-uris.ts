import { parseCredentials, type SipRequest, values } from '@ims-sim/sip';
import type { SipSeen } from './select.js';

/**
 * Puts the Request-URI in the place of what actors said in its stead in their credentials (`uri`, RFC 7616 3.4.6; SIPp has the proxy's
 * address): on replay a test UE writes them, and it says the Request-URI.
 */
export function ownDigestUris(
  messages: readonly SipSeen[],
  actors: ReadonlySet<string>,
): (text: string) => string {
  const written = new Map<string, string>();
  for (const { message, record } of messages) {
    if (message.kind === 'request' && actors.has(record.from)) {
      for (const uri of digestUris(message)) {
        if (uri !== message.uri) {
          written.set(`uri="${uri}"`, `uri="${message.uri}"`);
        }
      }
    }
  }
  return (text) => {
    let changed = text;
    for (const [said, own] of written) {
      changed = changed.replaceAll(said, own);
    }
    return changed;
  };
}

function digestUris(request: SipRequest): string[] {
  return (['authorization', 'proxy-authorization'] as const).flatMap((key) =>
    values(request, key).flatMap((value) => {
      const uri = parseCredentials(value)?.params.get('uri');
      return typeof uri === 'string' ? [uri] : [];
    }),
  );
}
