import type { PrivateIdentity, StoredSubscription } from '../subscription.js';
import { HIDDEN, NOT_JSON } from './subscription-schema.js';

/** Fields that have secrets, in lower case. */
const SECRET_FIELDS: ReadonlySet<string> = new Set(['k', 'op', 'opc', 'password', 'ha1']);
/** Longer than anything that is no key or hash: a secret that stands under another name. */
const KEY_DIGITS = /[0-9a-f]{32,}/gi;
const SECRET_IN_TEXT = /password|ha1|\b(?:k|opc?)\b|[0-9a-f]{32}/i;
/** A subscription has fewer levels; what is nested deeper is left out. */
const MAX_LEVELS = 32;

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

/** A copy of a JSON document, anybody's, without what is or may be a secret. */
export function withoutSecretsIn(value: unknown, levels = MAX_LEVELS): unknown {
  if (typeof value === 'string') {
    // The parser's words quote what they are about.
    return value.startsWith(NOT_JSON) ? NOT_JSON : value.replace(KEY_DIGITS, HIDDEN);
  }
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) return '...';
  if (Array.isArray(value)) return value.map((one) => withoutSecretsIn(one, levels - 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name.replace(KEY_DIGITS, HIDDEN),
      SECRET_FIELDS.has(name.toLowerCase()) ? HIDDEN : withoutSecretsIn(one, levels - 1),
    ]),
  );
}

/** Whether a text that is no JSON names a secret or has what looks like one. */
export function holdsSecret(text: string): boolean {
  return SECRET_IN_TEXT.test(text);
}
