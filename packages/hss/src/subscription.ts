import type {
  ChargingFunctions,
  CoreNetworkServicesAuthorization,
  InitialFilterCriteria,
  PublicIdentity,
  ReferenceLocation,
  RestorationInfo,
} from '@ims-sim/cx';
import type { IdentitySet } from '@ims-sim/sh';
import type { NotifiedReference } from './sh/data-references.js';

/**
 * An IMS subscription as the HSS keeps it (TS 23.228 4.3.3.4, TS 29.228 Annex B): plain JSON, which the network file gives, the
 * stores keep, and the provisioning interface takes and gives.
 */
export interface Subscription {
  /** The first names the subscription: it is its key. */
  readonly privateIdentities: readonly [PrivateIdentity, ...PrivateIdentity[]];
  readonly implicitSets: readonly [ImplicitSet, ...ImplicitSet[]];
  /** What its S-CSCF must and should be able to do (TS 29.229 6.3.4). */
  readonly capabilities?:
    { readonly mandatory: readonly number[]; readonly optional: readonly number[] } | undefined;
  /** S-CSCFs that the HSS suggests at the first registration, e.g. `sip:scscf1.home1.net`. */
  readonly serverNames?: readonly string[] | undefined;
  readonly charging?: ChargingFunctions | undefined;
}

/** A private user identity and how whoever claims it proves it. */
export interface PrivateIdentity {
  /** The IMPI, e.g. `user1_private@home1.net`. */
  readonly identity: string;
  readonly aka?: AkaCredentials | undefined;
  readonly digest?: DigestCredentials | undefined;
  /** 14 or 15 digits; in the profile that an S-CSCF is given in the name of this identity. */
  readonly imsi?: string | undefined;
  readonly referenceLocations?: readonly ReferenceLocation[] | undefined;
}

/** What the USIM or ISIM shares with the HSS (TS 33.102, TS 35.206): hexadecimal, in lower case. */
export interface AkaCredentials {
  /** 32 digits. */
  readonly k: string;
  /** 32 digits: OP encrypted with K. */
  readonly opc: string;
  /** 4 digits; `8000` unless given (the separation bit is set, TS 33.102 Annex H). */
  readonly amf?: string | undefined;
  readonly algorithm?: 'AKAv1-MD5' | 'AKAv2-MD5' | undefined;
}

/** SIP Digest (TS 33.203 Annex N): the password, or what is made of it, so that the password need not be kept. */
export type DigestCredentials = {
  /** MD5 unless given. */
  readonly algorithm?: 'MD5' | 'SHA-256' | undefined;
  /** The home domain unless given. */
  readonly realm?: string | undefined;
} & ({ readonly password: string } | { readonly ha1: string });

/** Public identities that are registered together (TS 23.228 5.2.1a). */
export interface ImplicitSet {
  /** The first that is not barred is the default one. */
  readonly serviceProfiles: readonly [SubscribedServices, ...SubscribedServices[]];
  /** The visited networks it may register from, beside the home network; absent: any. */
  readonly visitedNetworks?: readonly string[] | undefined;
  /** Of public service identities: the AS that a request goes to without an S-CSCF (TS 23.228 5.4.12), e.g. `sip:as1.home1.net`. */
  readonly applicationServer?: string | undefined;
}

/** A service profile (TS 29.228 B.2.1). */
export interface SubscribedServices {
  readonly publicIdentities: readonly [PublicIdentity, ...PublicIdentity[]];
  readonly coreNetworkServicesAuthorization?: CoreNetworkServicesAuthorization | undefined;
  readonly initialFilterCriteria: readonly InitialFilterCriteria[];
  readonly sharedIfcSetIds?: readonly number[] | undefined;
}

/** What changes while a subscription is used, kept with it. A subscription that nobody uses has `noState`. */
export interface SubscriptionState {
  /** The S-CSCF that is assigned: its Server-Name, and where RTR and PPR go (learned from its requests). */
  readonly server?:
    | { readonly name: string; readonly host?: string | undefined; readonly realm?: string | undefined }
    | undefined;
  /** Another S-CSCF may take the user over (TS 29.228 6.1.1.1). */
  readonly reassignmentPending?: true | undefined;
  /** By the index of the implicit set: the private identities that registered it, or that it is served unregistered. */
  readonly sets: Readonly<Record<string, { readonly registeredBy: readonly string[] } | 'unregistered'>>;
  /** By private identity: the highest SQN given out, as 12 hexadecimal digits. Never goes back. */
  readonly sequenceNumbers: Readonly<Record<string, string>>;
  /** By private identity: an authentication has begun and its end is not known yet (TS 29.228 6.3.1). */
  readonly authenticationPending?: readonly string[] | undefined;
  /** By private identity (TS 23.380). */
  readonly restoration?: Readonly<Record<string, RestorationInfo>> | undefined;
  /** By service indication: what ASs keep here (TS 29.328 7.6.1). */
  readonly repository?: Readonly<Record<string, RepositoryEntry>> | undefined;
  /** The ASs that are told of changes (TS 29.328 6.1.3). */
  readonly notifications?: readonly NotificationSubscription[] | undefined;
}

/** Opaque to the HSS; `sequenceNumber` as in TS 29.328 6.1.2.1. */
export interface RepositoryEntry {
  readonly sequenceNumber: number;
  /** XML. */
  readonly data: string;
}

export interface NotificationSubscription {
  /** The AS, as its request had it (Origin-Host, Origin-Realm). */
  readonly host: string;
  readonly realm: string;
  /** As the AS wrote it: so it is told. */
  readonly publicIdentity: string;
  readonly reference: NotifiedReference;
  /** Of repository data. */
  readonly serviceIndication?: string | undefined;
  /** Of filter criteria: the AS that they name. */
  readonly serverName?: string | undefined;
  /** Of public identities: which; absent: all. */
  readonly identitySet?: IdentitySet | undefined;
  /** In milliseconds since the Unix epoch; absent: without end. */
  readonly expiryMs?: number | undefined;
  readonly oneTime?: true | undefined;
}

export const noState: SubscriptionState = { sets: {}, sequenceNumbers: {} };

/** A subscription with its state, as a store gives it. */
export interface StoredSubscription {
  readonly subscription: Subscription;
  readonly state: SubscriptionState;
}

/** What names a subscription: its first private identity. */
export function keyOf({ privateIdentities }: Subscription): string {
  return privateIdentities[0].identity;
}
