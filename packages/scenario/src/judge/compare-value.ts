import { type NameAddr, type Params, parseNameAddrList, parseViaList, type Via } from '@ims-sim/sip';
import {
  agreeAddress,
  agreePort,
  compareParams,
  compareText,
  compareUri,
  type Context,
  NONE,
} from './compare-uri.js';

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
