import type { PrivateIdentity, StoredSubscription } from '../subscription.js';
import { HIDDEN } from './subscription-schema.js';

/** A subscription as reads give it: with its state, and its secrets only where they are asked for. */
export function shown({ subscription, state }: StoredSubscription, secrets: boolean): object {
  const privateIdentities = secrets
    ? subscription.privateIdentities
    : subscription.privateIdentities.map(withoutSecrets);
  return { ...subscription, privateIdentities, state };
}

function withoutSecrets({ identity, aka, digest }: PrivateIdentity): PrivateIdentity {
  return {
    identity,
    ...(aka && { aka: { ...aka, k: HIDDEN, opc: HIDDEN } }),
    ...(digest && {
      digest: 'ha1' in digest ? { ...digest, ha1: HIDDEN } : { ...digest, password: HIDDEN },
    }),
  };
}
