import type {
  Avp,
  CommandDefinition,
  DiameterNode,
  IncomingRequest,
  Message,
  OutgoingAnswer,
} from '@ims-sim/diameter';
import { answerOf, avpOf, base, exchange, resultCode } from '@ims-sim/diameter';
import { CSCF_FEATURES } from './client.js';
import {
  decodePushProfile,
  decodePushProfileAnswer,
  encodePushProfile,
  encodePushProfileAnswer,
  pushProfileCommand,
} from './push-profile.js';
import {
  decodeRegistrationTermination,
  decodeRegistrationTerminationAnswer,
  encodeRegistrationTermination,
  encodeRegistrationTerminationAnswer,
  registrationTerminationCommand,
} from './registration-termination.js';
import { commonFeatures, refusalOfFeatures } from './supported-features.js';
import type {
  CxPush,
  CxRefusal,
  PushProfile,
  PushProfileAnswer,
  RegistrationTermination,
  RegistrationTerminationAnswer,
} from './types.js';

/**
 * What an S-CSCF's node answers the HSS (`DiameterNodeOptions.onRequest`): RTR and PPR, TS 29.228 6.1.3 and 6.2.2; other
 * commands of Cx are none of an S-CSCF's (3001). `features`: what the S-CSCF supports (`cxFeature`).
 */
export function cxPushHandler(
  push: CxPush,
  features: number = CSCF_FEATURES,
): (request: IncomingRequest) => Promise<OutgoingAnswer> | OutgoingAnswer {
  return ({ command, message }) => {
    const refused = refusalOfFeatures(message, features);
    if (refused !== undefined) return { avps: refused };
    const answered = (avps: readonly Avp[]): OutgoingAnswer => ({
      avps: [...avps, ...commonFeatures(message, features)],
    });
    switch (command) {
      case registrationTerminationCommand:
        return push
          .registrationTermination(decodeRegistrationTermination(message))
          .then((answer) => answered(encodeRegistrationTerminationAnswer(answer)));
      case pushProfileCommand: {
        const request = decodePushProfile(message);
        return request === undefined
          ? answered(encodePushProfileAnswer({ kind: 'not-supported-user-data' }))
          : push.pushProfile(request).then((answer) => answered(encodePushProfileAnswer(answer)));
      }
      default:
        return { avps: [avpOf(base.resultCode, resultCode.COMMAND_UNSUPPORTED)], error: true };
    }
  };
}

export interface CxPushClient {
  registrationTermination(
    to: PushDestination,
    request: RegistrationTermination,
  ): Promise<RegistrationTerminationAnswer>;
  pushProfile(to: PushDestination, request: PushProfile): Promise<PushProfileAnswer>;
}

/** The S-CSCF's DiameterIdentity and realm, as its requests had them (Origin-Host, Origin-Realm). */
export interface PushDestination {
  readonly host: string;
  readonly realm: string;
}

/** Cx as an HSS uses it towards an S-CSCF, over the connection that the S-CSCF opened or any other. Nothing rejects. */
export function cxPushClient({ node }: { readonly node: DiameterNode }): CxPushClient {
  const send = async <T>(
    command: CommandDefinition,
    { host, realm }: PushDestination,
    avps: readonly Avp[],
    decode: (answer: Message) => T,
  ): Promise<T | CxRefusal> =>
    answerOf(await exchange(node, { command, destinationRealm: realm, destinationHost: host, avps }), decode);

  return {
    registrationTermination: (to, request) =>
      send(
        registrationTerminationCommand,
        to,
        encodeRegistrationTermination(request),
        decodeRegistrationTerminationAnswer,
      ),
    pushProfile: (to, request) =>
      send(pushProfileCommand, to, encodePushProfile(request), decodePushProfileAnswer),
  };
}
