import { e164Number, enumDomain } from './e164.js';
import { isDomainName } from './name.js';
import type { DnsAnswer, NaptrRecord, Resolver } from './resolver.js';
import { readSubstitution, type Substitution } from './substitution.js';

export type EnumResult =
  | { readonly kind: 'uri'; readonly uri: string; readonly record: NaptrRecord }
  | { readonly kind: 'none'; readonly reason: string };

/** `failed`: the DNS could not say. */
export type EnumAnswer = EnumResult | { readonly kind: 'failed'; readonly reason: string };

/** Non-terminal records followed for one number (RFC 3402 3: an application has to end loops). */
const MAX_NON_TERMINALS = 5;
/** Records looked at for one name. */
const MAX_RECORDS = 64;

type Rule =
  | { readonly kind: 'terminal'; readonly record: NaptrRecord; readonly substitute: Substitution }
  | { readonly kind: 'non-terminal'; readonly record: NaptrRecord }
  | { readonly kind: 'unusable'; readonly record: NaptrRecord; readonly reason: string };

type Step = EnumResult | { readonly kind: 'next'; readonly domain: string };

/**
 * RFC 6116 3 and RFC 3402 4: the SIP URI for `number` (a tel URI or a number, see `e164Number`) by the records of its
 * domain, in the order of order and preference: the first that is for SIP, that can be read and that matches. A
 * non-terminal record is none; `resolveEnum` follows it.
 */
export function applyEnum(records: readonly NaptrRecord[], number: string): EnumResult {
  const step = firstMatch(records, number);
  return step.kind === 'next'
    ? { kind: 'none', reason: `a non-terminal record, on to ${step.domain}` }
    : step;
}

/**
 * The whole of ENUM for a number: asks `resolver` for its NAPTR records and applies them, through at most five
 * non-terminal ones. At once, not as a promise, where the resolver answers at once.
 */
export function resolveEnum(
  resolver: Resolver,
  number: string,
  suffix?: string,
): EnumAnswer | Promise<EnumAnswer> {
  const domain = enumDomain(number, suffix);
  return domain === undefined
    ? { kind: 'none', reason: `${number} is not a global number` }
    : ask(resolver, number, domain, 0);
}

function ask(
  resolver: Resolver,
  number: string,
  domain: string,
  followed: number,
): EnumAnswer | Promise<EnumAnswer> {
  const answer = resolver.resolve(domain, 'NAPTR');
  const goOn = (known: DnsAnswer<NaptrRecord>): EnumAnswer | Promise<EnumAnswer> => {
    if (known.kind === 'failed') return known;
    if (known.kind === 'empty') return { kind: 'none', reason: `no NAPTR records at ${domain}` };
    const step = firstMatch(known.records, number);
    if (step.kind !== 'next') return step;
    if (followed === MAX_NON_TERMINALS)
      return { kind: 'none', reason: `more than ${MAX_NON_TERMINALS} non-terminal records` };
    return ask(resolver, number, step.domain, followed + 1);
  };
  return answer instanceof Promise ? answer.then(goOn) : goOn(answer);
}

function firstMatch(records: readonly NaptrRecord[], telOrNumber: string): Step {
  const number = e164Number(telOrNumber);
  if (number === undefined) return { kind: 'none', reason: `${telOrNumber} is not a global number` };
  let reason = 'no NAPTR records';
  for (const rule of rulesFor(records)) {
    if (rule.kind === 'unusable') {
      reason = rule.reason;
    } else if (rule.kind === 'non-terminal') {
      return { kind: 'next', domain: rule.record.replacement };
    } else {
      const uri = rule.substitute(number);
      if (uri !== undefined && isSipUri(uri)) return { kind: 'uri', uri, record: rule.record };
      reason =
        uri === undefined ? `${rule.record.regexp} does not match ${number}` : `${uri} is not a SIP URI`;
    }
  }
  return { kind: 'none', reason };
}

/** A resolver gives the same array again and again while it is cached: rules are read once for each. */
const known = new WeakMap<readonly NaptrRecord[], readonly Rule[]>();

function rulesFor(records: readonly NaptrRecord[]): readonly Rule[] {
  let rules = known.get(records);
  if (rules === undefined) {
    // RFC 3403 4.1: by order, and among equals by preference.
    const sorted = [...records].sort((a, b) => a.order - b.order || a.preference - b.preference);
    rules = sorted.slice(0, MAX_RECORDS).map(readRule);
    known.set(records, rules);
  }
  return rules;
}

function readRule(record: NaptrRecord): Rule {
  const { flags, services, regexp, replacement } = record;
  if (flags === '') {
    // RFC 6116 3.4.2: no flag makes a non-terminal record; it leads to another name and has no service of its own to match.
    if (regexp !== '')
      return { kind: 'unusable', record, reason: `non-terminal record with a regexp (${regexp})` };
    if (services !== '' && !isForSip(services))
      return { kind: 'unusable', record, reason: `service ${services}` };
    return isDomainName(replacement)
      ? { kind: 'non-terminal', record }
      : { kind: 'unusable', record, reason: `non-terminal record without a name` };
  }
  if (flags.toLowerCase() !== 'u') return { kind: 'unusable', record, reason: `flag ${flags}` };
  if (!isForSip(services)) return { kind: 'unusable', record, reason: `service ${services}` };
  const substitute = readSubstitution(regexp);
  return substitute === undefined
    ? { kind: 'unusable', record, reason: `regexp ${regexp} cannot be used` }
    : { kind: 'terminal', record, substitute };
}

/** RFC 6116 3.4.3: `E2U` and enumservices, each a type and perhaps subtypes; and RFC 2916's order, `sip+E2U`. */
function isForSip(services: string): boolean {
  const [first, ...rest] = services.toLowerCase().split('+');
  if (first !== 'e2u') return first === 'sip' && rest.length === 1 && rest[0] === 'e2u';
  return rest.some((service) => service.split(':', 1)[0] === 'sip');
}

/** RFC 3764: the enumservice `sip` gives sip and sips URIs. */
function isSipUri(uri: string): boolean {
  return /^sips?:[\x21\x23-\x3b\x3d\x3f-\x5b\x5d-\x7e]+$/i.test(uri);
}
