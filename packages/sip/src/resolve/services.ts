import type { NaptrRecord, Resolver, SrvRecord } from '@ims-sim/dns';
import type { Random } from '@ims-sim/host';
import { chain, type Maybe } from '../maybe.js';
import type { Transport } from '../transport/types.js';
import { orderSrv } from './srv-order.js';

/** What the look-ups of RFC 3263 go by. */
export interface ServiceContext {
  readonly resolver: Resolver;
  readonly random: Random;
  /** What this element speaks, in its order of preference; UDP before TCP where not given. */
  readonly transports?: readonly Transport[] | undefined;
  /** Preferred where the URI names no transport (RFC 3261 18.1.1: a request too long for UDP). */
  readonly transportHint?: Transport | undefined;
}

export const UDP_THEN_TCP: readonly Transport[] = ['UDP', 'TCP'];

/** NAPTR services tried for one domain, at most. */
const MAX_SERVICES = 16;

/** What the caller makes of the SRV records of one service, which are in the order to be tried. */
export type UseService<T> = (servers: readonly SrvRecord[], transport: Transport) => Maybe<readonly T[]>;

/**
 * RFC 3263 4.1 and 4.2 for a name without a port: by NAPTR where no transport is `asked` for, else, and where there
 * is no NAPTR, by SRV for each transport in turn. Gives what `use` makes of the first service that has something;
 * undefined: the domain has no services, so the name is a host's. A NAPTR that nobody could ask for counts as none.
 */
export function byServices<T>(
  name: string,
  asked: Transport | undefined,
  context: ServiceContext,
  use: UseService<T>,
): Maybe<readonly T[] | undefined> {
  if (asked !== undefined) {
    return bySrv(name, [asked], context, use);
  }
  const transports = preference(context);
  return chain(context.resolver.resolve(name, 'NAPTR'), (answer) => {
    const services = answer.kind === 'records' ? supported(answer.records, transports) : [];
    return services.length > 0
      ? firstOf(services, (service) => ofService(service, context, use))
      : bySrv(name, transports, context, use);
  });
}

interface Service {
  readonly name: string;
  readonly transport: Transport;
}

function ofService<T>(
  { name, transport }: Service,
  { resolver, random }: ServiceContext,
  use: UseService<T>,
): Maybe<readonly T[]> {
  return chain(resolver.resolve(name, 'SRV'), (answer) =>
    answer.kind === 'records' ? use(orderSrv(answer.records, random), transport) : [],
  );
}

/** The first transport whose SRV name has records is the one, whatever comes of them. */
function bySrv<T>(
  name: string,
  transports: readonly Transport[],
  context: ServiceContext,
  use: UseService<T>,
  from = 0,
): Maybe<readonly T[] | undefined> {
  const transport = transports[from];
  if (transport === undefined) {
    return undefined;
  }
  const service = transport === 'UDP' ? `_sip._udp.${name}` : `_sip._tcp.${name}`;
  return chain(context.resolver.resolve(service, 'SRV'), (answer): Maybe<readonly T[] | undefined> =>
    answer.kind === 'records'
      ? use(orderSrv(answer.records, context.random), transport)
      : bySrv(name, transports, context, use, from + 1),
  );
}

/** Those NAPTRs that name a service this element speaks, by order and preference (RFC 3263 4.1, RFC 3403 4.1). */
function supported(records: readonly NaptrRecord[], wanted: readonly Transport[]): readonly Service[] {
  return records
    .filter((record) => record.flags.toLowerCase() === 's' && record.replacement !== '')
    .sort((a, b) => a.order - b.order || a.preference - b.preference)
    .flatMap(({ services, replacement }) => {
      const transport = serviceTransport(services);
      return transport !== undefined && wanted.includes(transport) ? [{ name: replacement, transport }] : [];
    })
    .slice(0, MAX_SERVICES);
}

function serviceTransport(services: string): Transport | undefined {
  switch (services.toUpperCase()) {
    case 'SIP+D2U':
      return 'UDP';
    case 'SIP+D2T':
      return 'TCP';
    default:
      return undefined;
  }
}

function preference({ transports = UDP_THEN_TCP, transportHint }: ServiceContext): readonly Transport[] {
  return transportHint === undefined || transportHint === transports[0]
    ? transports
    : [transportHint, ...transports.filter((transport) => transport !== transportHint)];
}

/** The first list that is not empty. */
export function firstOf<C, T>(
  candidates: readonly C[],
  find: (candidate: C) => Maybe<readonly T[]>,
  from = 0,
): Maybe<readonly T[]> {
  const candidate = candidates[from];
  if (candidate === undefined) {
    return [];
  }
  return chain(find(candidate), (found) => (found.length > 0 ? found : firstOf(candidates, find, from + 1)));
}
