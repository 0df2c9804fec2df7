import type { Avp, Message } from '@ims-sim/diameter';
import { avpOf, base, cx, exactlyOne, get, optional, resultCode } from '@ims-sim/diameter';
import { authenticationItem, authenticationItemOf } from './authentication-item.js';
import { chargingInformation, chargingInformationOf } from './charging-information.js';
import { cxCommand } from './command.js';
import { refusalAvp, refusalOf, resultOf, success } from './results.js';
import type { PushProfile, PushProfileAnswer } from './types.js';
import { readUserProfile } from './user-profile-reader.js';
import { writeUserProfile } from './user-profile-writer.js';

/** PPR and PPA, TS 29.229 6.1.11 and 6.1.12. */
export const pushProfileCommand = cxCommand('Push-Profile', 305, [
  exactlyOne(base.userName),
  optional(cx.userData),
  optional(cx.chargingInformation),
  optional(cx.sipAuthDataItem),
]);

/** The AVPs of a PPR (TS 29.228 table 6.2.2.1): what is absent here has not changed. */
export function encodePushProfile({ privateIdentity, profile, charging, digest }: PushProfile): Avp[] {
  const avps = [avpOf(base.userName, privateIdentity)];
  if (profile !== undefined) avps.push(avpOf(cx.userData, Buffer.from(writeUserProfile(profile))));
  avps.push(...chargingInformation(charging));
  if (digest !== undefined) avps.push(authenticationItem(digest, 1));
  return avps;
}

/** What a PPR that is in order by its grammar gives; undefined where its profile cannot be read (5009 is its answer). */
export function decodePushProfile(message: Message): PushProfile | undefined {
  const charging = chargingInformationOf(message);
  const item = get(message, cx.sipAuthDataItem);
  const digest = item && authenticationItemOf(item);
  const push = {
    privateIdentity: get(message, base.userName) ?? '',
    ...(charging !== undefined && { charging }),
    // TS 29.228 table 6.2.2.1: of SIP Digest only.
    ...(digest?.scheme === 'SIP Digest' && { digest }),
  };
  const userData = get(message, cx.userData);
  if (userData === undefined) return push;
  const read = readUserProfile(userData.toString());
  return read.kind === 'unreadable' ? undefined : { ...push, profile: read.profile };
}

/** The AVPs of a PPA: 2001, or what the S-CSCF refuses with (TS 29.228 6.2.2.1). */
export function encodePushProfileAnswer(answer: PushProfileAnswer): Avp[] {
  return [answer.kind === 'updated' ? success : refusalAvp(answer)];
}

/** The answer in a PPA; any code but 2001 is a refusal. */
export function decodePushProfileAnswer(message: Message): PushProfileAnswer {
  const result = resultOf(message);
  return result.experimental || result.code !== resultCode.SUCCESS ? refusalOf(result) : { kind: 'updated' };
}
