import { parseCredentials, type Credentials, type Header } from '@ims-sim/sip';
import { withValue } from './header-text.js';

/** TS 24.229 7.2A.2: how a REGISTER reached the P-CSCF, for the S-CSCF to know. */
export type IntegrityProtected = 'yes' | 'no' | 'ip-assoc-pending' | 'ip-assoc-yes';

/** A parameter of Authorization, unquoted; undefined also where there is no such header. `name` in lower case. */
export function paramOf(auth: Credentials | undefined, name: string): string | undefined {
  return auth?.params.get(name);
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
  const auth = parseCredentials(line.value);
  if (auth === undefined) {
    return undefined;
  }
  const own = integrity === undefined ? [] : [`integrity-protected="${integrity}"`];
  return withValue(line, written(auth, ['integrity-protected'], ...own));
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
  const auth = parseCredentials(line.value);
  if (auth === undefined) {
    return { line: undefined };
  }
  const ck = paramOf(auth, 'ck');
  const ik = paramOf(auth, 'ik');
  if (ck === undefined && ik === undefined) {
    return { line };
  }
  const without = withValue(line, written(auth, ['ck', 'ik']));
  return ck === undefined || ik === undefined ? { line: without } : { line: without, keys: { ck, ik } };
}

/** RFC 3310, RFC 4169: AKAv1-MD5, AKAv2-MD5 and what may come. */
export function isAka(auth: Credentials | undefined): boolean {
  return paramOf(auth, 'algorithm')?.toLowerCase().startsWith('akav') === true;
}

function written(
  { scheme, texts }: Credentials,
  but: readonly string[],
  ...added: readonly string[]
): string {
  const left = [...texts].filter(([name]) => !but.includes(name)).map(([, text]) => text);
  return `${scheme} ${[...left, ...added].join(', ')}`.trimStart();
}
