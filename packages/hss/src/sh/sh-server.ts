import type { Avp, IncomingRequest, OutgoingAnswer } from '@ims-sim/diameter';
import { base, get } from '@ims-sim/diameter';
import type { Host } from '@ims-sim/host';
import type { ShRefusal, UserIdentity } from '@ims-sim/sh';
import {
  decodeProfileUpdate,
  decodeSubscribeNotifications,
  decodeUserData,
  encodeProfileUpdateAnswer,
  encodeSubscribeNotificationsAnswer,
  encodeUserDataAnswer,
  profileUpdateCommand,
  subscribeNotificationsCommand,
  userDataCommand,
} from '@ims-sim/sh';
import { whenThere } from '../identify.js';
import type { Outcome } from '../outcome.js';
import { foundAgain } from '../service-profile.js';
import type { FoundByPublicIdentity, Maybe, SubscriberStore } from '../store.js';
import type { SubscriptionState } from '../subscription.js';
import { keyOf } from '../subscription.js';
import { profileUpdate } from './profile-update.js';
import { nameOf } from './sh-data-of.js';
import { subscribeNotifications } from './subscribe-notifications.js';
import { userData } from './user-data.js';

export interface ShServerOptions {
  readonly host: Host;
  /** The store, for what an AS changes: it is told by its Origin-Host. */
  readonly storeFor: (applicationServer: string) => SubscriberStore;
  /** Origin-Hosts of the ASs that may read, change and subscribe (the AS permission list, TS 29.328 6.2). */
  readonly applicationServers: readonly string[];
}

/** What a procedure decides, with its answer as AVPs. */
interface Decision {
  readonly kind: string;
  readonly reason: string;
  readonly avps: readonly Avp[];
  readonly state?: SubscriptionState | undefined;
}

/** A request of an AS that can be read. */
interface ShRequest {
  readonly clause: string;
  readonly name: string;
  readonly user: UserIdentity;
  /** The answer to an AS that is not in the permission list. */
  readonly forbidden: ShRefusal;
  readonly changes: boolean;
  decide(found: FoundByPublicIdentity): Decision;
}

interface ApplicationServer {
  readonly host: string;
  readonly realm: string;
}

/** Answers UDR, PUR and SNR (TS 29.328 6.1.1 to 6.1.3). */
export function shServer({
  host,
  storeFor,
  applicationServers,
}: ShServerOptions): (request: IncomingRequest) => Maybe<OutgoingAnswer> {
  const permitted = new Set(applicationServers.map((name) => name.toLowerCase()));
  const decision = (request: ShRequest, from: ApplicationServer): Maybe<Decision> => {
    if (!permitted.has(from.host.toLowerCase())) {
      return refusal(request.forbidden, `${from.host} is not in the permission list`);
    }
    const store = storeFor(from.host);
    return whenThere(store.byPublicIdentity(nameOf(request.user)), (found) => {
      if (found === undefined) return unknownUser;
      return request.changes ? kept(store, request, found) : request.decide(found);
    });
  };
  return (incoming) => {
    const { message } = incoming;
    const from = { host: get(message, base.originHost) ?? '', realm: get(message, base.originRealm) ?? '' };
    const request = requestOf(incoming, from, host.clock.now());
    if (request === undefined) return { avps: encodeUserDataAnswer({ kind: 'user-data-not-recognized' }) };
    return whenThere(decision(request, from), ({ kind, reason, avps }) => {
      if (host.trace.enabled) {
        const text = `${request.name} for ${nameOf(request.user)}: ${kind}, ${reason}`;
        host.trace.decision({ clause: `TS 29.328 ${request.clause}`, text });
      }
      return { avps };
    });
  };
}

/** Decides on the newest state, and gives the decision when it is kept. */
async function kept(
  store: SubscriberStore,
  request: ShRequest,
  found: FoundByPublicIdentity,
): Promise<Decision> {
  const decision = await store.update(keyOf(found.subscription), (newest) => {
    const now = foundAgain(newest, nameOf(request.user), found);
    const result = now === undefined ? unknownUser : request.decide(now);
    return { result, state: result.state };
  });
  return decision ?? unknownUser;
}

function requestOf(
  { command, message }: IncomingRequest,
  from: ApplicationServer,
  nowMs: number,
): ShRequest | undefined {
  switch (command) {
    case userDataCommand: {
      const request = decodeUserData(message);
      return (
        request && {
          clause: '6.1.1',
          name: 'UDR',
          user: request.user,
          forbidden: { kind: 'user-data-cannot-be-read' },
          changes: false,
          decide: (found) => encoded(userData(request, found), encodeUserDataAnswer),
        }
      );
    }
    case profileUpdateCommand: {
      const request = decodeProfileUpdate(message);
      return (
        request && {
          clause: '6.1.2',
          name: 'PUR',
          user: request.user,
          forbidden: { kind: 'user-data-cannot-be-modified' },
          changes: true,
          decide: (found) => encoded(profileUpdate(request, found), encodeProfileUpdateAnswer),
        }
      );
    }
    case subscribeNotificationsCommand: {
      const request = decodeSubscribeNotifications(message);
      if (request === undefined) return undefined;
      const subscriber = { ...from, publicIdentity: nameOf(request.user), nowMs };
      return {
        clause: '6.1.3',
        name: `SNR (${request.type})`,
        user: request.user,
        forbidden: { kind: 'user-data-cannot-be-notified' },
        changes: true,
        decide: (found) =>
          encoded(subscribeNotifications(request, found, subscriber), encodeSubscribeNotificationsAnswer),
      };
    }
    default:
      return undefined; // PNR is for ASs.
  }
}

function encoded<A extends { readonly kind: string }>(
  { answer, reason, state }: Outcome<A>,
  encode: (answer: A) => Avp[],
): Decision {
  return { kind: answer.kind, reason, avps: encode(answer), state };
}

function refusal(answer: ShRefusal, reason: string): Decision {
  return encoded({ answer, reason }, encodeUserDataAnswer);
}

const unknownUser: Decision = refusal({ kind: 'unknown-user' }, 'the public identity is not known');
