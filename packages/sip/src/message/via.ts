import { TOKEN, decimal, isDigit, skipSpace, spanEnd } from './chars.js';
import type { Via } from './fields.js';
import { hostEnd } from './host.js';
import { splitValues, trimmed } from './list.js';
import { parseHeaderParams } from './params.js';

/** One Via value (RFC 3261 20.42, with the white space that 25.1 allows around `/` and `:`); undefined where it is none. */
export function parseVia(value: string): Via | undefined {
  const text = trimmed(value, 0, value.length);
  const end = text.length;
  const isPlainUdp = text.startsWith('SIP/2.0/UDP ');
  const transportAt = isPlainUdp ? 8 : afterVersion(text);
  if (transportAt < 0) {
    return undefined;
  }
  const transportEnd = isPlainUdp ? 11 : spanEnd(text, transportAt, end, TOKEN);
  const hostAt = skipSpace(text, transportEnd, end);
  const hostStop = hostAt === transportEnd || transportEnd === transportAt ? -1 : hostEnd(text, hostAt, end);
  if (hostStop < 0) {
    return undefined;
  }
  let rest = skipSpace(text, hostStop, end);
  let port: number | undefined;
  if (text.charCodeAt(rest) === 58) {
    const portAt = skipSpace(text, rest + 1, end);
    rest = portAt;
    while (isDigit(text.charCodeAt(rest))) {
      rest++;
    }
    port = decimal(text, portAt, rest, 65_535);
  }
  const params = port !== undefined && port < 0 ? undefined : parseHeaderParams(text, rest);
  if (params === undefined) {
    return undefined;
  }
  const branch = params.get('branch');
  return {
    transport: isPlainUdp ? 'UDP' : text.slice(transportAt, transportEnd).toUpperCase(),
    host: text.slice(hostAt, hostStop),
    port,
    params,
    branch: branch === true ? undefined : branch,
    text,
  };
}

/** The comma-separated values of one Via line; undefined where any of them is none. */
export function parseViaList(value: string): Via[] | undefined {
  const result: Via[] = [];
  for (const text of splitValues(value)) {
    const one = parseVia(text);
    if (one === undefined) {
      return undefined;
    }
    result.push(one);
  }
  return result;
}

/** Where the transport begins, or -1: what is before it is not SIP / 2.0 /. */
function afterVersion(text: string): number {
  const at = slash(text, protocolEnd(text));
  const end = at < 0 ? -1 : spanEnd(text, at, text.length, TOKEN);
  return end < 0 || text.slice(at, end) !== '2.0' ? -1 : slash(text, end);
}

/** The position after `SIP`, in any case, or -1. */
function protocolEnd(text: string): number {
  const s = text.charCodeAt(0) | 32;
  const i = text.charCodeAt(1) | 32;
  const p = text.charCodeAt(2) | 32;
  return s === 115 && i === 105 && p === 112 ? 3 : -1;
}

/** The position after a slash and the white space around it, or -1. */
function slash(text: string, at: number): number {
  if (at < 0) {
    return -1;
  }
  const stroke = skipSpace(text, at, text.length);
  return text.charCodeAt(stroke) === 47 ? skipSpace(text, stroke + 1, text.length) : -1;
}
