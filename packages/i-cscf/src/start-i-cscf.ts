import type { Cx } from '@ims-sim/cx';
import type { Endpoint, Host } from '@ims-sim/host';
import { startProxy, type Profile, type Source, type StackOptions, type TimerSettings } from '@ims-sim/sip';
import { decide } from './decide.js';
import type { ICscf, SCscfCandidate } from './i-cscf.js';
import { SilentServers } from './silent-servers.js';

export interface ICscfOptions {
  readonly host: Host;
  /** The same address and port for UDP and TCP; port 0 finds a free one. */
  readonly listen: Endpoint;
  readonly resolver: StackOptions['resolver'];
  /** Every host name of this element; the first is the sent-by of what it answers. */
  readonly names: readonly [string, ...string[]];
  /** The sent-by of its Vias where it is another of its names (TR 24.841 table 6.1.1-8: `icscf2_s.home2.net`). */
  readonly viaName?: string | undefined;
  readonly cx: Cx;
  readonly profile: Profile;
  /** The home domain that it is the entry of, e.g. `home2.net`. */
  readonly domain: string;
  readonly sCscfs: readonly SCscfCandidate[];
  /** Which sources are of the trust domain; any, where not given. From others nothing is believed, and no REGISTER taken. */
  readonly trusted?: ((source: Source) => boolean) | undefined;
  /** The HSS that the S-CSCFs are told to ask, e.g. `aaa://hss1.home1.net` (RFC 4457); absent: they know. */
  readonly userDatabase?: string | undefined;
  readonly tcpAboveBytes?: number | undefined;
  readonly timers?: Partial<TimerSettings> | undefined;
}

export interface RunningICscf {
  readonly listening: Endpoint;
  /** How many entries its tables have. */
  tables(): Readonly<Record<string, number>>;
  close(): Promise<void>;
}

/** Starts an I-CSCF (TS 24.229 5.3). Rejects where `listen` cannot be bound. */
export async function startICscf(options: ICscfOptions): Promise<RunningICscf> {
  const { host, names, profile } = options;
  const icscf: ICscf = {
    cx: options.cx,
    profile,
    domain: options.domain.toLowerCase(),
    names: new Set(names.map((name) => name.toLowerCase())),
    viaName: options.viaName,
    sCscfs: options.sCscfs,
    silent: new SilentServers(host.clock),
    trusted: options.trusted ?? (() => true),
    userDatabase: options.userDatabase,
    random: host.random,
    trace: host.trace,
  };
  const proxy = await startProxy({
    host,
    listen: options.listen,
    resolver: options.resolver,
    names: [...icscf.names],
    sentBy: names[0],
    // Table 6.1.1-6; RFC 4320 4.1 later forbade it.
    trying: profile === 'tr-24.841' ? 'at-once' : 'rfc4320',
    timers: options.timers,
    tcpAboveBytes: options.tcpAboveBytes,
    schemes: ['pres', 'im'],
    decide: (incoming) => decide(incoming, icscf),
  });
  return {
    listening: proxy.stack.listening,
    tables: () => ({ ...proxy.stack.tables(), silentServers: icscf.silent.size }),
    close: () => proxy.close(),
  };
}
