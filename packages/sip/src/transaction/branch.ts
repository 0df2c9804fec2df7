import { createHash } from 'node:crypto';
import { token, type Random } from '@ims-sim/host';
import { callId, cseq, from, tagOf, to, topVia } from '../message/access.js';
import type { SipRequest } from '../message/message.js';
import { MAGIC_COOKIE } from './matching.js';

/** A new branch (RFC 3261 8.1.1.7): 66 bits of chance, so that it is unique and no stranger can answer in a peer's place. */
export function newBranch(random: Random): string {
  return MAGIC_COOKIE + token(random, 11);
}

/**
 * RFC 3261 16.11, 13.2.2.4: the branch of a request that is sent without a transaction is a function of what it is made of, so that
 * what comes again goes out again as it did. `sentBy` keeps two elements on its way apart.
 */
export function statelessBranch(request: SipRequest, sentBy: string): string {
  const { number, method } = cseq(request) ?? {};
  const parts = [
    topVia(request)?.branch,
    callId(request),
    tagOf(from(request)),
    tagOf(to(request)),
    number,
    method,
    request.uri,
    sentBy,
  ];
  return MAGIC_COOKIE + createHash('sha256').update(parts.join('\n')).digest('base64url').slice(0, 22);
}
