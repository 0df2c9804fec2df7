import { copied, header, parseUri, type Header, type NameAddr, type Source, type Uri } from '@ims-sim/sip';
import type { SecurityAssociation } from './security-associations.js';

/** A public user identity that a UE registered, and the header that asserts it. */
export interface RegisteredIdentity {
  readonly text: string;
  readonly uri: Uri;
  readonly asserted: Header;
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
export function registeredIdentity({ uri, uriText }: NameAddr): RegisteredIdentity {
  const text = copied(uriText);
  return { text, uri: parseUri(text) ?? uri, asserted: header('P-Asserted-Identity', `<${text}>`) };
}
