import type { InitialFilterCriteria, ServerCapabilities, UserProfile } from '@ims-sim/cx';

/** One IMS subscription as the network file has it. All of its public identities form one implicit registration set. */
export interface SubscriberConfig {
  /** The IMPI, e.g. `user1_private@home1.net`. */
  readonly privateIdentity: string;
  /** The IMPUs, sip and tel URIs, the default one first. */
  readonly publicIdentities: readonly { readonly identity: string; readonly barred?: boolean | undefined }[];
  /** The visited networks it may register from; absent: any. */
  readonly visitedNetworks?: readonly string[] | undefined;
  /** What its S-CSCF must and should be able to do (TS 29.229 6.3.4). */
  readonly capabilities?:
    | {
        readonly mandatory?: readonly number[] | undefined;
        readonly optional?: readonly number[] | undefined;
      }
    | undefined;
  /** S-CSCFs that the HSS suggests at the first registration, e.g. `sip:scscf1.home1.net`. */
  readonly serverNames?: readonly string[] | undefined;
  readonly initialFilterCriteria?: readonly InitialFilterCriteria[] | undefined;
}

/** A subscription as the procedures see it. */
export interface Subscriber {
  readonly privateIdentity: string;
  /** In the form of `normalizeIdentity`, with whether each is barred. */
  readonly publicIdentities: ReadonlyMap<string, boolean>;
  /** In lower case; undefined: any. */
  readonly visitedNetworks: ReadonlySet<string> | undefined;
  readonly capabilities: ServerCapabilities;
  readonly profile: UserProfile;
  /** Whether a request to the user is served while nobody is registered (TS 29.228 6.1.4.1). */
  readonly hasUnregisteredServices: boolean;
}

/** Where a subscription is registered. `reassignmentPending`: another S-CSCF may take it over (TS 29.228 6.1.1.1). */
export type Registration =
  | { readonly state: 'not-registered' }
  | {
      readonly state: 'registered' | 'unregistered';
      readonly serverName: string;
      readonly reassignmentPending?: true;
    };

export const notRegistered: Registration = { state: 'not-registered' };

/** The subscription that a configuration describes; `defaults` are the capabilities where it has none of its own. */
export function subscriberOf(config: SubscriberConfig, defaults: ServerCapabilities): Subscriber {
  const { privateIdentity, publicIdentities, capabilities, serverNames } = config;
  const initialFilterCriteria = config.initialFilterCriteria ?? [];
  return {
    privateIdentity,
    publicIdentities: new Map(
      publicIdentities.map(({ identity, barred }) => [normalizeIdentity(identity), barred === true]),
    ),
    visitedNetworks:
      config.visitedNetworks && new Set(config.visitedNetworks.map((name) => name.toLowerCase())),
    capabilities: {
      mandatory: capabilities?.mandatory ?? defaults.mandatory,
      optional: capabilities?.optional ?? defaults.optional,
      serverNames: serverNames ?? defaults.serverNames,
    },
    profile: {
      privateIdentity,
      serviceProfiles: [
        {
          publicIdentities: publicIdentities.map(({ identity, barred }) => ({
            identity,
            barred: barred === true,
          })),
          initialFilterCriteria,
        },
      ],
    },
    hasUnregisteredServices: initialFilterCriteria.some(servesUnregistered),
  };
}

/**
 * A public identity in the form in which two that are the same are equal (TS 23.003 13.4, RFC 3966 5, RFC 3261
 * 19.1.4): a tel URI without visual separators, a sip URI with its host in lower case and without parameters.
 */
export function normalizeIdentity(identity: string): string {
  const colon = identity.indexOf(':');
  const scheme = identity.slice(0, colon).toLowerCase();
  const rest = identity.slice(colon + 1);
  if (scheme === 'tel') return `tel:${normalizeNumber(rest)}`;
  if (scheme !== 'sip' && scheme !== 'sips') return identity;
  const at = rest.lastIndexOf('@');
  const end = firstOf(rest, at + 1, ';', '?');
  return `${scheme}:${rest.slice(0, at + 1)}${rest.slice(at + 1, end).toLowerCase()}`;
}

function normalizeNumber(text: string): string {
  const end = firstOf(text, 0, ';', '?');
  let number = '';
  for (let at = 0; at < end; at++) {
    const char = text.charAt(at);
    if (char !== '-' && char !== '.' && char !== '(' && char !== ')') number += char;
  }
  return number + text.slice(end).toLowerCase();
}

function firstOf(text: string, from: number, a: string, b: string): number {
  for (let at = from; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === a || char === b) return at;
  }
  return text.length;
}

/**
 * Whether a criterion can match a request to a user who is not registered: by its part of the profile and its session
 * cases.
 */
function servesUnregistered({ profilePartIndicator, triggerPoint }: InitialFilterCriteria): boolean {
  if (profilePartIndicator === 'registered') return false;
  const cases = (triggerPoint?.servicePointTriggers ?? []).flatMap((trigger) =>
    trigger.kind === 'session-case'
      ? [(trigger.sessionCase === 'terminating-unregistered') !== trigger.negated]
      : [],
  );
  return cases.length === 0 || cases.includes(true);
}
