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

/** The AVPs of a PUR (TS 29.328 table 6.1.2.1). */
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

/** The AVPs of a PUA: 2001, or what the HSS refuses with (TS 29.328 6.1.2.1). */
export function encodeProfileUpdateAnswer(answer: ProfileUpdateAnswer): Avp[] {
  return [answer.kind === 'updated' ? success : refusalAvp(answer)];
}

/** The answer in a PUA; any code but 2001 is a refusal. */
export function decodeProfileUpdateAnswer(message: Message): ProfileUpdateAnswer {
  return refusalOf(message) ?? { kind: 'updated' };
}
