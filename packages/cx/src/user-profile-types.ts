/** The user profile of TS 29.228 Annex B, as the S-CSCF gets it in a Server-Assignment-Answer (XML: Annex E). */
export interface UserProfile {
  readonly privateIdentity: string;
  /** Of the private identity, 14 or 15 digits. */
  readonly imsi?: string;
  readonly referenceLocations?: readonly ReferenceLocation[];
  readonly serviceProfiles: readonly ServiceProfile[];
}

/** TS 29.228 Annex E, ReferenceLocationInformation: where a line ends, as P-Access-Network-Info has it (TS 24.229 7.2A.4). */
export interface ReferenceLocation {
  readonly accessType: string;
  readonly accessInfo: string;
  readonly accessValue: string;
}

/** One service profile: the public identities that share it, and their filter criteria (TS 29.228 B.2.1). */
export interface ServiceProfile {
  readonly publicIdentities: readonly PublicIdentity[];
  /** Absent: neither media nor services are restricted (TS 29.228 B.2). */
  readonly coreNetworkServicesAuthorization?: CoreNetworkServicesAuthorization;
  readonly initialFilterCriteria: readonly InitialFilterCriteria[];
  readonly sharedIfcSetIds?: readonly number[];
}

/** TS 29.228 B.2.1A: what the S-CSCF lets the users do. */
export interface CoreNetworkServicesAuthorization {
  /** Names a set of media that S-CSCFs are configured with. */
  readonly subscribedMediaProfileId?: number;
  /** IMS communication services (ICSI) that may be used. */
  readonly serviceIds?: readonly string[];
}

export interface PublicIdentity {
  /**
   * A sip or tel URI, e.g. `sip:user1_public1@home1.net`; of a wildcarded one with its expression between `!`
   * (TS 23.003 13.5), e.g. `sip:chatlist!.*!@home1.net`.
   */
  readonly identity: string;
  readonly barred: boolean;
  /**
   * TS 29.228 Annex E, IdentityType; absent: a public user identity, wildcarded where its form says so. `non-distinct-impu`: one
   * of those that a wildcarded identity stands for, which is registered with it only.
   */
  readonly type?: 'distinct-psi' | 'wildcarded-psi' | 'non-distinct-impu';
  readonly displayName?: string;
  /** Identities of one service profile and one group are aliases of one another (TS 29.228 B.2.1, TS 23.228 4.3.2.2). */
  readonly aliasIdentityGroupId?: string;
  /** What is to be traced (TS 24.323). */
  readonly serviceLevelTraceInfo?: string;
  /** 0, the highest, to 4. */
  readonly servicePriorityLevel?: number;
  readonly extendedPriorities?: readonly ExtendedPriority[];
  /** How many contacts may be registered at a time. */
  readonly maxSimultaneousRegistrations?: number;
}

/** A level of a namespace of RFC 4412. */
export interface ExtendedPriority {
  readonly namespace: string;
  readonly level: string;
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
  /** A third-party REGISTER carries the UE's REGISTER, its 200 (TS 29.228 B.2.4, TS 24.229 5.4.1.7A). */
  readonly includeRegisterRequest?: boolean;
  readonly includeRegisterResponse?: boolean;
}
