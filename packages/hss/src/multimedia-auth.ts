import type { AuthenticationItem, MultimediaAuth, MultimediaAuthAnswer } from '@ims-sim/cx';
import { authenticationVector, nextSequenceNumber, resynchronise } from '@ims-sim/auth';
import { resultCode } from '@ims-sim/diameter';
import type { Random } from '@ims-sim/host';
import { digestItem } from './digest-item.js';
import type { Outcome, Requester } from './outcome.js';
import { registrationOf, withPending } from './registration-state.js';
import { isDistinctUserIdentity, placeOf } from './service-profile.js';
import type {
  AkaCredentials,
  DigestCredentials,
  PrivateIdentity,
  StoredSubscription,
  SubscriptionState,
} from './subscription.js';

/** TS 33.102 6.3.2: 48 bits. */
const LAST_SQN = (1n << 48n) - 1n;
/** As far as the next number may be from the one before it: SEQ one further, and any IND. */
const STEP = 63n;
/** What a USIM must have left: as much as it may jump at once (TS 33.102 C.3.2). */
const ROOM = 1n << 33n;

type MultimediaAuthOutcome = Outcome<MultimediaAuthAnswer>;

export interface AuthenticationContext {
  readonly requester: Requester;
  /** The realm of SIP Digest where the subscriber has none of its own. */
  readonly homeDomain: string;
  /** What a user proves who it is with, where it has both and the S-CSCF lets the HSS choose. */
  readonly preferred: 'aka' | 'digest';
  /** What RAND is made of: it must be cryptographically strong. */
  readonly random: Random;
}

/**
 * TS 29.228 6.3.1 from step 3 (`identify` does the first two): how does this user prove who it is? The state
 * has the sequence numbers that are used up: it must be kept before the answer goes out.
 */
export function multimediaAuth(
  request: MultimediaAuth,
  stored: StoredSubscription,
  context: AuthenticationContext,
): MultimediaAuthOutcome {
  const { subscription, state } = stored;
  const place = placeOf(subscription, request.publicIdentity);
  const owner = subscription.privateIdentities.find(({ identity }) => identity === request.privateIdentity);
  if (place === undefined || owner === undefined || !isDistinctUserIdentity(place)) {
    return { answer: { kind: 'unknown-user' }, reason: 'no public identity that can be registered' };
  }
  // 3: the scheme, which the HSS chooses where the S-CSCF leaves it open.
  const credentials = credentialsFor(request, owner, context.preferred);
  if (credentials === undefined) {
    const answer = { kind: 'auth-scheme-not-supported' } as const;
    return { answer, reason: `the user has no credentials for ${request.scheme}` };
  }
  // 4 and 5: what is registered at one S-CSCF is not authenticated by another, unless that one is gone.
  const isRegistered = registrationOf(state, place.set) === 'registered';
  const { server, reassignmentPending } = state;
  const isOther = server !== undefined && server.name !== request.serverName;
  if (isRegistered && isOther && context.requester.restores && reassignmentPending !== true) {
    const answer = { kind: 'failed', resultCode: resultCode.UNABLE_TO_COMPLY } as const;
    return { answer, reason: `registered at ${server.name}` };
  }
  const named = withServer(state, request, context.requester);
  const next = isRegistered ? named : withPending(named, owner.identity, true);
  if (credentials.kind === 'aka') return akaVectors(request, credentials.aka, next, context.random);
  // One item, however many are asked for.
  const item = digestItem(request.privateIdentity, credentials.digest, context.homeDomain);
  return {
    answer: { kind: 'vectors', items: [item] },
    reason: `SIP Digest, ${item.algorithm}`,
    state: next === state ? undefined : next,
  };
}

type Credentials =
  | { readonly kind: 'aka'; readonly aka: AkaCredentials }
  | { readonly kind: 'digest'; readonly digest: DigestCredentials };

function credentialsFor(
  { scheme }: MultimediaAuth,
  { aka, digest }: PrivateIdentity,
  preferred: AuthenticationContext['preferred'],
): Credentials | undefined {
  const mayAka = aka !== undefined && (scheme === 'Unknown' || scheme === schemeOf(aka));
  const mayDigest = digest !== undefined && (scheme === 'Unknown' || scheme === 'SIP Digest');
  if (mayAka && !(mayDigest && preferred === 'digest')) return { kind: 'aka', aka };
  return mayDigest ? { kind: 'digest', digest } : undefined;
}

function schemeOf({ algorithm = 'AKAv1-MD5' }: AkaCredentials): 'Digest-AKAv1-MD5' | 'Digest-AKAv2-MD5' {
  return `Digest-${algorithm}`;
}

/** TS 33.102 6.3.2: vectors of sequence numbers that nobody had before, as many as are asked for. */
function akaVectors(
  { items, privateIdentity, resynchronisation }: MultimediaAuth,
  credentials: AkaCredentials,
  state: SubscriptionState,
  random: Random,
): MultimediaAuthOutcome {
  const keys = { k: Buffer.from(credentials.k, 'hex'), opc: Buffer.from(credentials.opc, 'hex') };
  const amf = Buffer.from(credentials.amf ?? '8000', 'hex');
  let sqn = BigInt(`0x${state.sequenceNumbers[privateIdentity] ?? '0'}`);
  let reason = `${String(items)} ${schemeOf(credentials)}`;
  if (resynchronisation !== undefined) {
    // TS 33.102 6.3.5. Deviation: a SQN_MS below ours does not set ours back: no number is used twice. C.1.1.3: nor does one at
    // the end of the range set it where no numbers are left.
    const learned = resynchronise(keys, resynchronisation.rand, resynchronisation.auts);
    const isOurs = learned.kind === 'sqn' && learned.sqnMs > sqn && learned.sqnMs < LAST_SQN - ROOM;
    if (isOurs) sqn = learned.sqnMs;
    reason += learned.kind === 'sqn' ? ', resynchronised' : ', AUTS is not the USIM’s';
  }
  if (sqn > LAST_SQN - BigInt(items) * STEP) {
    const answer = { kind: 'failed', resultCode: resultCode.UNABLE_TO_COMPLY } as const;
    return { answer, reason: `${reason}: no sequence number is left` };
  }
  const vector = (): AuthenticationItem => {
    sqn = nextSequenceNumber(sqn);
    const { rand, autn, xres, ck, ik } = authenticationVector(keys, randFrom(random), sqn, amf);
    return { scheme: schemeOf(credentials), rand, autn, xres, ck, ik };
  };
  const vectors: [AuthenticationItem, ...AuthenticationItem[]] = [vector()];
  while (vectors.length < items) vectors.push(vector());
  const sequenceNumbers = {
    ...state.sequenceNumbers,
    [privateIdentity]: sqn.toString(16).padStart(12, '0'),
  };
  return { answer: { kind: 'vectors', items: vectors }, reason, state: { ...state, sequenceNumbers } };
}

function withServer(
  state: SubscriptionState,
  { serverName }: MultimediaAuth,
  { host, realm }: Requester,
): SubscriptionState {
  const { server, reassignmentPending, ...rest } = state;
  const isSame = server?.name === serverName && server.host === host && server.realm === realm;
  if (isSame && reassignmentPending === undefined) return state;
  return {
    ...rest,
    server: { name: serverName, ...(host !== undefined && { host }), ...(realm !== undefined && { realm }) },
  };
}

/** 16 octets. */
function randFrom(random: Random): Buffer {
  const rand = Buffer.alloc(16);
  for (let at = 0; at < 16; at += 4) rand.writeUInt32BE(random.uint32(), at);
  return rand;
}
