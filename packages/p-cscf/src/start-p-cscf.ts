import type { Endpoint, Host } from '@ims-sim/host';
import {
  DEFAULT_TIMERS,
  reply,
  startProxy,
  type Profile,
  type Proxy,
  type Source,
  type StackOptions,
  type TimerSettings,
} from '@ims-sim/sip';
import { chargingVector } from './charging-vector.js';
import { decide } from './decide.js';
import type { PCscf, ProtectedPorts } from './p-cscf.js';
import { pathUri } from './path.js';
import { RegEventSubscriptions } from './reg-event/reg-event-subscriptions.js';
import { KeptOnce } from './kept-once.js';
import { DEFAULT_LIMITS, Registrations, type RegistrationLimits } from './registrations.js';
import { SecurityAssociations } from './security-associations.js';

export interface PCscfOptions {
  readonly host: Host;
  /** The same address and port for UDP and TCP; port 0 finds a free one. */
  readonly listen: Endpoint;
  readonly resolver: StackOptions['resolver'];
  /** Host names of this element; the first is the sent-by of its Vias and stands in Path and Record-Route. */
  readonly names: readonly [string, ...string[]];
  readonly profile: Profile;
  /** `none`, where not given: see `PCscf.auth`. */
  readonly auth?: 'none' | 'required' | undefined;
  /**
   * TS 33.203 7.1: the ports for UEs that agree on a security association, at the address of `listen`; free ones where not given.
   * With `auth: none` there are none.
   */
  readonly protectedPorts?: { readonly client: number; readonly server: number } | undefined;
  /**
   * Whether it subscribes to the registration state of its users (5.2.3). Where not given it does, but for profile `tr-24.841` with
   * `auth: none`, whose flow has no such thing.
   */
  readonly regEvent?: boolean | undefined;
  /** See `PCscf.homeDomains`. Without them any: on a network that strangers reach they are needed. */
  readonly homeDomains?: readonly string[] | undefined;
  /** The network that this P-CSCF is in, e.g. `home1.net`. */
  readonly visitedNetwork: string;
  /**
   * Which sources are elements of the trust domain. Any, where not given: on one machine an address tells nothing. A P-CSCF
   * that strangers reach needs it: else they can send to a registered contact as if they were the S-CSCF.
   */
  readonly trusted?: ((source: Source) => boolean) | undefined;
  readonly limits?: (Partial<RegistrationLimits> & { readonly associations?: number }) | undefined;
  readonly tcpAboveBytes?: number | undefined;
  readonly timers?: Partial<TimerSettings> | undefined;
}

export interface RunningPCscf {
  readonly listening: Endpoint;
  /** Undefined where no security agreement is made. */
  readonly protectedListening: ProtectedPorts | undefined;
  /** The UEs that are registered through it. */
  readonly registrations: Registrations;
  readonly associations: SecurityAssociations;
  /** How many entries its tables have; of those that are swept when full, what is still valid. */
  tables(): Readonly<Record<string, number>>;
  close(): Promise<void>;
}

/**
 * Starts a P-CSCF (TS 24.229 5.2). Rejects where `listen`, or a protected port, cannot be bound.
 *
 * Deviation: of TS 23.380 5, restoration after a P-CSCF's failure, nothing is done: it takes a PCRF or an HSS that tells the S-CSCF to
 * have the UE register anew. A P-CSCF that was restarted knows nobody: a UE's requests get 403 (5.2.6.3.1), what the network sends it
 * gets 404, and its next REGISTER, protected or not, is challenged and makes it known again.
 */
export async function startPCscf(options: PCscfOptions): Promise<RunningPCscf> {
  const { names, profile } = options;
  const started: { pcscf?: PCscf } = {}; // it names ports that are known once they are bound
  const proxy = await startProxy({
    host: options.host,
    listen: options.listen,
    further: furtherPorts(options),
    resolver: options.resolver,
    names: names.map((name) => name.toLowerCase()),
    sentBy: names[0],
    // Table 6.1.1-2 ff.: no 100 to a SUBSCRIBE from the P-CSCF.
    trying: profile === 'tr-24.841' ? 'never' : 'rfc4320',
    // RFC 3329 2.4: the option is known where an agreement may be made, or the profile has it in its flows.
    ...(profile === 'ts-24.141' || options.auth === 'required' ? { proxyRequire: ['sec-agree'] } : {}),
    timers: options.timers,
    tcpAboveBytes: options.tcpAboveBytes,
    schemes: ['pres', 'im'],
    decide: (incoming) =>
      started.pcscf === undefined ? reply(503, 'Service Unavailable') : decide(incoming, started.pcscf),
  });
  const known = pCscf(options, proxy);
  const regEvent = regEventOf(options, known, proxy);
  const running = { ...known, regEvent };
  started.pcscf = running;
  return {
    listening: proxy.stack.listening,
    protectedListening: running.protectedPorts,
    registrations: running.registrations,
    associations: running.associations,
    tables: () => ({
      ...proxy.stack.tables(),
      registrations: running.registrations.valid,
      securityAssociations: running.associations.valid,
      regEventSubscriptions: regEvent?.size ?? 0,
    }),
    close: async () => {
      regEvent?.close();
      await proxy.close();
    },
  };
}

function pCscf(options: PCscfOptions, { stack }: Proxy): PCscf {
  const { host, names } = options;
  const [client, server] = stack.furtherListening;
  return {
    registrations: new Registrations(host.clock, options.limits),
    keptOnce: new KeptOnce(),
    associations: new SecurityAssociations(host.clock, options.limits?.associations),
    profile: options.profile,
    auth: options.auth ?? 'none',
    protectedPorts: client === undefined || server === undefined ? undefined : { client, server },
    names: new Set(names.map((name) => name.toLowerCase())),
    ownUri: `sip:${names[0]};lr`,
    homeDomains: options.homeDomains && new Set(options.homeDomains.map((name) => name.toLowerCase())),
    visitedNetwork: options.visitedNetwork,
    trusted: options.trusted ?? (() => true),
    leftoverMs: 64 * (options.timers?.t1Ms ?? DEFAULT_TIMERS.t1Ms),
    clock: host.clock,
    random: host.random,
    trace: host.trace,
  };
}

function regEventOf(
  options: PCscfOptions,
  pcscf: PCscf,
  { stack }: Proxy,
): RegEventSubscriptions | undefined {
  const { host, names, profile, auth = 'none' } = options;
  if (!(options.regEvent ?? !(profile === 'tr-24.841' && auth === 'none'))) {
    return undefined;
  }
  const { clock, log, trace, random } = host;
  const charging = () => (profile === 'ts-24.141' ? chargingVector(pcscf) : undefined);
  const asserted = pathUri(pcscf).replace(/;lr$/, '');
  const self = { uri: `sip:${names[0]}`, asserted, charging, random };
  const max = options.limits?.registrations ?? DEFAULT_LIMITS.registrations;
  return new RegEventSubscriptions({ self, stack, clock, log, trace, max }, pcscf);
}

function furtherPorts({ auth, listen: { address }, protectedPorts }: PCscfOptions): readonly Endpoint[] {
  const { client = 0, server = 0 } = protectedPorts ?? {};
  return auth === 'required'
    ? [
        { address, port: client },
        { address, port: server },
      ]
    : [];
}
