import { akaNonce, sameDigest } from '@ims-sim/auth';
import type { AuthenticationItem, MultimediaAuth, MultimediaAuthAnswer } from '@ims-sim/cx';
import { token } from '@ims-sim/host';
import { formatCredentials, header, type Because, type Decision } from '@ims-sim/sip';
import { expectedResponse, type Answer } from './challenge-answer.js';
import type { Challenge } from './challenges.js';
import { refusedByHss } from './cx-refusal.js';
import type { RegistrationRequest } from './registration-request.js';
import type { SCscf } from './s-cscf.js';

/** Why the UE is challenged, and what it has answered so far. */
export interface Reason {
  readonly because: Because[number];
  /** An answer to a nonce that is not valid (any more): where it is right but for that, the 401 says so (`stale`). */
  readonly answer?: Answer | undefined;
  readonly resynchronisation?: MultimediaAuth['resynchronisation'];
  /** Wrong answers in a row so far. */
  readonly failures?: number | undefined;
}

/** How long a nonce of SIP Digest is good for, and those that come after it with the same vector. */
const NONCE_MS = 600_000;

/**
 * TS 24.229 5.4.1.2.1, .1A, .1B: asks the HSS for a vector and answers 401 with a challenge out of it, which is waited for
 * as long as timer reg-await-auth runs.
 */
export async function challenge(asked: RegistrationRequest, why: Reason, scscf: SCscf): Promise<Decision> {
  const { privateIdentity, publicIdentity } = asked;
  const answer: MultimediaAuthAnswer = await scscf.cx.multimediaAuth({
    privateIdentity,
    publicIdentity,
    serverName: scscf.serverName,
    scheme: asked.protection === 'no' || asked.protection === 'yes' ? 'Digest-AKAv1-MD5' : 'Unknown',
    items: 1,
    ...(why.resynchronisation !== undefined && { resynchronisation: why.resynchronisation }),
  });
  if (answer.kind !== 'vectors') {
    return refusedByHss(answer, 'authentication', scscf);
  }
  const item = answer.items[0];
  const given: Challenge = {
    nonce: nonceOf(item, scscf),
    item,
    privateIdentity,
    publicIdentity,
    callId: asked.callId,
    resynchronised: why.resynchronisation !== undefined,
    failures: why.failures ?? 0,
    nonceCount: 0,
    validUntilMs: scscf.clock.now() + NONCE_MS,
  };
  scscf.challenges.add(given);
  const isStale = item.scheme === 'SIP Digest' && isRightButForItsNonce(why.answer, item);
  return {
    kind: 'reply',
    status: 401,
    reason: 'Unauthorized',
    headers: [header('WWW-Authenticate', formatCredentials('Digest', paramsOf(given, isStale, scscf)))],
    because: scscf.trace.enabled ? [why.because, challenged(item, isStale)] : undefined,
  };
}

/**
 * A new nonce for the same credentials: what a 200 to SIP Digest gives (`nextnonce`). It is good for no longer than the one before:
 * the HSS is asked again at least every `NONCE_MS`, and a password that was changed is none any more.
 */
export function nextChallenge(done: Challenge, scscf: SCscf): Challenge {
  const next: Challenge = {
    ...done,
    nonce: nonceOf(done.item, scscf),
    callId: undefined,
    resynchronised: false,
    failures: 0,
    nonceCount: 0,
  };
  scscf.challenges.add(next);
  return next;
}

function nonceOf(item: AuthenticationItem, { random }: SCscf): string {
  return item.scheme === 'SIP Digest' ? token(random, 32) : akaNonce(item.rand, item.autn);
}

/** The realm of a challenge: for AKA the home domain (TS 24.228 6.2), for SIP Digest the HSS says it (TS 29.228 table 6.3.7). */
export function realmOf(item: AuthenticationItem, { domain }: Pick<SCscf, 'domain'>): string {
  return item.scheme === 'SIP Digest' ? item.realm.replace(/[^\x20-\x7e]/g, '') : domain;
}

function paramsOf({ item, nonce }: Challenge, isStale: boolean, scscf: SCscf): [string, string][] {
  const common: [string, string][] = [
    ['realm', realmOf(item, scscf)],
    ['nonce', nonce],
  ];
  if (item.scheme === 'SIP Digest') {
    return [
      ...common,
      ['algorithm', item.algorithm],
      ['qop', item.qop],
      ...(isStale ? [['stale', 'true'] as [string, string]] : []),
    ];
  }
  // ck and ik are for the P-CSCF, which takes them off (5.2.2.2).
  return [
    ...common,
    ['algorithm', item.scheme === 'Digest-AKAv2-MD5' ? 'AKAv2-MD5' : 'AKAv1-MD5'],
    ['ck', item.ck.toString('hex')],
    ['ik', item.ik.toString('hex')],
  ];
}

function isRightButForItsNonce(answer: Answer | undefined, item: AuthenticationItem): boolean {
  if (answer?.response === undefined || item.scheme !== 'SIP Digest') {
    return false;
  }
  const expected = expectedResponse(answer, item, answer.nonce, item.realm);
  return expected !== undefined && sameDigest(expected, answer.response.toLowerCase());
}

function challenged(item: AuthenticationItem, isStale: boolean): Because[number] {
  return item.scheme === 'SIP Digest'
    ? { clause: 'TS 24.229 5.4.1.2.1B', text: `challenged with SIP Digest${isStale ? ', stale' : ''}: 401` }
    : { clause: 'TS 24.229 5.4.1.2.1A', text: `challenged with ${item.scheme.slice(7)}: 401` };
}
