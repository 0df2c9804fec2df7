import { canonicalIdentity, domainOf } from './identity.js';
import type { Presence } from './pidf.js';

/** RFC 5025 3.2.1, from the least to the most. */
export type SubHandling = 'block' | 'confirm' | 'polite-block' | 'allow';

/**
 * Whom a presentity lets watch. Of several rules that match, the one that allows most counts (RFC 4745 10, RFC 5025
 * 3.2.1).
 */
export interface WatcherRules {
  /** For a watcher that no rule matches. */
  readonly default: SubHandling;
  readonly rules: readonly WatcherRule[];
}

export type WatcherRule = IdentityRule | DomainRule;

/** For these users, each a sip, sips or tel URI. */
export interface IdentityRule {
  readonly identities: readonly string[];
  readonly handling: SubHandling;
}

/** For the users of a domain but `except` (RFC 4745 7.1.3). */
export interface DomainRule {
  readonly domain: string;
  readonly except?: readonly string[] | undefined;
  readonly handling: SubHandling;
}

export interface Authorisation {
  readonly handling: SubHandling;
  /** For the trace: which rule, in words. */
  readonly reason: string;
}

/**
 * What the rules say to a watcher, known by one or several identities (those that its network asserts). A watcher without
 * a usable identity gets the default, but never more than `confirm`.
 */
export function authorise(rules: WatcherRules, watcher: string | readonly string[]): Authorisation {
  const identities = (typeof watcher === 'string' ? [watcher] : watcher)
    .map(canonicalIdentity)
    .filter((identity) => identity !== undefined);
  if (identities.length === 0) {
    const handling = RANK[rules.default] > RANK.confirm ? 'confirm' : rules.default;
    return { handling, reason: 'no identity of the watcher to go by' };
  }
  let best: Authorisation | undefined;
  for (const rule of rules.rules) {
    const matched = match(rule, identities);
    if (matched !== undefined && (best === undefined || RANK[rule.handling] > RANK[best.handling])) {
      best = { handling: rule.handling, reason: matched };
    }
  }
  return best ?? { handling: rules.default, reason: `no rule for ${identities.join(', ')}: the default` };
}

const RANK: Readonly<Record<SubHandling, number>> = { block: 0, confirm: 10, 'polite-block': 20, allow: 30 };

/** Why it matches, or undefined. */
function match(rule: WatcherRule, identities: readonly string[]): string | undefined {
  if ('identities' in rule) {
    const named = new Set(rule.identities.map(canonicalIdentity));
    const found = identities.find((identity) => named.has(identity));
    return found === undefined ? undefined : `rule for ${found}`;
  }
  const excepted = new Set(rule.except?.map(canonicalIdentity));
  if (identities.some((identity) => excepted.has(identity))) {
    return undefined;
  }
  const domain = rule.domain.toLowerCase();
  return identities.some((identity) => domainOf(identity) === domain)
    ? `rule for the domain ${domain}`
    : undefined;
}

/** What a watcher who is politely blocked gets to see: a presentity that is not available (RFC 5025 3.2.1). */
export function politeBlockPresence(entity: string): Presence {
  return {
    entity,
    tuples: [{ id: 'unavailable', basic: 'closed', statusExtensions: [], extensions: [], notes: [] }],
    notes: [],
    extensions: [],
  };
}
