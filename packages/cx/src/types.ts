import type { Unreachable } from '@ims-sim/diameter';
import type { UserProfile } from './user-profile-types.js';

/** What the S-CSCF must be able to do (TS 29.229 6.3.4 Server-Capabilities). */
export interface ServerCapabilities {
  readonly mandatory: readonly number[];
  readonly optional: readonly number[];
  readonly serverNames: readonly string[];
}

/** Server-Assignment-Type, TS 29.229 6.3.15: those of Cx. */
export type ServerAssignmentType =
  | 'no-assignment'
  | 'registration'
  | 're-registration'
  | 'unregistered-user'
  | 'timeout-deregistration'
  | 'user-deregistration'
  | 'timeout-deregistration-store-server-name'
  | 'user-deregistration-store-server-name'
  | 'administrative-deregistration'
  | 'authentication-failure'
  | 'authentication-timeout'
  | 'deregistration-too-much-data';

/**
 * Answers that are no success; each procedure of TS 24.229 maps them to a SIP answer. `unreachable`: no peer, or no
 * answer in time.
 */
export type CxRefusal =
  | { readonly kind: 'unknown-user' } // DIAMETER_ERROR_USER_UNKNOWN 5001
  | { readonly kind: 'identities-dont-match' } // 5002
  | { readonly kind: 'identity-not-registered' } // DIAMETER_ERROR_IDENTITY_NOT_REGISTERED 5003
  | { readonly kind: 'roaming-not-allowed' } // 5004
  /** 5005; `serverName`: the S-CSCF that the user is assigned to already, where the HSS says so. */
  | { readonly kind: 'identity-already-registered'; readonly serverName?: string }
  | { readonly kind: 'auth-scheme-not-supported' } // DIAMETER_ERROR_AUTH_SCHEME_NOT_SUPPORTED 5006
  | { readonly kind: 'in-assignment-type' } // DIAMETER_ERROR_IN_ASSIGNMENT_TYPE 5007
  | { readonly kind: 'too-much-data' } // DIAMETER_ERROR_TOO_MUCH_DATA 5008
  | { readonly kind: 'not-supported-user-data' } // DIAMETER_ERROR_NOT_SUPPORTED_USER_DATA 5009
  /** Any other code: a Result-Code of RFC 6733, or with `experimental` an Experimental-Result-Code of TS 29.229 6.2. */
  | { readonly kind: 'failed'; readonly resultCode: number; readonly experimental?: true }
  | Unreachable;

/** User-Authorization-Request, TS 29.228 6.1.1. */
export interface UserAuthorization {
  readonly privateIdentity: string;
  readonly publicIdentity: string;
  readonly visitedNetwork: string;
  readonly type: 'registration' | 'de-registration' | 'registration-and-capabilities';
}
export type UserAuthorizationAnswer =
  | { readonly kind: 'first-registration'; readonly capabilities: ServerCapabilities } // 2001
  | { readonly kind: 'subsequent-registration'; readonly serverName: string } // 2002
  | CxRefusal;

/** Server-Assignment-Request, TS 29.228 6.1.2. */
export interface ServerAssignment {
  readonly privateIdentity?: string;
  readonly publicIdentities: readonly string[];
  /** The wildcarded identity that the public one matches, where the S-CSCF knows it. */
  readonly wildcardedIdentity?: string;
  readonly serverName: string;
  readonly type: ServerAssignmentType;
  readonly userDataAlreadyAvailable: boolean;
  /** Several contacts of one private identity: another one is added (Multiple-Registration-Indication). */
  readonly multipleRegistration?: boolean;
  /** TS 23.380 4: what another S-CSCF, or this one after a restart, needs to serve the user again. */
  readonly restoration?: RestorationInfo;
}
export type ServerAssignmentAnswer =
  | {
      readonly kind: 'assigned';
      readonly profile?: UserProfile;
      readonly privateIdentity?: string;
      readonly charging?: ChargingFunctions;
      /** Every private identity of the subscription, where there are several. */
      readonly associatedIdentities?: readonly string[];
      /** The wildcarded identity of the profile that the asked one matches. */
      readonly wildcardedIdentity?: string;
      /** What the S-CSCF that served the user before had stored, one for each private identity. */
      readonly restoration?: readonly RestorationInfo[];
      /** 2004 DIAMETER_SUCCESS_SERVER_NAME_NOT_STORED. */
      readonly serverNameNotStored?: true;
      /**
       * 5007 DIAMETER_ERROR_IN_ASSIGNMENT_TYPE with what a success has (TS 29.228 6.1.2.1): the user is registered already, by
       * what the S-CSCF did before it lost it; `restoration` has that.
       */
      readonly inAssignmentType?: true;
    }
  | CxRefusal;

/** SCSCF-Restoration-Info, TS 29.229 6.3.46 ff.: the bindings of one private identity. */
export interface RestorationInfo {
  readonly privateIdentity: string;
  readonly registrations: readonly RestorableRegistration[];
}

export interface RestorableRegistration {
  /** The Path header's value. */
  readonly path: string;
  /** The Contact header's value, parameters and expiry included. */
  readonly contact: string;
  readonly callId?: string;
  readonly initialCSeq?: number;
  /** The UE's subscription to its registration state (Subscription-Info). */
  readonly subscription?: SubscriptionDialog;
  /** That of its P-CSCF (P-CSCF-Subscription-Info, TS 29.229 6.3.70). */
  readonly pCscfSubscription?: SubscriptionDialog;
}

