import { compileWildcard, isWildcarded, type Matcher } from '@ims-sim/cx';
import {
  copied,
  header,
  parseUri,
  publicIdentity,
  uriEquals,
  type Header,
  type NameAddr,
  type Source,
  type Uri,
} from '@ims-sim/sip';
import type { KeptOnce } from './kept-once.js';
import type { SecurityAssociation } from './security-associations.js';

/** A public user identity that a UE registered, and the header that asserts it. */
export interface RegisteredIdentity {
  readonly text: string;
  readonly uri: Uri;
  readonly asserted: Header;
  /** Of a wildcarded one (TS 23.003 13.5): the identities that it stands for. It is not asserted itself. */
  readonly matches?: Matcher | undefined;
}

/** One contact that a UE registered (TS 24.229 5.2.2.1: what the P-CSCF keeps out of the 200 to a REGISTER). */
export interface Registration {
  readonly source: Source;
  /** The identity that was registered (To), as text. */
  readonly publicIdentity: string;
  /** The Contact's URI, as text. */
  readonly contact: string;
  /** P-Associated-URI; the first is the default public user identity. Never empty. */
  readonly identities: readonly RegisteredIdentity[];
  /** The Service-Route as the Route of requests from this UE; undefined where the S-CSCF gave none. */
  readonly route: Header | undefined;
  readonly serviceRoute: readonly NameAddr[];
  readonly expiresAtMs: number;
  /** That which it was registered over; its `source` is then that one's. */
  readonly association?: SecurityAssociation | undefined;
  /** TS 24.229 5.2.2.3: SIP Digest has proved this, so that what comes from this source is known to be its. */
  readonly ipAssociation?: IpAssociation | undefined;
  /** It is over (5.2.5): the UE can be told so, and can send nothing but a REGISTER. */
  readonly isEnded?: boolean | undefined;
}

/** Beside the address and port: what TS 33.203 N.2.1.1 knows a UE by that has no security association. */
export interface IpAssociation {
  readonly privateIdentity: string;
  /** Sent-by of the UE's Via. */
  readonly sentBy: string;
}

/** A UE: what came from one address, port and transport, or over one set of security associations. */
export interface Ue {
  readonly registrations: readonly Registration[];
  /** Undefined: it is known by its address, port and transport alone. */
  readonly association?: SecurityAssociation | undefined;
}

/** The identity of a P-Associated-URI value (or of To), ready to be asserted. */
export function registeredIdentity({ uri, uriText }: NameAddr, once: KeptOnce): RegisteredIdentity {
  if (isWildcarded(uriText)) {
    return wildcardedIdentity(uriText, once);
  }
  const text = copied(uriText);
  return { text, uri: parseUri(text) ?? uri, asserted: assertedHeader(text) };
}

/** The same of a wildcarded one, which need not be a URI; compiled once. */
export function wildcardedIdentity(uriText: string, { wildcarded }: KeptOnce): RegisteredIdentity {
  const there = wildcarded.get(uriText);
  if (there !== undefined) {
    return there;
  }
  const text = copied(uriText);
  return wildcarded.keep(text, {
    text,
    uri: { kind: 'other', scheme: '', text },
    asserted: assertedHeader(text),
    matches: compileWildcard(text) ?? (() => false), // an expression that is none stands for nobody
  });
}

/**
 * TS 24.229 5.2.6.3.1: the identity with that URI among those that were registered, or the one that a registered wildcarded
 * identity stands for, as the network writes it.
 */
export function identityAmong(
  identities: readonly RegisteredIdentity[],
  { uri, uriText }: Pick<NameAddr, 'uri' | 'uriText'>,
): RegisteredIdentity | undefined {
  let isAnyWildcarded = false;
  for (const identity of identities) {
    if (identity.matches !== undefined) {
      isAnyWildcarded = true;
    } else if (identity.text === uriText || uriEquals(identity.uri, uri)) {
      return identity;
    }
  }
  const text = isAnyWildcarded ? publicIdentity(uri) : undefined;
  if (text === undefined || isWildcarded(text) || !identities.some(({ matches }) => matches?.(text))) {
    return undefined;
  }
  return { text, uri, asserted: assertedHeader(text) };
}

function assertedHeader(text: string): Header {
  return header('P-Asserted-Identity', `<${text}>`);
}
