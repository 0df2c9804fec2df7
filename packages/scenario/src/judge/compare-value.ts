import {
  type NameAddr,
  type Params,
  parseNameAddrList,
  parseUri,
  parseViaList,
  type SipUri,
  type Uri,
  type Via,
} from '@ims-sim/sip';
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

/** Parameters that a hop adds to a Via on its way (RFC 3261 18.2.1, RFC 3581): not in the tables. */
const VIA_IN_TRANSIT = new Set(['rport', 'received']);

const ADDRESS_HEADERS = new Set([
  'from',
  'to',
  'contact',
  'route',
  'record-route',
  'path',
  'service-route',
  'p-asserted-identity',
  'p-preferred-identity',
  'p-called-party-id',
  'p-associated-uri',
]);

/** RFC 3891, 3911, 4538: a Call-ID, then tags. */
const DIALOG_HEADERS = new Set(['replaces', 'join', 'target-dialog']);

/** RFC 3261 25.1: word [ "@" word ]. */
const CALL_ID = /^[\w\-.!%*+`'~()<>:\\"/[\]?{}]+(?:@[\w\-.!%*+`'~()<>:\\"/[\]?{}]+)?$/;
const TOKEN = /^[\w\-.!%*+`'~]+$/;

/** Undefined where the value on the wire is what the table means; else why not. */
export function compareValue(
  key: string,
  expected: string,
  actual: string,
  context: Context,
): string | undefined {
  if (key === 'via') {
    return compareVias(expected, actual, context);
  }
  if (ADDRESS_HEADERS.has(key)) {
    return compareAddresses(expected, actual, context);
  }
  if (key === 'www-authenticate' || key === 'authorization') {
    return compareCredentials(expected, actual, context);
  }
  if (key === 'call-id') {
    return agreeCallId(expected, actual, context);
  }
  if (DIALOG_HEADERS.has(key)) {
    return compareDialog(expected, actual, context);
  }
  if (key === 'p-charging-vector') {
    return compareChargingVector(spaceless(expected), spaceless(actual), context);
  }
  return compareText(spaceless(expected), spaceless(actual), context);
}

function agreeCallId(expected: string, actual: string, { symbols }: Context): string | undefined {
  return CALL_ID.test(actual) ? symbols.agree('Call-ID', expected, actual) : 'not a Call-ID (RFC 3261 25.1)';
}

function compareDialog(expected: string, actual: string, context: Context): string | undefined {
  const [[e = '', ...wanted], [a = '', ...got]] = [expected, actual].map((text) =>
    spaceless(text).split(';'),
  ) as [string[], string[]];
  return agreeCallId(e, a, context) ?? compareParams(paramsOf(wanted), paramsOf(got), context, NONE);
}

function paramsOf(texts: readonly string[]): Params {
  return new Map(
    texts.map((text): [string, string | true] => {
      const equals = text.indexOf('=');
      return equals < 0 ? [text, true] : [text.slice(0, equals).toLowerCase(), text.slice(equals + 1)];
    }),
  );
}

/** RFC 7315 4.6: the ICID is a symbol, whole, where the scenario does not declare what of it is one. */
function compareChargingVector(expected: string, actual: string, context: Context): string | undefined {
  const [e, a] = [ICID.exec(expected), ICID.exec(actual)];
  if (!e || !a || context.declared.isIn(e[0])) {
    return compareText(expected, actual, context);
  }
  return (
    context.symbols.agree('icid', e[1] ?? e[2] ?? '', a[1] ?? a[2] ?? '') ??
    compareText(expected.replace(ICID, ''), actual.replace(ICID, ''), context)
  );
}

const ICID = /(?<=^|;)icid-value=(?:"([^"]*)"|([^;"]+))/i;

/** RFC 3261 25.1: the scheme, then parameters whose order says nothing. */
function compareCredentials(expected: string, actual: string, context: Context): string | undefined {
  const [e, a] = [expected, actual].map((text) =>
    text
      .replace(/^(\w+)\s+/, '$1,')
      .split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/) // commas outside of quotes
      .map(spaceless)
      .sort(),
  );
  return compareText((e ?? []).join(','), (a ?? []).join(','), context);
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

function compareVias(expected: string, actual: string, context: Context): string | undefined {
  const [e, a] = [parseViaList(expected), parseViaList(actual)];
  if (!e || !a) {
    return 'not to be read as Via';
  }
  return countDiffers(e.length, a.length) ?? firstOf(e, a, (one, other) => compareVia(one, other, context));
}

function compareVia(e: Via, a: Via, context: Context): string | undefined {
  if (e.transport !== a.transport) {
    return `transport ${a.transport}, expected ${e.transport}`;
  }
  const host = context.addressSymbols.has(e.host)
    ? agreeAddress(e, a, context)
    : e.host === a.host
      ? agreePort(e, a, context) // another port that an element needs is not held against it
      : `sent-by ${a.host}, expected ${e.host}`;
  return host ?? compareParams(e.params, a.params, context, VIA_IN_TRANSIT);
}

interface HostPort {
  readonly host: string;
  readonly port?: number | undefined;
}

/**
 * A UE's address stands for an IP address. With a port it is another symbol than without: TS 33.203 7.1 gives the UE protected
 * ports, and a port that the scenario declares is the one of Security-Client.
 */
function agreeAddress(e: HostPort, a: HostPort, context: Context): string | undefined {
  if (!/^(?:\[.*\]|[\d.]+)$/.test(a.host)) {
    return `${a.host} is not the address of a UE`;
  }
  const symbol = e.port === undefined ? e.host : `${e.host}:${e.port}`;
  return context.symbols.agree('address', symbol, `${a.host}:${a.port ?? 5060}`) ?? agreePort(e, a, context);
}

/** A port that the scenario declares stands for one port wherever the tables have it. */
function agreePort(e: HostPort, a: HostPort, { symbols, declared }: Context): string | undefined {
  return e.port !== undefined && declared.has(String(e.port))
    ? symbols.agree('value', String(e.port), String(a.port ?? 5060))
    : undefined;
}

function compareAddresses(expected: string, actual: string, context: Context): string | undefined {
  const [e, a] = [parseNameAddrList(expected), parseNameAddrList(actual)];
  if (!e || !a) {
    return 'not to be read as an address';
  }
  return (
    countDiffers(e.length, a.length) ?? firstOf(e, a, (one, other) => compareAddress(one, other, context))
  );
}

function compareAddress(e: NameAddr, a: NameAddr, context: Context): string | undefined {
  if (e.text.includes('<') !== a.text.includes('<')) {
    return a.text.includes('<') ? 'a name-addr, expected an addr-spec' : 'no angle brackets';
  }
  if (e.displayName !== a.displayName) {
    return 'another display name';
  }
  return compareUri(e.uri, a.uri, context) ?? compareParams(e.params, a.params, context, NONE);
}

const NONE: ReadonlySet<string> = new Set();

/** Parameters that are symbols wherever they stand. */
const SYMBOL_PARAMETERS: ReadonlyMap<string, 'tag' | 'branch'> = new Map([
  ['tag', 'tag'],
  ['to-tag', 'tag'],
  ['from-tag', 'tag'],
  ['branch', 'branch'],
]);

function compareUri(e: Uri, a: Uri, context: Context): string | undefined {
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
function compareParams(
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

function countDiffers(expected: number, actual: number): string | undefined {
  return expected === actual ? undefined : `${actual} values, expected ${expected}`;
}

function firstOf<T>(
  e: readonly T[],
  a: readonly T[],
  compare: (one: T, other: T) => string | undefined,
): string | undefined {
  for (const [index, one] of e.entries()) {
    const other = a[index];
    const differs = other === undefined ? 'missing' : compare(one, other);
    if (differs !== undefined) {
      return e.length === 1 ? differs : `value ${index + 1}: ${differs}`;
    }
  }
  return undefined;
}

/** White space around `;`, `=` and `,` says nothing (RFC 3261 25.1). */
function spaceless(value: string): string {
  return value.replace(/\s*([;=,])\s*/g, '$1').trim();
}
