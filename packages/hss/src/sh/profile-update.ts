import type { ProfileUpdate, ProfileUpdateAnswer, RepositoryData } from '@ims-sim/sh';
import { resultCode } from '@ims-sim/diameter';
import type { Outcome } from '../outcome.js';
import type { RepositoryEntry, StoredSubscription } from '../subscription.js';
import { without } from '../without.js';

/** Of one service's data, and services of a subscription. */
const MAX_DATA_CHARACTERS = 16_384;
const MAX_SERVICES = 16;

/** TS 29.328 6.1.2.1: an AS changes what it keeps here. All of the request is done, or nothing of it. */
export function profileUpdate(
  { references, data: { repositoryData = [] } }: ProfileUpdate,
  { state }: StoredSubscription,
): Outcome<ProfileUpdateAnswer> {
  if (references.some((reference) => reference !== 'repository-data')) {
    return refused('operation-not-allowed', 'only repository data may be changed');
  }
  if (repositoryData.length === 0) {
    const answer = { kind: 'failed', resultCode: resultCode.MISSING_AVP } as const;
    return { answer, reason: 'no repository data' };
  }
  const repository = new Map(Object.entries(state.repository ?? {}));
  for (const update of repositoryData) {
    const outcome = change(repository, update);
    if (outcome !== undefined) return outcome;
  }
  const rest = without(state, 'repository');
  return {
    answer: { kind: 'updated' },
    reason: repositoryData.map(({ serviceIndication }) => serviceIndication).join(', '),
    state: repository.size === 0 ? rest : { ...rest, repository: Object.fromEntries(repository) },
  };
}

/** Takes one update over, or says why not. */
function change(
  repository: Map<string, RepositoryEntry>,
  { serviceIndication, sequenceNumber, serviceData }: RepositoryData,
): Outcome<ProfileUpdateAnswer> | undefined {
  const there = repository.get(serviceIndication);
  const expected = there === undefined ? 0 : nextSequenceNumber(there.sequenceNumber);
  if (sequenceNumber !== expected) {
    const reason = `sequence number ${String(sequenceNumber)} where ${String(expected)} is due`;
    return refused('transparent-data-out-of-sync', reason);
  }
  if (serviceData === undefined) {
    if (there === undefined) return refused('operation-not-allowed', 'there is nothing to remove');
    repository.delete(serviceIndication);
    return undefined;
  }
  const isFull = there === undefined && repository.size >= MAX_SERVICES;
  if (serviceData.length > MAX_DATA_CHARACTERS || isFull) {
    return refused('too-much-data', isFull ? 'too many services' : 'too much for one service');
  }
  repository.set(serviceIndication, { sequenceNumber, data: serviceData });
  return undefined;
}

/** 6.1.2.1: 65,535 is followed by 1; 0 is the first only. */
function nextSequenceNumber(sequenceNumber: number): number {
  return sequenceNumber >= 65_535 ? 1 : sequenceNumber + 1;
}

function refused(
  kind: 'operation-not-allowed' | 'transparent-data-out-of-sync' | 'too-much-data',
  reason: string,
): Outcome<ProfileUpdateAnswer> {
  return { answer: { kind }, reason };
}
