import type { CxRefusal } from '@ims-sim/cx';
import {
  commonFeatures,
  cxFeature,
  decodeLocationInfo,
  decodeMultimediaAuth,
  decodeServerAssignment,
  decodeUserAuthorization,
  encodeLocationInfoAnswer,
  encodeMultimediaAuthAnswer,
  encodeServerAssignmentAnswer,
  encodeUserAuthorizationAnswer,
  featuresOf,
  locationInfoCommand,
  multimediaAuthCommand,
  refusalOfFeatures,
  serverAssignmentCommand,
  userAuthorizationCommand,
} from '@ims-sim/cx';
import type { Avp, IncomingRequest, Message, OutgoingAnswer } from '@ims-sim/diameter';
import { avpOf, base, cx, get, rawAvp, resultCode } from '@ims-sim/diameter';
import type { Host } from '@ims-sim/host';
import type { Identified } from './identify.js';
import { identify, whenThere } from './identify.js';
import { locationInfo } from './location-info.js';
import { multimediaAuth } from './multimedia-auth.js';
import type { Outcome, Requester } from './outcome.js';
import { serverAssignment } from './server-assignment.js';
import type { SharedFilterCriteria } from './service-profile.js';
import { foundAgain } from './service-profile.js';
import type { Maybe, SubscriberStore } from './store.js';
import type { StoredSubscription } from './subscription.js';
import { keyOf } from './subscription.js';
import { userAuthorization } from './user-authorization.js';

export interface CxServerOptions {
  readonly host: Host;
  readonly store: SubscriberStore;
  readonly homeDomain: string;
  readonly preferred: 'aka' | 'digest';
  readonly sharedFilterCriteria: SharedFilterCriteria;
}

/** What this HSS has of TS 29.229 table 7.1.1. */
const HSS_FEATURES = cxFeature.restoration | cxFeature.sharedFilterCriteria;

type Avps = Maybe<readonly Avp[]>;

/**
 * Answers UAR, SAR, LIR and MAR (TS 29.228 6.1, 6.3). One place acts on what the procedures decide: keeps it, traces it,
 * answers. A question that changes nothing does not wait for the disk; an assignment or vectors are answered when they are
 * kept, what they confirm without a change included.
 */
export function cxServer(options: CxServerOptions): (request: IncomingRequest) => Maybe<OutgoingAnswer> {
  return (request) => {
    const { message } = request;
    const refused = refusalOfFeatures(message, HSS_FEATURES);
    if (refused !== undefined) return { avps: refused };
    return whenThere(answerOf(request, options), (avps) => ({
      avps: [...avps, ...commonFeatures(message, HSS_FEATURES)],
    }));
  };
}

function answerOf({ command, message }: IncomingRequest, options: CxServerOptions): Avps {
  switch (command) {
    case locationInfoCommand:
      return answerLocationInfo(message, options);
    case userAuthorizationCommand:
      return answerUserAuthorization(message, options);
    case serverAssignmentCommand:
      return answerServerAssignment(message, options);
    case multimediaAuthCommand:
      return answerMultimediaAuth(message, options);
    default:
      return [avpOf(base.resultCode, resultCode.UNABLE_TO_COMPLY)]; // RTR and PPR are for S-CSCFs.
  }
}

function answerLocationInfo(message: Message, options: CxServerOptions): Avps {
  const { host, store, sharedFilterCriteria } = options;
  const request = decodeLocationInfo(message);
  const answered = (outcome: ReturnType<typeof locationInfo>): readonly Avp[] => {
    if (host.trace.enabled) trace(host, '6.1.4', `LIR for ${request.publicIdentity}`, outcome);
    return encodeLocationInfoAnswer(outcome.answer);
  };
  return whenThere(store.byPublicIdentity(request.publicIdentity), (found) => {
    const outcome = locationInfo(request, found, sharedFilterCriteria);
    if (outcome.state === undefined || found === undefined) return answered(outcome);
    const decide = (stored: StoredSubscription): ReturnType<typeof locationInfo> =>
      locationInfo(request, foundAgain(stored, request.publicIdentity, found), sharedFilterCriteria);
    return decided(store, keyOf(found.subscription), decide).then(answered);
  });
}

function answerUserAuthorization(message: Message, options: CxServerOptions): Avps {
  const { host, store, homeDomain } = options;
  const request = decodeUserAuthorization(message);
  const answered = (outcome: ReturnType<typeof userAuthorization>): readonly Avp[] => {
    if (host.trace.enabled) {
      trace(host, '6.1.1', `UAR (${request.type}) for ${request.publicIdentity}`, outcome);
    }
    return encodeUserAuthorizationAnswer(outcome.answer, request.type);
  };
  const decide = (stored: StoredSubscription): ReturnType<typeof userAuthorization> =>
    userAuthorization(request, stored, homeDomain);
  return whenThere(identify(store, request.privateIdentity, [request.publicIdentity]), (who) => {
    if (who.kind !== 'owner') return answered(notIdentified(who));
    const outcome = decide(who.stored);
    return outcome.state === undefined ? answered(outcome) : decided(store, who.key, decide).then(answered);
  });
}

