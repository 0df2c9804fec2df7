/** The user profile of TS 29.228 Annex B, as the S-CSCF gets it in a Server-Assignment-Answer (XML: Annex E). */
export interface UserProfile {
  readonly privateIdentity: string;
  readonly serviceProfiles: readonly ServiceProfile[];
}

/** One service profile: the public identities that share it, and their filter criteria (TS 29.228 B.2.1). */
export interface ServiceProfile {
  readonly publicIdentities: readonly PublicIdentity[];
  readonly initialFilterCriteria: readonly InitialFilterCriteria[];
  readonly sharedIfcSetIds?: readonly number[];
}

export interface PublicIdentity {
  /** A sip or tel URI, e.g. `sip:user1_public1@home1.net`. */
  readonly identity: string;
  readonly barred: boolean;
}

/** TS 29.228 B.2.2: evaluated in the order of `priority`, 0 first. */
export interface InitialFilterCriteria {
  readonly priority: number;
  /** Absent: the AS is contacted for every request. */
  readonly triggerPoint?: TriggerPoint;
  readonly applicationServer: ApplicationServer;
  /** Absent: whether the user is registered or not. */
  readonly profilePartIndicator?: 'registered' | 'unregistered';
}

/** TS 29.228 B.2.3: with `cnf`, the groups are ANDs of ORs; without, ORs of ANDs. */
export interface TriggerPoint {
  readonly cnf: boolean;
  readonly servicePointTriggers: readonly ServicePointTrigger[];
}

export type ServicePointTrigger = { readonly negated: boolean; readonly groups: readonly number[] } & (
  | {
      readonly kind: 'method';
      readonly method: string;
      readonly registrationTypes?: readonly ('initial' | 're-registration' | 'de-registration')[];
    }
  /** `header` is matched whole against header names and `content`, a POSIX regular expression, against their values. */
  | { readonly kind: 'sip-header'; readonly header: string; readonly content?: string }
  | { readonly kind: 'request-uri'; readonly pattern: string }
  | { readonly kind: 'session-case'; readonly sessionCase: SessionCase }
  | { readonly kind: 'session-description'; readonly line: string; readonly content?: string }
);

/** TS 29.228 Annex F. */
export type SessionCase =
  | 'originating'
  | 'terminating-registered'
  | 'terminating-unregistered'
  | 'originating-unregistered'
  | 'originating-cdiv';

export interface ApplicationServer {
  /** A SIP URI, e.g. `sip:ps.home2.net`. */
  readonly serverName: string;
  readonly defaultHandling: 'session-continued' | 'session-terminated';
  readonly serviceInfo?: string;
}

/** What the S-CSCF must be able to do (TS 29.229 6.3.4 Server-Capabilities). */
export interface ServerCapabilities {
  readonly mandatory: readonly number[];
  readonly optional: readonly number[];
  readonly serverNames: readonly string[];
}

/** TS 29.229 6.3.15: a subset that this lab uses; the numbers are in the dictionary. */
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
  /** Any other code: a Result-Code of RFC 6733, or with `experimental` an Experimental-Result-Code of TS 29.229 6.2. */
  | { readonly kind: 'failed'; readonly resultCode: number; readonly experimental?: true }
  | { readonly kind: 'unreachable'; readonly reason: string };

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
  readonly serverName: string;
  readonly type: ServerAssignmentType;
  readonly userDataAlreadyAvailable: boolean;
}
export type ServerAssignmentAnswer =
  | { readonly kind: 'assigned'; readonly profile?: UserProfile; readonly privateIdentity?: string }
  | CxRefusal;

/** Location-Info-Request, TS 29.228 6.1.4. */
export interface LocationInfo {
  readonly publicIdentity: string;
  readonly originating?: boolean;
}
export type LocationInfoAnswer =
  | { readonly kind: 'served'; readonly serverName: string }
  | { readonly kind: 'unregistered-service'; readonly capabilities: ServerCapabilities } // 2003 DIAMETER_UNREGISTERED_SERVICE
  | CxRefusal;

/** The Cx reference point as a CSCF uses it. Nothing here rejects: what goes wrong is an answer. */
export interface Cx {
  userAuthorization(request: UserAuthorization): Promise<UserAuthorizationAnswer>;
  serverAssignment(request: ServerAssignment): Promise<ServerAssignmentAnswer>;
  locationInfo(request: LocationInfo): Promise<LocationInfoAnswer>;
}