/** The header values of the dialog of a subscription, as the SUBSCRIBE had them; `recordRoute` is empty where there was none. */
export interface SubscriptionDialog {
  readonly callId: string;
  readonly from: string;
  readonly to: string;
  readonly recordRoute: string;
  readonly contact: string;
}

/** Charging-Information, TS 29.229 6.3.19: Diameter URIs such as `aaa://ccf.home1.net`. */
export interface ChargingFunctions {
  readonly primaryCcf?: string;
  readonly secondaryCcf?: string;
  readonly primaryEcf?: string;
  readonly secondaryEcf?: string;
}

/** Location-Info-Request, TS 29.228 6.1.4. */
export interface LocationInfo {
  readonly publicIdentity: string;
  readonly originating?: boolean;
  /** User-Authorization-Type REGISTRATION_AND_CAPABILITIES: capabilities, though an S-CSCF is assigned (it is gone). */
  readonly wantsCapabilities?: boolean;
}
export type LocationInfoAnswer =
  | {
      readonly kind: 'served';
      readonly serverName: string;
      /** Of a public service identity or a wildcarded one: what of the profile it matches. */
      readonly wildcardedIdentity?: string;
      readonly capabilities?: ServerCapabilities;
    }
  | {
      readonly kind: 'unregistered-service';
      readonly capabilities: ServerCapabilities;
      readonly wildcardedIdentity?: string;
      /** An S-CSCF is assigned, and another may take its place (REGISTRATION_AND_CAPABILITIES): 2001 DIAMETER_SUCCESS. */
      readonly reassignment?: true;
    } // 2003 DIAMETER_UNREGISTERED_SERVICE
  | CxRefusal;

/**
 * SIP-Authentication-Scheme, TS 29.229 6.3.9. `Unknown`: the HSS decides by what the user has.
 * Deviation: `Digest-AKAv2-MD5` (RFC 4169) is none of the table's; an HSS that has a user of it says so by that name.
 */
export type AuthenticationScheme = 'Digest-AKAv1-MD5' | 'Digest-AKAv2-MD5' | 'SIP Digest' | 'Unknown';

/** Multimedia-Auth-Request, TS 29.228 6.3. */
export interface MultimediaAuth {
  readonly privateIdentity: string;
  readonly publicIdentity: string;
  readonly serverName: string;
  readonly scheme: AuthenticationScheme;
  /** How many vectors are asked for (SIP-Number-Auth-Items), at least 1. */
  readonly items: number;
  /** The UE's sequence number is another: RAND of the challenge and AUTS of its answer (TS 33.102 6.3.5). */
  readonly resynchronisation?: { readonly rand: Buffer; readonly auts: Buffer };
}
export type MultimediaAuthAnswer =
  | { readonly kind: 'vectors'; readonly items: readonly [AuthenticationItem, ...AuthenticationItem[]] }
  | CxRefusal;

/** SIP-Auth-Data-Item, TS 29.228 tables 6.3.4 (AKA) and 6.3.7 (SIP Digest). */
export type AuthenticationItem =
  | {
      readonly scheme: 'Digest-AKAv1-MD5' | 'Digest-AKAv2-MD5';
      /** 16 octets each, xres 4 to 16. */
      readonly rand: Buffer;
      readonly autn: Buffer;
      readonly xres: Buffer;
      readonly ck: Buffer;
      readonly ik: Buffer;
    }
  | {
      readonly scheme: 'SIP Digest';
      readonly realm: string;
      readonly algorithm: 'MD5' | 'SHA-256';
      readonly qop: 'auth';
      /** H(username:realm:password) in hex, RFC 7616 3.4.2. */
      readonly ha1: string;
    };

export type DigestItem = Extract<AuthenticationItem, { readonly scheme: 'SIP Digest' }>;

/** Registration-Termination-Request, TS 29.228 6.1.3: the HSS takes a registration back. */
export interface RegistrationTermination {
  readonly privateIdentity: string;
  /** Further private identities (Associated-Identities). */
  readonly associatedIdentities: readonly string[];
  /** None: every public identity of the private ones. */
  readonly publicIdentities: readonly string[];
  /** Deregistration-Reason, TS 29.229 6.3.17. */
  readonly reason: 'permanent-termination' | 'new-server-assigned' | 'server-change' | 'remove-s-cscf';
  readonly reasonInfo?: string;
}
export type RegistrationTerminationAnswer =
  { readonly kind: 'terminated'; readonly associatedIdentities?: readonly string[] } | CxRefusal;

/** Push-Profile-Request, TS 29.228 6.2.2: the HSS gives the S-CSCF what has changed. */
export interface PushProfile {
  readonly privateIdentity: string;
  readonly profile?: UserProfile;
  readonly charging?: ChargingFunctions;
  /** SIP Digest by which the private identity proves itself from now on. */
  readonly digest?: DigestItem;
}
export type PushProfileAnswer = { readonly kind: 'updated' } | CxRefusal;

/** The Cx reference point as a CSCF uses it. Nothing here rejects: what goes wrong is an answer. */
export interface Cx {
  userAuthorization(request: UserAuthorization): Promise<UserAuthorizationAnswer>;
  serverAssignment(request: ServerAssignment): Promise<ServerAssignmentAnswer>;
  locationInfo(request: LocationInfo): Promise<LocationInfoAnswer>;
  multimediaAuth(request: MultimediaAuth): Promise<MultimediaAuthAnswer>;
}

/** What the HSS asks of an S-CSCF, served by it. */
export interface CxPush {
  registrationTermination(request: RegistrationTermination): Promise<RegistrationTerminationAnswer>;
  pushProfile(request: PushProfile): Promise<PushProfileAnswer>;
}
