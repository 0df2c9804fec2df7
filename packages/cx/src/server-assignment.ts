import type { Avp, Message } from '@ims-sim/diameter';
import {
  anyNumber,
  avpOf,
  base,
  cx,
  exactlyOne,
  experimentalResult3gpp,
  get,
  getAll,
  optional,
  resultCode,
} from '@ims-sim/diameter';
import { associatedIdentities, associatedIdentitiesOf } from './associated-identities.js';
import { chargingInformation, chargingInformationOf } from './charging-information.js';
import { cxCommand } from './command.js';
import { restorationInfo, restorationInfosOf } from './restoration-info.js';
import {
  ERROR_IN_ASSIGNMENT_TYPE,
  SUCCESS_SERVER_NAME_NOT_STORED,
  refusalAvp,
  refusalOf,
  resultOf,
  success,
} from './results.js';
import type { ServerAssignment, ServerAssignmentAnswer, ServerAssignmentType } from './types.js';
import { readUserProfile } from './user-profile-reader.js';
import { writeUserProfile } from './user-profile-writer.js';

type Assigned = Extract<ServerAssignmentAnswer, { kind: 'assigned' }>;

/** SAR and SAA, TS 29.229 6.1.3 and 6.1.4. */
export const serverAssignmentCommand = cxCommand('Server-Assignment', 301, [
  optional(base.userName),
  anyNumber(cx.publicIdentity),
  optional(cx.wildcardedPublicIdentity),
  exactlyOne(cx.serverName),
  exactlyOne(cx.serverAssignmentType),
  exactlyOne(cx.userDataAlreadyAvailable),
  optional(cx.scscfRestorationInfo),
  optional(cx.multipleRegistrationIndication),
  optional(cx.sessionPriority),
  optional(cx.sarFlags),
]);

/** Server-Assignment-Type, TS 29.229 6.3.15, in the order of its values; those of other reference points are left out. */
const types: readonly ServerAssignmentType[] = [
  'no-assignment',
  'registration',
  're-registration',
  'unregistered-user',
  'timeout-deregistration',
  'user-deregistration',
  'timeout-deregistration-store-server-name',
  'user-deregistration-store-server-name',
  'administrative-deregistration',
  'authentication-failure',
  'authentication-timeout',
  'deregistration-too-much-data',
];

/** The AVPs of a SAR (TS 29.228 table 6.1.2.1). */
export function encodeServerAssignment(request: ServerAssignment): Avp[] {
  const avps = request.publicIdentities.map((identity) => avpOf(cx.publicIdentity, identity));
  if (request.privateIdentity !== undefined) avps.unshift(avpOf(base.userName, request.privateIdentity));
  avps.push(
    avpOf(cx.serverName, request.serverName),
    avpOf(cx.serverAssignmentType, types.indexOf(request.type)),
    avpOf(cx.userDataAlreadyAvailable, request.userDataAlreadyAvailable ? 1 : 0),
  );
  if (request.wildcardedIdentity !== undefined) {
    avps.push(avpOf(cx.wildcardedPublicIdentity, request.wildcardedIdentity));
  }
  if (request.restoration !== undefined) avps.push(restorationInfo(request.restoration));
  if (request.multipleRegistration === true) avps.push(avpOf(cx.multipleRegistrationIndication, 1));
  return avps;
}

/** What a SAR that is in order by its grammar asks; undefined for an assignment type that is not of Cx. */
export function decodeServerAssignment(message: Message): ServerAssignment | undefined {
  const type = types[get(message, cx.serverAssignmentType) ?? -1];
  const privateIdentity = get(message, base.userName);
  const wildcardedIdentity = get(message, cx.wildcardedPublicIdentity);
  const [restoration] = restorationInfosOf(message);
  return (
    type && {
      ...(privateIdentity === undefined ? {} : { privateIdentity }),
      publicIdentities: getAll(message, cx.publicIdentity),
      serverName: get(message, cx.serverName) ?? '',
      type,
      userDataAlreadyAvailable: get(message, cx.userDataAlreadyAvailable) === 1,
      ...(wildcardedIdentity !== undefined && { wildcardedIdentity }),
      ...(restoration !== undefined && { restoration }),
      ...(get(message, cx.multipleRegistrationIndication) === 1 && { multipleRegistration: true }),
    }
  );
}

