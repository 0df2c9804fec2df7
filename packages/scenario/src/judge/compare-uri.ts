import { type Params, parseUri, type SipUri, type Uri } from '@ims-sim/sip';
import type { DeclaredSymbols } from './declared-symbols.js';
import type { Symbols } from './symbols.js';

/** What a comparison needs to know of its flow. */
export interface Context {
  readonly symbols: Symbols;
  /** How the tables write the addresses of UEs. */
  readonly addressSymbols: ReadonlySet<string>;
  /** The texts that the scenario declares to be symbols. */
  readonly declared: DeclaredSymbols;
}

/** Undefined where a text is the one of the table, its symbols taken for what they stand for; else why not. */
export function compareText(expected: string, actual: string, context: Context): string | undefined {
  const [e, a] = /^sips?:/i.test(expected) ? [parseUri(expected), parseUri(actual)] : [];
  return e && a ? compareUri(e, a, context) : context.declared.compare(expected, actual, context.symbols);
}

/** As `compareText`, for a piece of a body that stands alone: a Call-ID, a tag or an ICID there is that of the headers. */
export function compareBodyText(expected: string, actual: string, context: Context): string | undefined {
  const meaning = context.symbols.meaning(expected);
  if (meaning === undefined) {
    return compareText(expected, actual, context);
  }
  return meaning === actual ? undefined : `${expected} is ${meaning} in an earlier step`;
}

/** Whether a text, in brackets or not, is how the tables write the address of a UE. */
export function isAddressSymbol(text: string, { addressSymbols }: Context): boolean {
  return addressSymbols.has(text.toLowerCase()) || addressSymbols.has(`[${text.toLowerCase()}]`);
}

/** Undefined where the Request-URI on the wire is what the table means; else why not. */
export function compareRequestUri(expected: string, actual: string, context: Context): string | undefined {
  const [e, a] = [parseUri(expected), parseUri(actual)];
  if (!e || !a) {
    return expected === actual ? undefined : 'another Request-URI';
  }
  return compareUri(e, a, context);
}

export function compareUri(e: Uri, a: Uri, context: Context): string | undefined {
  if (e.kind === 'sip' && a.kind === 'sip') {
    return compareSipUri(e, a, context);
  }
  if (e.kind === 'tel' && a.kind === 'tel') {
    return e.number === a.number
      ? compareParams(e.params, a.params, context, NONE)
      : `tel:${a.number}, expected tel:${e.number}`;
  }
  return e.kind === 'other' && a.kind === 'other' && e.text === a.text ? undefined : 'another URI';
}

function compareSipUri(e: SipUri, a: SipUri, context: Context): string | undefined {
  const user =
    e.user !== undefined && a.user !== undefined && context.declared.has(e.user)
      ? context.symbols.agree('value', e.user, a.user)
      : e.user === a.user
        ? undefined
        : 'another user';
  if (e.scheme !== a.scheme || user !== undefined || e.password !== a.password) {
    return `${a.scheme}:${a.user ?? ''}, expected ${e.scheme}:${e.user ?? ''}`;
  }
  if (e.headers !== a.headers) {
    return 'other URI headers';
  }
  if (context.addressSymbols.has(e.host)) {
    return agreeAddress(e, a, context) ?? compareParams(e.params, a.params, context, NONE);
  }
  if (e.host === a.host && e.port !== undefined && context.declared.has(String(e.port))) {
    return agreePort(e, a, context) ?? compareParams(e.params, a.params, context, NONE);
  }
  if (e.host !== a.host || e.port !== a.port) {
    return `host ${a.host}${a.port === undefined ? '' : `:${a.port}`}, expected ${e.host}`;
  }
  return compareParams(e.params, a.params, context, NONE);
}

/** The same parameters in any order; tags and branches are symbols. */
export function compareParams(
  e: Params,
  a: Params,
  context: Context,
  ignored: ReadonlySet<string>,
): string | undefined {
  const { symbols } = context;
  for (const [name, value] of e) {
    const other = a.get(name);
    if (name === 'branch' && !String(other).startsWith('z9hG4bK')) {
      return `branch ${String(other)} does not begin with z9hG4bK (RFC 3261 8.1.1.7)`;
    }
    if (other === undefined) {
      return `no parameter ${name}`;
    }
    const kind = SYMBOL_PARAMETERS.get(name);
    if (kind !== undefined && !TOKEN.test(String(other))) {
      return `${name} ${String(other)} is not a token (RFC 3261 25.1)`;
    }
    const differs =
      kind !== undefined && value !== true && other !== true
        ? symbols.agree(kind, value, other)
        : value === other || isDeclared(value, other, context)
          ? undefined
          : `parameter ${name}=${String(other)}, expected ${String(value)}`;
    if (differs !== undefined) {
      return differs;
    }
  }
  for (const name of a.keys()) {
    if (!e.has(name) && !ignored.has(name)) {
      return `parameter ${name} is not in the table`;
    }
  }
  return undefined;
}

function isDeclared(value: string | true, other: string | true, context: Context): boolean {
  return value !== true && other !== true && compareText(value, other, context) === undefined;
}

interface HostPort {
  readonly host: string;
  readonly port?: number | undefined;
}

/**
 * A UE's address stands for an IP address. With a port it is another symbol than without: TS 33.203 7.1 gives the UE protected
 * ports, and a port that the scenario declares is the one of Security-Client.
 */
export function agreeAddress(e: HostPort, a: HostPort, context: Context): string | undefined {
  if (!/^(?:\[.*\]|[\d.]+)$/.test(a.host)) {
    return `${a.host} is not the address of a UE`;
  }
  const symbol = e.port === undefined ? e.host : `${e.host}:${e.port}`;
  return context.symbols.agree('address', symbol, `${a.host}:${a.port ?? 5060}`) ?? agreePort(e, a, context);
}

/** A port that the scenario declares stands for one port wherever the tables have it. */
export function agreePort(e: HostPort, a: HostPort, { symbols, declared }: Context): string | undefined {
  return e.port !== undefined && declared.has(String(e.port))
    ? symbols.agree('value', String(e.port), String(a.port ?? 5060))
    : undefined;
}

/** No parameter that may be there without the table. */
export const NONE: ReadonlySet<string> = new Set();

/** Parameters that are symbols wherever they stand. */
const SYMBOL_PARAMETERS: ReadonlyMap<string, 'tag' | 'branch'> = new Map([
  ['tag', 'tag'],
  ['to-tag', 'tag'],
  ['from-tag', 'tag'],
  ['branch', 'branch'],
]);

const TOKEN = /^[\w\-.!%*+`'~]+$/;
