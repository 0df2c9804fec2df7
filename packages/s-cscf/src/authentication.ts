import {
  formatCredentials,
  header,
  uriEquals,
  type Because,
  type Decision,
  type Header,
  type Maybe,
} from '@ims-sim/sip';
import { challenge, nextChallenge, realmOf } from './challenge.js';
import { answerOf, isRight, nonceCountOf, responseAuth, type Answer } from './challenge-answer.js';
import type { Challenge } from './challenges.js';
import type { RegistrationRequest } from './registration-request.js';
import { restoredUser } from './restoration.js';
import type { SCscf } from './s-cscf.js';
import type { ServedUser } from './served-user.js';
import { tellHss } from './tell-hss.js';

const PROTECTED = 'TS 24.229 5.4.1.2.2';
const UNPROTECTED = 'TS 24.229 5.4.1.2.1';
const ABNORMAL = 'TS 24.229 5.4.1.2.3';

/** The user is who they say: the REGISTER is acted upon. */
export interface Authenticated {
  readonly kind: 'authenticated';
  /** By an answer to a challenge, just now. */
  readonly hasAnswered: boolean;
  /** For the 200. */
  readonly headers: readonly Header[];
  readonly because: Because;
}

/** SIP Digest: wrong answers in a row, at most; a further challenge follows each but the last (5.4.1.2.3). */
const MAX_WRONG = 3;

/**
 * TS 24.229 5.4.1.2.1 and 5.4.1.2.2 to .2D: whether a REGISTER is its user's. It is where it answers a challenge of this
 * S-CSCF rightly, the first to do so; and where the P-CSCF has it from a protected port or a known address, the contact
 * is one of that private identity, and nobody asked that it authenticate again. Anybody else is challenged. Until then
 * nothing of the registration changes.
 */
export function authenticate(
  asked: RegistrationRequest,
  user: ServedUser | undefined,
  scscf: SCscf,
): Maybe<Authenticated | Decision> {
  if (scscf.auth === 'none') {
    return NOBODY_IS_ASKED;
  }
  const answer = answerOf(asked.request);
  const given = answer === undefined ? undefined : scscf.challenges.find(asked.privateIdentity, answer.nonce);
  if (answer !== undefined && given !== undefined && isOf(given, asked)) {
    if (given.callId === undefined && !isKnown(asked, user)) {
      // Somebody new, by a vector of some time ago: the HSS may have another by now.
      return challenge(asked, { because: NEW_CONTACT, answer }, scscf);
    }
    return answered(asked, answer, given, scscf);
  }
  if (!isProtected(asked)) {
    return challenge(asked, { because: UNPROTECTED_ONE, answer }, scscf);
  }
  if (user === undefined) {
    return restoredUser(asked.publicIdentity, scscf).then((restored): Maybe<Authenticated | Decision> =>
      isKnown(asked, restored) ? AFTER_RESTART : challenge(asked, { because: NOT_KNOWN, answer }, scscf),
    );
  }
  return isKnown(asked, user) ? IS_PROTECTED : challenge(asked, { because: NOT_KNOWN, answer }, scscf);
}

const NOBODY_IS_ASKED: Authenticated = {
  kind: 'authenticated',
  hasAnswered: false,
  headers: [],
  because: [],
};
const IS_PROTECTED: Authenticated = {
  kind: 'authenticated',
  hasAnswered: false,
  headers: [],
  because: [{ clause: PROTECTED, text: 'protected, by a contact that is registered: no challenge' }],
};
const AFTER_RESTART: Authenticated = {
  kind: 'authenticated',
  hasAnswered: false,
  headers: [],
  because: [
    { clause: 'TS 23.380 4.3.2', text: 'protected, by a contact that the HSS had in store: no challenge' },
  ],
};
const UNPROTECTED_ONE: Because[number] = { clause: UNPROTECTED, text: 'not protected, and no valid answer' };
const NEW_CONTACT: Because[number] = {
  clause: UNPROTECTED,
  text: 'the nonce came with a 200, and the contact is none that this private identity has registered',
};
const NOT_KNOWN: Because[number] = {
  clause: PROTECTED,
  text: 'protected, but the contact is none that this private identity has registered, or it is to authenticate again',
};

/** The Call-ID is that of the REGISTER which was challenged; a nonce that came with a 200 is for any. */
function isOf({ publicIdentity, callId }: Challenge, asked: RegistrationRequest): boolean {
  return publicIdentity === asked.publicIdentity && (callId === undefined || callId === asked.callId);
}

/** 5.4.1.1: what the P-CSCF writes once the UE has authenticated: over a security association, TLS, or from its address. */
function isProtected({ protection }: RegistrationRequest): boolean {
  return protection === 'yes' || protection === 'tls-yes' || protection === 'ip-assoc-yes';
}

/**
 * 5.4.1.2.2: nothing but what this private identity has registered before. A contact that it has not is challenged, where the
 * clause would answer 403: the S-CSCF may ask any UE to authenticate.
 */
function isKnown({ contacts, privateIdentity }: RegistrationRequest, user: ServedUser | undefined): boolean {
  if (user === undefined || user.set.toAuthenticate?.has(privateIdentity) === true) {
    return false;
  }
  const own = user.set.bindings.filter((binding) => binding.privateIdentity === privateIdentity);
  return (
    own.length > 0 &&
    (contacts === 'all' ||
      contacts.every(({ contact }) => own.some((binding) => uriEquals(binding.contact.uri, contact.uri))))
  );
}

