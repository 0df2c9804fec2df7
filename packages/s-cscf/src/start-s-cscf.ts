import type { Cx, CxPush } from '@ims-sim/cx';
import type { Resolver } from '@ims-sim/dns';
import type { Endpoint, Host } from '@ims-sim/host';
import { startProxy, type Profile, type Source, type TimerSettings } from '@ims-sim/sip';
import { loadXmlBuilder } from '@ims-sim/xml';
import { createSCscf } from './create-s-cscf.js';
import { decide } from './decide.js';
import { deregisterByOperator, registrationTermination } from './network-deregistration.js';
import { reauthenticate } from './network-reauthentication.js';
import { pushProfile } from './push-profile.js';
import { startRegistrationEvents } from './reg-event/start.js';
import type { Registrar } from './registrar.js';
import type { RegistrarLimits } from './registrar-limits.js';
import type { SCscf } from './s-cscf.js';
import type { SharedFilterCriteria } from './served-user.js';
import { startThirdPartyRegistration } from './third-party-register.js';

export interface SCscfOptions {
  readonly host: Host;
  /** The same address and port for UDP and TCP; port 0 finds a free one. */
  readonly listen: Endpoint;
  readonly resolver: Resolver;
  /** Host names of this element; the first stands in its URIs, and with `sip:` it is its name on Cx. */
  readonly names: readonly [string, ...string[]];
  readonly cx: Cx;
  readonly profile: Profile;
  /** The home domain, e.g. `home1.net`. */
  readonly domain: string;
  /** Further domains of the same operator. */
  readonly otherDomains?: readonly string[] | undefined;
  /** Domains of other operators that are of the trust domain (RFC 3325); every operator's, where not given. */
  readonly trustedDomains?: readonly string[] | undefined;
  /** Whether UEs are challenged; `none` where not given: whoever comes is who they say. */
  readonly auth?: 'none' | 'required' | undefined;
  /** By their identifiers, which profiles name (TS 29.228 B.2.1A). */
  readonly sharedFilterCriteria?: SharedFilterCriteria | undefined;
  readonly registrar?: Partial<RegistrarLimits> | undefined;
  /** Where ENUM starts; `e164.arpa` where not given. */
  readonly enumSuffix?: string | undefined;
  /**
   * How long an application server may take to a request that is no INVITE, before default handling; 4000 where not
   * given.
   */
  readonly asTimeoutMs?: number | undefined;
  /** Which sources are of the trust domain; any, where not given. */
  readonly trusted?: ((source: Source) => boolean) | undefined;
  readonly tcpAboveBytes?: number | undefined;
  readonly timers?: Partial<TimerSettings> | undefined;
}

export interface RunningSCscf {
  readonly listening: Endpoint;
  /** Who is registered here. */
  readonly registrar: Registrar;
  /** What the HSS asks of it (TS 29.228 6.1.3, 6.2.2). */
  readonly cx: CxPush;
  /** An operator's word; gives why it could not be done, or undefined where it was. */
  command(command: SCscfCommand): Promise<string | undefined>;
  /** How many entries its tables have; of those that only lapse, what is still valid. */
  tables(): Readonly<Record<string, number>>;
  close(): Promise<void>;
}

/** TS 24.229 5.4.1.5 and 5.4.1.6: a registration is taken back, or the UE is to authenticate again within `expiresS`. */
export type SCscfCommand =
  | {
      readonly kind: 'deregister';
      readonly publicIdentity: string;
      readonly event: 'deactivated' | 'rejected';
    }
  | { readonly kind: 'reauthenticate'; readonly publicIdentity: string; readonly expiresS: number };

/** Starts an S-CSCF (TS 24.229 5.4). Rejects where `listen` cannot be bound. */
export async function startSCscf(options: SCscfOptions): Promise<RunningSCscf> {
  loadXmlBuilder(); // for the user profiles
  const { host, names, profile } = options;
  const scscf = createSCscf(options);
  const { registrar } = scscf;
  const proxy = await startProxy({
    host,
    listen: options.listen,
    resolver: options.resolver,
    names: [...scscf.names],
    sentBy: names[0],
    // Tables 6.1.1-3 and 6.1.1-9; RFC 4320 4.1 later forbade it.
    trying: profile === 'tr-24.841' ? 'at-once' : 'rfc4320',
    timers: options.timers,
    tcpAboveBytes: options.tcpAboveBytes,
    schemes: ['pres', 'im'],
    decide: (incoming) => decide(incoming, scscf),
  });
  const registrationEvents = startRegistrationEvents(scscf, { stack: proxy.stack });
  startThirdPartyRegistration(scscf, {
    stack: proxy.stack,
    deregister: (identity) => deregisterByOperator(identity, 'deactivated', scscf),
  });
  return {
    listening: proxy.stack.listening,
    registrar,
    cx: {
      registrationTermination: async (request) => registrationTermination(request, scscf),
      pushProfile: async (request) => pushProfile(request, scscf),
    },
    command: (command) => commanded(command, scscf),
    tables: () => ({
      ...proxy.stack.tables(),
      ...tablesOf(scscf),
      regEventSubscriptions: registrationEvents.size,
    }),
    async close() {
      registrationEvents.close();
      registrar.close();
      scscf.untold.close();
      scscf.challenges.close();
      await proxy.close();
    },
  };
}

async function commanded(command: SCscfCommand, scscf: SCscf): Promise<string | undefined> {
  switch (command.kind) {
    case 'deregister':
      return deregisterByOperator(command.publicIdentity, command.event, scscf);
    case 'reauthenticate':
      return reauthenticate(command.publicIdentity, command.expiresS, scscf);
  }
}

function tablesOf(scscf: ReturnType<typeof createSCscf>): Readonly<Record<string, number>> {
  const nowMs = scscf.clock.now();
  return {
    registrations: scscf.registrar.size,
    challenges: scscf.challenges.size,
    assigning: scscf.assigning.size,
    untold: scscf.untold.size,
    originalDialogs: scscf.originalDialogs.valid,
    unrestorable: [...scscf.unrestorable.values()].filter((untilMs) => untilMs > nowMs).length,
  };
}
