import { resultCode } from '@ims-sim/diameter';
import type { UserData, UserDataAnswer } from '@ims-sim/sh';
import type { Outcome } from '../outcome.js';
import type { FoundByPublicIdentity } from '../store.js';
import { isAskedForBy } from './data-references.js';
import { shDataOf } from './sh-data-of.js';

/** TS 29.328 6.1.1.1: an AS reads what the HSS has of a user. */
export function userData(request: UserData, found: FoundByPublicIdentity): Outcome<UserDataAnswer> {
  const { references, serviceIndications = [], serverName, user } = request;
  const refused = references.find((reference) => !isAskedForBy(reference, user));
  if (refused !== undefined) {
    return { answer: { kind: 'operation-not-allowed' }, reason: `${refused} is not asked for by MSISDN` };
  }
  if (references.includes('repository-data') && serviceIndications.length === 0) {
    return missing('repository data without Service-Indication');
  }
  if (references.includes('initial-filter-criteria') && serverName === undefined) {
    return missing('filter criteria without Server-Name');
  }
  const data = shDataOf(request, found);
  return data === undefined
    ? { answer: { kind: 'user-data-not-available' }, reason: `this HSS has no ${references.join(', ')}` }
    : { answer: { kind: 'data', data }, reason: references.join(', ') };
}

function missing(reason: string): Outcome<UserDataAnswer> {
  return { answer: { kind: 'failed', resultCode: resultCode.MISSING_AVP }, reason };
}