/**
 * Whatever becomes of it, a challenge of AKA is answered once, and one of SIP Digest not twice with the same count.
 * Deviation: 5.4.1.1 takes AKA's answer from a protected REGISTER only. Here it counts however it comes: it proves the key all
 * the same, and UEs without IPsec (there is none here, nor in most softphones) can use their USIM.
 */
function answered(
  asked: RegistrationRequest,
  answer: Answer,
  given: Challenge,
  scscf: SCscf,
): Maybe<Authenticated | Decision> {
  const { item } = given;
  const isDigest = item.scheme === 'SIP Digest';
  if (!isDigest && answer.auts !== undefined) {
    return resynchronise(asked, answer.auts, given, scscf);
  }
  if (answer.response === undefined) {
    scscf.challenges.remove(given);
    return isDigest ? challenge(asked, { because: UNPROTECTED_ONE }, scscf) : fail(asked, MAC_FAILURE, scscf);
  }
  const realm = realmOf(item, scscf);
  if (!isRight(answer, given, realm)) {
    const failures = given.failures + 1;
    scscf.challenges.remove(given);
    return isDigest && failures < MAX_WRONG
      ? challenge(asked, { because: WRONG_AGAIN, failures }, scscf)
      : fail(asked, WRONG, scscf);
  }
  scscf.challenges.remove(given);
  return isDigest ? digestRight(asked, answer, given, realm, scscf) : AKA_RIGHT;
}

const AKA_RIGHT: Authenticated = {
  kind: 'authenticated',
  hasAnswered: true,
  headers: [],
  because: [{ clause: PROTECTED, text: 'the response is that of XRES' }],
};
const DIGEST_RIGHT: Because = [
  { clause: 'TS 24.229 5.4.1.2.2A', text: 'the response is that of the password' },
];
const MAC_FAILURE: Because = [
  {
    clause: ABNORMAL,
    text: 'neither response nor AUTS: the UE took the challenge for none of its network: 403',
  },
];
const WRONG: Because = [{ clause: ABNORMAL, text: 'the response is wrong: 403' }];
const WRONG_AGAIN: Because[number] = { clause: ABNORMAL, text: 'the response is wrong: another attempt' };
const REPLAYED: Because[number] = {
  clause: 'RFC 7616 3.4',
  text: 'the nonce count has not grown: the nonce is used up',
};
const OUT_OF_SYNC: Because[number] = {
  clause: 'TS 33.102 6.3.5',
  text: 'AUTS: the HSS takes over the sequence number of the UE',
};
const OUT_OF_SYNC_AGAIN: Because = [
  { clause: ABNORMAL, text: 'AUTS again, to a challenge after a resynchronisation: 403' },
];

/** TS 24.229 5.4.1.2.3: the HSS gets RAND and AUTS, and the UE another challenge; once, or it would not end. */
function resynchronise(
  asked: RegistrationRequest,
  auts: Buffer,
  given: Challenge,
  scscf: SCscf,
): Maybe<Decision> {
  scscf.challenges.remove(given);
  if (given.resynchronised || given.item.scheme === 'SIP Digest') {
    return fail(asked, OUT_OF_SYNC_AGAIN, scscf);
  }
  const resynchronisation = { rand: given.item.rand, auts };
  return challenge(asked, { because: OUT_OF_SYNC, resynchronisation }, scscf);
}

/** 5.4.1.2.3: the registration stays what it was, and the HSS learns that nothing comes of this one. */
function fail(asked: RegistrationRequest, because: Because, scscf: SCscf): Decision {
  tellHss('authentication-failure', asked, scscf);
  return { kind: 'reply', status: 403, reason: 'Forbidden', because };
}

/**
 * 5.4.1.2.2A, RFC 7616 3.4 and 3.5: a nonce is good for further REGISTERs while its count grows and its time lasts; the 200
 * has another (`nextnonce`), and proves that this S-CSCF knows the password too.
 */
function digestRight(
  asked: RegistrationRequest,
  answer: Answer,
  given: Challenge,
  realm: string,
  scscf: SCscf,
): Maybe<Authenticated | Decision> {
  const nonceCount = nonceCountOf(answer.nc) ?? 0;
  const isReplayed = nonceCount <= given.nonceCount;
  scscf.challenges.add({
    ...given,
    callId: undefined,
    failures: 0,
    nonceCount: Math.max(nonceCount, given.nonceCount),
  });
  if (isReplayed) {
    return challenge(asked, { because: REPLAYED, answer }, scscf);
  }
  const next = nextChallenge(given, scscf);
  const params: [string, string][] = [
    ['nextnonce', next.nonce],
    ['qop', 'auth'],
    ['rspauth', responseAuth(answer, given, realm) ?? ''],
    ['cnonce', answer.cnonce ?? ''],
    ['nc', answer.nc ?? ''],
  ];
  const headers = [header('Authentication-Info', formatCredentials('', params))];
  return { kind: 'authenticated', hasAnswered: true, headers, because: DIGEST_RIGHT };
}
