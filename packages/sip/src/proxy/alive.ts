import { parseUri } from '../message/uri-parse.js';
import type { Incoming, Reply } from './decision.js';

/** RFC 3261 11.2: an OPTIONS for the element itself is told that it is there. Undefined: the request is not that. */
export function aliveReply({ request, inDialog }: Incoming, names: ReadonlySet<string>): Reply | undefined {
  if (request.method !== 'OPTIONS' || inDialog) {
    return undefined;
  }
  const uri = parseUri(request.uri);
  return uri?.kind === 'sip' && uri.user === undefined && names.has(uri.host) ? ALIVE : undefined;
}

const ALIVE: Reply = {
  kind: 'reply',
  status: 200,
  reason: 'OK',
  because: [{ clause: 'RFC 3261 11.2', text: 'OPTIONS for this element itself: 200' }],
};
