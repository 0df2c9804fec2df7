import type { ChargingFunctions, InitialFilterCriteria } from '@ims-sim/cx';
import type { Unreachable } from '@ims-sim/diameter';

/** What can be asked for, TS 29.328 7.6 table 7.6.1: those of the IMS; what of the access networks is left out. */
export type DataReference =
  | 'repository-data'
  | 'ims-public-identity'
  | 'ims-user-state'
  | 's-cscf-name'
  | 'initial-filter-criteria'
  | 'location-information'
  | 'user-state'
  | 'charging-information'
  | 'msisdn'
  | 'psi-activation'
  | 'dsai';

/** TS 29.328 7.1: one of the two. */
export type UserIdentity =
  | { readonly kind: 'public-identity'; readonly identity: string }
  /** Digits, without `+`. */
  | { readonly kind: 'msisdn'; readonly msisdn: string };

/** TS 29.329 6.3.10. */
export type IdentitySet = 'all' | 'registered' | 'implicit' | 'alias';

/** TS 29.328 Annex D, IMSUserState. */
export type ImsUserState =
  'not-registered' | 'registered' | 'registered-unreg-services' | 'authentication-pending';

/** The User-Data of Sh, TS 29.328 Annexes C and D. Location and state of the access networks are left out. */
export interface ShData {
  readonly publicIdentities?: readonly string[];
  readonly msisdns?: readonly string[];
  readonly repositoryData?: readonly RepositoryData[];
  readonly sCscfName?: string;
  readonly initialFilterCriteria?: readonly InitialFilterCriteria[];
  readonly imsUserState?: ImsUserState;
  readonly charging?: ChargingFunctions;
}

/** Transparent data, TS 29.328 7.6.1: what an AS keeps at the HSS, opaque to it. */
export interface RepositoryData {
  readonly serviceIndication: string;
  /** 0 at first, then one more each time, 65,535 followed by 1 (TS 29.328 6.1.2.1). */
  readonly sequenceNumber: number;
  /** XML within the ServiceData element, white space between elements not counted; absent: none, or to be removed. */
  readonly serviceData?: string;
}

/** User-Data-Request, TS 29.328 6.1.1. */
export interface UserData {
  readonly user: UserIdentity;
  readonly references: readonly DataReference[];
  readonly wildcardedIdentity?: string;
  /** Which repository data. */
  readonly serviceIndications?: readonly string[];
  /** The AS whose filter criteria are meant. */
  readonly serverName?: string;
  readonly identitySets?: readonly IdentitySet[];
  readonly requestedDomain?: 'cs' | 'ps';
}
export type UserDataAnswer = { readonly kind: 'data'; readonly data: ShData } | ShRefusal;

/** Profile-Update-Request, TS 29.328 6.1.2. */
export interface ProfileUpdate {
  readonly user: UserIdentity;
  readonly references: readonly DataReference[];
  readonly data: ShData;
  readonly wildcardedIdentity?: string;
}
export type ProfileUpdateAnswer = { readonly kind: 'updated' } | ShRefusal;

/** Subscribe-Notifications-Request, TS 29.328 6.1.3. */
export interface SubscribeNotifications {
  readonly user: UserIdentity;
  readonly type: 'subscribe' | 'unsubscribe';
  readonly references: readonly DataReference[];
  readonly wildcardedIdentity?: string;
  readonly serviceIndications?: readonly string[];
  readonly serverName?: string;
  readonly identitySets?: readonly IdentitySet[];
  /** Until when, in milliseconds since the Unix epoch; absent: without end. */
  readonly expiryMs?: number;
  /** The data is wanted with the answer. */
  readonly sendData?: boolean;
  readonly oneTime?: boolean;
}
export type SubscribeNotificationsAnswer =
  { readonly kind: 'subscribed'; readonly expiryMs?: number; readonly data?: ShData } | ShRefusal;

/** Push-Notification-Request, TS 29.328 6.1.4: from the HSS to the AS. */
export interface PushNotification {
  readonly user: UserIdentity;
  readonly data: ShData;
  readonly wildcardedIdentity?: string;
}
export type PushNotificationAnswer = { readonly kind: 'notified' } | ShRefusal;

/** Answers that are no success, TS 29.329 6.2. `unreachable`: no peer, or no answer in time. */
export type ShRefusal =
  | { readonly kind: ShError }
  /** Any other code: a Result-Code of RFC 6733, or with `experimental` an Experimental-Result-Code. */
  | { readonly kind: 'failed'; readonly resultCode: number; readonly experimental?: true }
  | Unreachable;

export type ShError =
  | 'user-data-not-available' // 4100
  | 'prior-update-in-progress' // 4101
  | 'unknown-user' // 5001
  | 'identities-dont-match' // 5002
  | 'too-much-data' // 5008
  | 'user-data-not-recognized' // 5100
  | 'operation-not-allowed' // 5101
  | 'user-data-cannot-be-read' // 5102
  | 'user-data-cannot-be-modified' // 5103
  | 'user-data-cannot-be-notified' // 5104
  | 'transparent-data-out-of-sync' // 5105
  | 'subscribed-data-absent' // 5106
  | 'no-subscription-to-data' // 5107
  | 'dsai-not-available'; // 5108

/** The Sh reference point as an AS uses it. Nothing here rejects: what goes wrong is an answer. */
export interface Sh {
  userData(request: UserData): Promise<UserDataAnswer>;
  profileUpdate(request: ProfileUpdate): Promise<ProfileUpdateAnswer>;
  subscribeNotifications(request: SubscribeNotifications): Promise<SubscribeNotificationsAnswer>;
}

/** What the HSS tells an AS that has subscribed to it. */
export interface ShNotifications {
  pushNotification(request: PushNotification): PushNotificationAnswer | Promise<PushNotificationAnswer>;
}
