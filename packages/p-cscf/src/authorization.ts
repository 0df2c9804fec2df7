import type { Header } from '@ims-sim/sip';
import { valuesOutsideQuotes, withValue } from './header-text.js';

/** One parameter of Authorization or WWW-Authenticate. */
export interface AuthParam {
  /** Lower case. */
  readonly name: string;
  /** Without its quotes; backslashes stay. */
  readonly value: string;
  /** As it stands. */
  readonly text: string;
}

/** RFC 7235 credentials or challenge, with parameters. */
export interface AuthHeader {
  readonly scheme: string;
  readonly params: readonly AuthParam[];
}

/** TS 24.229 7.2A.2: how a REGISTER reached the P-CSCF, for the S-CSCF to know. */
export type IntegrityProtected = 'yes' | 'no' | 'ip-assoc-pending' | 'ip-assoc-yes';

/** Undefined where it cannot be read; a name that is there twice is not read either. */
export function readAuth(value: string): AuthHeader | undefined {
  const space = value.search(/[ \t]/);
  if (space <= 0) {
    return undefined;
  }
  const params: AuthParam[] = [];
  const names = new Set<string>();
  for (const text of valuesOutsideQuotes(value.slice(space))) {
    const param = readParam(text);
    if (param === undefined || names.has(param.name)) {
      return undefined;
    }
    names.add(param.name);
    params.push(param);
  }
  return { scheme: value.slice(0, space), params };
}

export function paramOf(auth: AuthHeader | undefined, name: string): string | undefined {
  return auth?.params.find((param) => param.name === name)?.value;
}

/**
 * TS 24.229 5.2.2: `integrity-protected` in Authorization is the P-CSCF's word to the S-CSCF. A UE's own is taken out, and
 * the P-CSCF's put in its place, where it has one to say. Undefined: the header cannot be read, so nobody can tell what
 * is in it.
 */
export function withIntegrityProtected(
  line: Header,
  integrity: IntegrityProtected | undefined,
): Header | undefined {
  if (integrity === undefined && !line.value.toLowerCase().includes('integrity-protected')) {
    return line;
  }
  const auth = readAuth(line.value);
  if (auth === undefined) {
    return undefined;
  }
  const left = auth.params.filter(({ name }) => name !== 'integrity-protected').map(({ text }) => text);
  if (integrity !== undefined) {
    left.push(`integrity-protected="${integrity}"`);
  }
  return withValue(line, `${auth.scheme} ${left.join(', ')}`);
}

export interface SessionKeys {
  /** Hexadecimal, as the S-CSCF wrote them. */
  readonly ck: string;
  readonly ik: string;
}

/**
 * TS 24.229 5.2.2.2: the challenge without `ck` and `ik` (7.2A.1), which are for the P-CSCF alone. A challenge that has them
 * and cannot be read is dropped: undefined.
 */
export function withoutKeys(line: Header): {
  readonly line: Header | undefined;
  readonly keys?: SessionKeys;
} {
  if (!/[ci]k\s*=/i.test(line.value)) {
    return { line };
  }
  const auth = readAuth(line.value);
  if (auth === undefined) {
    return { line: undefined };
  }
  const left = auth.params.filter(({ name }) => name !== 'ck' && name !== 'ik');
  if (left.length === auth.params.length) {
    return { line };
  }
  const ck = paramOf(auth, 'ck');
  const ik = paramOf(auth, 'ik');
  const without = withValue(line, `${auth.scheme} ${left.map(({ text }) => text).join(', ')}`);
  return ck === undefined || ik === undefined ? { line: without } : { line: without, keys: { ck, ik } };
}

/** RFC 3310, RFC 4169: AKAv1-MD5, AKAv2-MD5 and what may come. */
export function isAka(auth: AuthHeader | undefined): boolean {
  return paramOf(auth, 'algorithm')?.toLowerCase().startsWith('akav') === true;
}

function readParam(text: string): AuthParam | undefined {
  const equals = text.indexOf('=');
  if (equals <= 0) {
    return undefined;
  }
  const name = text.slice(0, equals).trim().toLowerCase();
  const raw = text.slice(equals + 1).trim();
  const isQuoted = raw.startsWith('"');
  const isWhole = isQuoted ? quoteEnd(raw) === raw.length - 1 : raw !== '' && !/["\s]/.test(raw);
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || !isWhole) {
    return undefined;
  }
  return { name, value: isQuoted ? raw.slice(1, -1) : raw, text };
}

/** Where the quote that the text begins with is closed; -1: nowhere. */
function quoteEnd(text: string): number {
  for (let i = 1; i < text.length; i++) {
    const c = text[i];
    if (c === '\\') {
      i++;
    } else if (c === '"') {
      return i;
    }
  }
  return -1;
}
