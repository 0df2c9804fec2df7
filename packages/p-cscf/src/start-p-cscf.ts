import type { Endpoint, Host } from '@ims-sim/host';
import { startProxy, type Profile, type Source, type StackOptions, type TimerSettings } from '@ims-sim/sip';
import { decide } from './decide.js';
import type { PCscf } from './p-cscf.js';
import { Registrations, type RegistrationLimits } from './registrations.js';

export interface PCscfOptions {
  readonly host: Host;
  /** The same address and port for UDP and TCP; port 0 finds a free one. */
  readonly listen: Endpoint;
  readonly resolver: StackOptions['resolver'];
  /** Host names of this element; the first is the sent-by of its Vias and stands in Path and Record-Route. */
  readonly names: readonly [string, ...string[]];
  readonly profile: Profile;
  /** See `PCscf.homeDomain`. */
  readonly homeDomain?: string | undefined;
  /** The network that this P-CSCF is in, e.g. `home1.net`. */
  readonly visitedNetwork: string;
  /**
   * Which sources are elements of the trust domain. Any, where not given: on one machine an address tells nothing. A P-CSCF
   * that strangers reach needs it: else they can send to a registered contact as if they were the S-CSCF.
   */
  readonly trusted?: ((source: Source) => boolean) | undefined;
  readonly limits?: Partial<RegistrationLimits> | undefined;
  readonly tcpAboveBytes?: number | undefined;
  readonly timers?: Partial<TimerSettings> | undefined;
}

export interface RunningPCscf {
  readonly listening: Endpoint;
  /** The UEs that are registered through it. */
  readonly registrations: Registrations;
  close(): Promise<void>;
}

/** Starts a P-CSCF (TS 24.229 5.2). Rejects where `listen` cannot be bound. */
export async function startPCscf(options: PCscfOptions): Promise<RunningPCscf> {
  const { host, names, profile, visitedNetwork } = options;
  const registrations = new Registrations(host.clock, options.limits);
  const pcscf: PCscf = {
    registrations,
    profile,
    names: new Set(names.map((name) => name.toLowerCase())),
    ownUri: `sip:${names[0]};lr`,
    homeDomain: options.homeDomain?.toLowerCase(),
    visitedNetwork,
    trusted: options.trusted ?? (() => true),
    clock: host.clock,
    random: host.random,
    trace: host.trace,
  };
  const proxy = await startProxy({
    host,
    listen: options.listen,
    resolver: options.resolver,
    names: [...pcscf.names],
    sentBy: names[0],
    // Table 6.1.1-2 ff.: no 100 to a SUBSCRIBE from the P-CSCF.
    trying: profile === 'tr-24.841' ? 'never' : 'rfc4320',
    ...(profile === 'ts-24.141' ? { proxyRequire: ['sec-agree'] } : {}),
    timers: options.timers,
    tcpAboveBytes: options.tcpAboveBytes,
    schemes: ['pres', 'im'],
    decide: (incoming) => decide(incoming, pcscf),
  });
  return { listening: proxy.stack.listening, registrations, close: () => proxy.close() };
}