/** The AVPs of a SAA (TS 29.228 table 6.1.2.2): also 2004, and 5007 with what a success has, are assignments. */
export function encodeServerAssignmentAnswer(answer: ServerAssignmentAnswer): Avp[] {
  if (answer.kind === 'identity-already-registered' && answer.serverName !== undefined) {
    return [refusalAvp(answer), avpOf(cx.serverName, answer.serverName)]; // TS 29.228 6.1.2.1
  }
  if (answer.kind !== 'assigned') return [refusalAvp(answer)];
  const avps = [assignedResult(answer)];
  if (answer.privateIdentity !== undefined) avps.push(avpOf(base.userName, answer.privateIdentity));
  if (answer.profile !== undefined) {
    avps.push(avpOf(cx.userData, Buffer.from(writeUserProfile(answer.profile))));
  }
  avps.push(
    ...chargingInformation(answer.charging),
    ...associatedIdentities(answer.associatedIdentities ?? []),
    ...(answer.restoration ?? []).map(restorationInfo),
  );
  if (answer.wildcardedIdentity !== undefined) {
    avps.push(avpOf(cx.wildcardedPublicIdentity, answer.wildcardedIdentity));
  }
  return avps;
}

function assignedResult({ serverNameNotStored, inAssignmentType }: Assigned): Avp {
  if (serverNameNotStored === true) return experimentalResult3gpp(SUCCESS_SERVER_NAME_NOT_STORED);
  return inAssignmentType === true ? experimentalResult3gpp(ERROR_IN_ASSIGNMENT_TYPE) : success;
}

/** The answer in a SAA. A profile that cannot be read makes it a failure: there is nothing to serve the user by. */
export function decodeServerAssignmentAnswer(message: Message): ServerAssignmentAnswer {
  const result = resultOf(message);
  const { code, experimental } = result;
  const userData = get(message, cx.userData);
  const notStored = experimental && code === SUCCESS_SERVER_NAME_NOT_STORED;
  // TS 29.228 6.1.2.1: 5007 of a user who is registered already comes with profile and restoration data.
  const inAssignmentType = experimental && code === ERROR_IN_ASSIGNMENT_TYPE && userData !== undefined;
  if (!notStored && !inAssignmentType && (experimental || code !== resultCode.SUCCESS)) {
    const refusal = refusalOf(result);
    const serverName = get(message, cx.serverName);
    return refusal.kind === 'identity-already-registered' && serverName !== undefined
      ? { ...refusal, serverName }
      : refusal;
  }
  const read = userData && readUserProfile(userData.toString());
  if (read?.kind === 'unreadable') return { kind: 'failed', resultCode: resultCode.INVALID_AVP_VALUE };
  return {
    kind: 'assigned',
    ...(read !== undefined && { profile: read.profile }),
    ...assignmentDetails(message),
    ...(notStored && { serverNameNotStored: true }),
    ...(inAssignmentType && { inAssignmentType: true }),
  };
}

function assignmentDetails(
  message: Message,
): Omit<Assigned, 'kind' | 'profile' | 'serverNameNotStored' | 'inAssignmentType'> {
  const privateIdentity = get(message, base.userName);
  const charging = chargingInformationOf(message);
  const identities = associatedIdentitiesOf(message);
  const wildcardedIdentity = get(message, cx.wildcardedPublicIdentity);
  const restoration = restorationInfosOf(message);
  return {
    ...(privateIdentity !== undefined && { privateIdentity }),
    ...(charging !== undefined && { charging }),
    ...(identities !== undefined && { associatedIdentities: identities }),
    ...(wildcardedIdentity !== undefined && { wildcardedIdentity }),
    ...(restoration.length > 0 && { restoration }),
  };
}
