import type { Avp, Message } from '@ims-sim/diameter';
import { base, exactlyOne, oneOrMore, optional, sh } from '@ims-sim/diameter';
import { shCommand } from './command.js';
import { subjectAvps, subjectOf } from './request-avps.js';
import { refusalAvp, refusalOf, success } from './results.js';
import { dataAvp, dataOf } from './sh-data-avp.js';
import type { ProfileUpdate, ProfileUpdateAnswer } from './types.js';

/** PUR and PUA, TS 29.329 6.1.3 and 6.1.4. */
export const profileUpdateCommand = shCommand('Profile-Update', 307, [
  oneOrMore(sh.dataReference),
  exactlyOne(sh.userData),
  optional(base.userName),
]);

export function encodeProfileUpdate(request: ProfileUpdate): Avp[] {
  return [...subjectAvps(request), dataAvp(request.data)];
}

/** What a PUR that is in order by its grammar asks; undefined for data that is none (5100 is its answer). */
export function decodeProfileUpdate(message: Message): ProfileUpdate | undefined {
  const subject = subjectOf(message);
  const read = dataOf(message);
  if (subject === undefined || read.kind !== 'data') return undefined;
  const { user, references, wildcardedIdentity } = subject;
  return {
    user,
    references,
    data: read.data,
    ...(wildcardedIdentity !== undefined && { wildcardedIdentity }),
  };
}

export function encodeProfileUpdateAnswer(answer: ProfileUpdateAnswer): Avp[] {
  return [answer.kind === 'updated' ? success : refusalAvp(answer)];
}

export function decodeProfileUpdateAnswer(message: Message): ProfileUpdateAnswer {
  return refusalOf(message) ?? { kind: 'updated' };
}