function answerServerAssignment(message: Message, options: CxServerOptions): Avps {
  const { host, store, sharedFilterCriteria } = options;
  const request = decodeServerAssignment(message);
  if (request === undefined) return invalidAssignmentType(message);
  const answered = (outcome: ReturnType<typeof serverAssignment>): readonly Avp[] => {
    const [who = request.privateIdentity ?? ''] = request.publicIdentities;
    if (host.trace.enabled) trace(host, '6.1.2', `SAR (${request.type}) for ${who}`, outcome);
    return encodeServerAssignmentAnswer(outcome.answer);
  };
  const context = { requester: requesterOf(message), sharedFilterCriteria };
  return whenThere(identify(store, request.privateIdentity, request.publicIdentities), (who) =>
    who.kind === 'owner'
      ? decided(store, who.key, (stored) => serverAssignment(request, stored, context)).then(answered)
      : answered(notIdentified(who)),
  );
}

function answerMultimediaAuth(message: Message, options: CxServerOptions): Avps {
  const { host, store, homeDomain, preferred } = options;
  const request = decodeMultimediaAuth(message);
  if (request === undefined) return unknownScheme;
  const answered = (outcome: ReturnType<typeof multimediaAuth>): readonly Avp[] => {
    if (host.trace.enabled) {
      trace(host, '6.3', `MAR (${request.scheme}) for ${request.publicIdentity}`, outcome);
    }
    return encodeMultimediaAuthAnswer(outcome.answer, request);
  };
  const context = { requester: requesterOf(message), homeDomain, preferred, random: host.random };
  return whenThere(identify(store, request.privateIdentity, [request.publicIdentity]), (who) =>
    who.kind === 'owner'
      ? decided(store, who.key, (stored) => multimediaAuth(request, stored, context)).then(answered)
      : answered(notIdentified(who)),
  );
}

/** Decides on the newest state, and gives the decision when it is kept. */
async function decided<Answer>(
  store: SubscriberStore,
  key: string,
  decide: (stored: StoredSubscription) => Outcome<Answer>,
): Promise<Outcome<Answer | CxRefusal>> {
  const outcome = await store.update(key, (stored) => {
    const result = decide(stored);
    return { result, state: result.state };
  });
  return outcome ?? justRemoved;
}

function requesterOf(message: Message): Requester {
  const features = featuresOf(message);
  return {
    host: get(message, base.originHost),
    realm: get(message, base.originRealm),
    restores: (features & cxFeature.restoration) !== 0,
    sharesFilterCriteria: (features & cxFeature.sharedFilterCriteria) !== 0,
  };
}

function notIdentified(who: Exclude<Identified, { kind: 'owner' }>): Outcome<CxRefusal> {
  switch (who.kind) {
    case 'unknown-user':
      return { answer: { kind: 'unknown-user' }, reason: `${who.identity} is not known` };
    case 'identities-dont-match': {
      const reason = `${who.identity} is another subscription’s`;
      return { answer: { kind: 'identities-dont-match' }, reason };
    }
    case 'no-identity': {
      const answer = { kind: 'failed', resultCode: resultCode.MISSING_AVP } as const;
      return { answer, reason: 'neither User-Name nor Public-Identity' };
    }
  }
}

const justRemoved: Outcome<CxRefusal> = {
  answer: { kind: 'unknown-user' },
  reason: 'the subscription has just been removed',
};

/** 6.3.1 step 3, for a scheme that no user has. */
const unknownScheme = encodeMultimediaAuthAnswer(
  { kind: 'auth-scheme-not-supported' },
  { privateIdentity: '', publicIdentity: '' },
);

/** An assignment type of another reference point (TS 29.273 has those above 11). */
function invalidAssignmentType(message: Message): Avp[] {
  const failed = message.avps.filter(({ code }) => code === cx.serverAssignmentType.code);
  return [avpOf(base.resultCode, resultCode.INVALID_AVP_VALUE), avpOf(base.failedAvp, failed.map(rawAvp))];
}

function trace(host: Host, clause: string, asked: string, outcome: Outcome<{ readonly kind: string }>): void {
  const text = `${asked}: ${outcome.answer.kind}, ${outcome.reason}`;
  host.trace.decision({ clause: `TS 29.228 ${clause}`, text });
}
