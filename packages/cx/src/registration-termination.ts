import type { Avp, Message } from '@ims-sim/diameter';
import { anyNumber, avpOf, base, cx, exactlyOne, get, getAll, optional, resultCode } from '@ims-sim/diameter';
import { associatedIdentities, associatedIdentitiesOf } from './associated-identities.js';
import { cxCommand } from './command.js';
import { refusalAvp, refusalOf, resultOf, success } from './results.js';
import type { RegistrationTermination, RegistrationTerminationAnswer } from './types.js';

/** RTR and RTA, TS 29.229 6.1.9 and 6.1.10. */
export const registrationTerminationCommand = cxCommand('Registration-Termination', 304, [
  exactlyOne(base.userName),
  optional(cx.associatedIdentities),
  anyNumber(cx.publicIdentity),
  exactlyOne(cx.deregistrationReason),
]);

/** Reason-Code, TS 29.229 6.3.17, in the order of its values. */
const reasons = ['permanent-termination', 'new-server-assigned', 'server-change', 'remove-s-cscf'] as const;

/** The AVPs of an RTR (TS 29.228 table 6.1.3.1); without a public identity all of the private ones are meant. */
export function encodeRegistrationTermination(request: RegistrationTermination): Avp[] {
  const reason = [avpOf(cx.reasonCode, reasons.indexOf(request.reason))];
  if (request.reasonInfo !== undefined) reason.push(avpOf(cx.reasonInfo, request.reasonInfo));
  return [
    avpOf(base.userName, request.privateIdentity),
    ...associatedIdentities(request.associatedIdentities),
    ...request.publicIdentities.map((identity) => avpOf(cx.publicIdentity, identity)),
    avpOf(cx.deregistrationReason, reason),
  ];
}

/** What an RTR that is in order by its grammar asks. */
export function decodeRegistrationTermination(message: Message): RegistrationTermination {
  const why = get(message, cx.deregistrationReason);
  const reasonInfo = why && get(why, cx.reasonInfo);
  return {
    privateIdentity: get(message, base.userName) ?? '',
    associatedIdentities: associatedIdentitiesOf(message) ?? [],
    publicIdentities: getAll(message, cx.publicIdentity),
    // The grammar lets no other value through.
    reason: reasons[(why && get(why, cx.reasonCode)) ?? 0] ?? 'permanent-termination',
    ...(reasonInfo !== undefined && { reasonInfo }),
  };
}

/**
 * The AVPs of an RTA; of a success, with the private identities that were deregistered too (TS 29.228 6.1.3.1).
 */
export function encodeRegistrationTerminationAnswer(answer: RegistrationTerminationAnswer): Avp[] {
  return answer.kind === 'terminated'
    ? [success, ...associatedIdentities(answer.associatedIdentities ?? [])]
    : [refusalAvp(answer)];
}

/** The answer in an RTA; any code but 2001 is a refusal. */
export function decodeRegistrationTerminationAnswer(message: Message): RegistrationTerminationAnswer {
  const result = resultOf(message);
  if (result.experimental || result.code !== resultCode.SUCCESS) return refusalOf(result);
  const identities = associatedIdentitiesOf(message);
  return { kind: 'terminated', ...(identities !== undefined && { associatedIdentities: identities }) };
}
