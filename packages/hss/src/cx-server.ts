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
import type { CxRefusal } from '@ims-sim/cx';
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
import type { Maybe, SubscriberStore } from './store.js';
import type { StoredSubscription } from './subscription.js';
import { keyOf } from './subscription.js';
import { userAuthorization } from './user-authorization.js';

export interface CxServerOptions {
  readonly host: Host;
  readonly store: SubscriberStore;
  readonly homeDomain: string;
  readonly sharedFilterCriteria: SharedFilterCriteria;
}

/** What this HSS has of TS 29.229 table 7.1.1. */
export const HSS_FEATURES = cxFeature.restoration | cxFeature.sharedFilterCriteria;

interface Answerable {
  readonly kind: string;
}

/**
 * Answers UAR, SAR, LIR and MAR. One place acts on what the procedures decide: keeps it, traces it, answers. What changes
 * nothing does not wait for the disk, but a confirmation of what another request has changed does.
 */
export function cxServer(options: CxServerOptions): (request: IncomingRequest) => Maybe<OutgoingAnswer> {
  const { host, store, homeDomain, sharedFilterCriteria } = options;

  const trace = (clause: string, asked: () => string, { answer, reason }: Outcome<Answerable>): void => {
    if (!host.trace.enabled) return;
    host.trace.decision({ clause: `TS 29.228 ${clause}`, text: `${asked()}: ${answer.kind}, ${reason}` });
  };

  /** Decides on the newest state, and answers when what is decided is kept. */
  const decided = async <A>(
    key: string,
    decide: (stored: StoredSubscription) => Outcome<A | CxRefusal>,
  ): Promise<Outcome<A | CxRefusal>> => {
    const outcome = await store.update(key, (stored) => {
      const result = decide(stored);
      return { result, state: result.state };
    });
    return outcome ?? unknownUser;
  };

  /** As `decided`; where the decision on what is there changes nothing, that is all. */
  const readFirst = <A>(
    stored: StoredSubscription,
    decide: (stored: StoredSubscription) => Outcome<A | CxRefusal>,
  ): Maybe<Outcome<A | CxRefusal>> => {
    const outcome = decide(stored);
    return outcome.state === undefined ? outcome : decided(keyOf(stored.subscription), decide);
  };

  const answerLocationInfo = (message: Message): Maybe<readonly Avp[]> => {
    const request = decodeLocationInfo(message);
    return whenThere(store.byPublicIdentity(request.publicIdentity), (found) => {
      const outcome = locationInfo(request, found);
      const answered = (final: ReturnType<typeof locationInfo>): readonly Avp[] => {
        trace('6.1.4', () => `LIR for ${request.publicIdentity}`, final);
        return encodeLocationInfoAnswer(final.answer);
      };
      if (outcome.state === undefined || found === undefined) return answered(outcome);
      const { set, wildcard } = found;
      return decided(keyOf(found.subscription), (stored) =>
        locationInfo(request, { ...stored, set, wildcard }),
      ).then(answered);
    });
  };

  const answerUserAuthorization = (message: Message): Maybe<readonly Avp[]> => {
    const request = decodeUserAuthorization(message);
    const identified = identify(store, request.privateIdentity, [request.publicIdentity]);
    return whenThere(identified, (who) =>
      whenThere(
        who.kind === 'owner'
          ? readFirst(who.stored, (stored) => userAuthorization(request, stored, homeDomain))
          : notIdentified(who),
        (outcome) => {
          trace('6.1.1', () => `UAR (${request.type}) for ${request.publicIdentity}`, outcome);
          return encodeUserAuthorizationAnswer(outcome.answer, request.type);
        },
      ),
    );
  };

  const answerServerAssignment = (message: Message): Maybe<readonly Avp[]> => {
    const request = decodeServerAssignment(message);
    if (request === undefined) return invalidAssignmentType(message);
    const context = { requester: requesterOf(message), sharedFilterCriteria };
    const identified = identify(store, request.privateIdentity, request.publicIdentities);
    return whenThere(identified, (who) =>
      whenThere(
        who.kind === 'owner'
          ? decided(who.key, (stored) => serverAssignment(request, stored, context))
          : notIdentified(who),
        (outcome) => {
          const [first = request.privateIdentity ?? ''] = request.publicIdentities;
          trace('6.1.2', () => `SAR (${request.type}) for ${first}`, outcome);
          return encodeServerAssignmentAnswer(outcome.answer);
        },
      ),
    );
  };

  const answerMultimediaAuth = (message: Message): Maybe<readonly Avp[]> => {
    const request = decodeMultimediaAuth(message);
    if (request === undefined) {
      const who = { privateIdentity: '', publicIdentity: '' };
      return encodeMultimediaAuthAnswer({ kind: 'auth-scheme-not-supported' }, who);
    }
    const context = { requester: requesterOf(message), homeDomain, random: host.random };
    const identified = identify(store, request.privateIdentity, [request.publicIdentity]);
    return whenThere(identified, (who) =>
      whenThere(
        who.kind === 'owner'
          ? decided(who.key, (stored) => multimediaAuth(request, stored, context))
          : notIdentified(who),
        (outcome) => {
          trace('6.3', () => `MAR (${request.scheme}) for ${request.publicIdentity}`, outcome);
          return encodeMultimediaAuthAnswer(outcome.answer, request);
        },
      ),
    );
  };

  const answerOf = ({ command, message }: IncomingRequest): Maybe<readonly Avp[]> => {
    switch (command) {
      case locationInfoCommand:
        return answerLocationInfo(message);
      case userAuthorizationCommand:
        return answerUserAuthorization(message);
      case serverAssignmentCommand:
        return answerServerAssignment(message);
      case multimediaAuthCommand:
        return answerMultimediaAuth(message);
      default:
        return [avpOf(base.resultCode, resultCode.UNABLE_TO_COMPLY)];
    }
  };

  return (request) => {
    const { message } = request;
    const refused = refusalOfFeatures(message, HSS_FEATURES);
    if (refused !== undefined) return { avps: refused };
    return whenThere(answerOf(request), (avps) => ({
      avps: [...avps, ...commonFeatures(message, HSS_FEATURES)],
    }));
  };
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

const unknownUser: Outcome<CxRefusal> = {
  answer: { kind: 'unknown-user' },
  reason: 'the subscription has just been removed',
};

/** An assignment type of another reference point (TS 29.273 has those above 11). */
function invalidAssignmentType(message: Message): Avp[] {
  const failed = message.avps.filter(({ code }) => code === cx.serverAssignmentType.code);
  return [avpOf(base.resultCode, resultCode.INVALID_AVP_VALUE), avpOf(base.failedAvp, failed.map(rawAvp))];
}
