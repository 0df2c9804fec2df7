import { isIPv4 } from 'node:net';
import type { Random } from '@ims-sim/host';
import type { DnsAnswer, NaptrRecord, RecordTypes, Resolver } from '@ims-sim/dns';
import type { SipUri, Uri } from '../message/uri.js';
import type { Target, Transport } from '../transport/types.js';
import { orderSrv } from './srv-order.js';

export interface LocateContext {
  readonly resolver: Resolver;
  readonly random: Random;
  /** What this element speaks, in its order of preference; UDP before TCP where not given. */
  readonly transports?: readonly Transport[] | undefined;
  /** Preferred where the URI names no transport (RFC 3261 18.1.1: a request too long for UDP). */
  readonly transportHint?: Transport | undefined;
  /**
   * Address families that this element can send to, in its order of preference; A before AAAA where not given. The next
   * family is asked for only where the one before it had no record, so that a hop costs one query.
   */
  readonly families?: readonly (4 | 6)[] | undefined;
}

/** Why a URI has no targets whatever the DNS says. */
export type Unroutable = 'not-sip' | 'tls-not-supported' | 'transport-not-supported';

/** Targets given for one URI, at most. */
export const MAX_TARGETS = 16;

const UDP_THEN_TCP: readonly Transport[] = ['UDP', 'TCP'];
const A_THEN_AAAA: readonly (4 | 6)[] = [4, 6];
const NONE: readonly Target[] = [];

type Maybe<T> = T | Promise<T>;

/**
 * RFC 3263 4.1 and 4.2: where a request to `uri` goes, in the order to be tried, at most `MAX_TARGETS`. Empty: nowhere,
 * for the reason that `unroutable` names, or else because the DNS has no address. Given at once, not as a promise, where the resolver
 * answers at once. Never rejects unless the resolver does.
 */
export function locate(uri: Uri, context: LocateContext): Maybe<readonly Target[]> {
  if (uri.kind !== 'sip' || unroutable(uri, context) !== undefined) {
    return NONE;
  }
  const asked = transportOf(uri);
  const name = targetName(uri);
  const address = numeric(name);
  if (address !== undefined) {
    return [{ transport: asked ?? fallback(context), address, port: uri.port ?? 5060 }];
  }
  if (uri.port !== undefined) {
    return addressesOf(name, uri.port, asked ?? fallback(context), context);
  }
  if (asked !== undefined) {
    return byService(name, [asked], context);
  }
  return byNaptr(name, context);
}

/** Says why `locate` gives nothing for this URI, without a look-up; undefined where the DNS decides. */
export function unroutable(
  uri: Uri,
  context: Pick<LocateContext, 'transports'> = {},
): Unroutable | undefined {
  if (uri.kind !== 'sip') {
    return 'not-sip';
  }
  if (uri.scheme === 'sips') {
    return 'tls-not-supported';
  }
  const transport = uri.params.get('transport');
  if (transport === undefined) {
    return undefined;
  }
  const asked = transportOf(uri);
  if (asked === undefined) {
    return String(transport).toLowerCase() === 'tls' ? 'tls-not-supported' : 'transport-not-supported';
  }
  return (context.transports ?? UDP_THEN_TCP).includes(asked) ? undefined : 'transport-not-supported';
}

function transportOf(uri: SipUri): Transport | undefined {
  if (uri.params.size === 0) {
    return undefined;
  }
  switch (uri.params.get('transport')) {
    case undefined:
      return undefined;
    case 'udp':
    case 'UDP':
      return 'UDP';
    case 'tcp':
    case 'TCP':
      return 'TCP';
    default: {
      const upper = String(uri.params.get('transport')).toUpperCase();
      return upper === 'UDP' || upper === 'TCP' ? upper : undefined;
    }
  }
}

/** RFC 3263 4: maddr where there is one, else the host. */
function targetName(uri: SipUri): string {
  const maddr = uri.params.size === 0 ? undefined : uri.params.get('maddr');
  const name = typeof maddr === 'string' ? maddr.toLowerCase() : uri.host;
  return name.endsWith('.') ? name.slice(0, -1) : name;
}

/** The IP address that a host part is; IPv6 without its brackets. */
function numeric(name: string): string | undefined {
  if (name.charCodeAt(0) === 91 /* [ */) {
    return name.slice(1, -1);
  }
  const last = name.charCodeAt(name.length - 1);
  // No top-level domain ends with a digit that an address could be mistaken for.
  return last >= 48 && last <= 57 && isIPv4(name) ? name : undefined;
}

/** RFC 3263 4.1: UDP for sip where nothing else is said, unless this element prefers otherwise. */
function fallback(context: LocateContext): Transport {
  return context.transportHint ?? (context.transports ?? UDP_THEN_TCP)[0] ?? 'UDP';
}

/** RFC 3263 4.1: no transport, no port, a name: NAPTR first. A NAPTR that nobody could ask for counts as none. */
function byNaptr(name: string, context: LocateContext): Maybe<readonly Target[]> {
  return chain(context.resolver.resolve(name, 'NAPTR'), (answer) => {
    const services = answer.kind === 'records' ? supported(answer.records, context) : [];
    return services.length > 0
      ? firstOf(services, (service) => bySrv(service.replacement, service.transport, context))
      : byService(name, preference(context), context);
  });
}

interface Service {
  readonly transport: Transport;
  readonly replacement: string;
}

/** Those NAPTRs that name a service this element speaks, by order and preference (RFC 3263 4.1, RFC 3403 4.1). */
function supported(records: readonly NaptrRecord[], context: LocateContext): readonly Service[] {
  const wanted = preference(context);
  return records
    .filter((record) => record.flags.toLowerCase() === 's' && record.replacement !== '')
    .sort((a, b) => a.order - b.order || a.preference - b.preference)
    .map((record) => ({ transport: serviceTransport(record.services), replacement: record.replacement }))
    .filter(
      (service): service is Service => service.transport !== undefined && wanted.includes(service.transport),
    )
    .slice(0, MAX_TARGETS);
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

function preference(context: LocateContext): readonly Transport[] {
  const { transports = UDP_THEN_TCP, transportHint } = context;
  if (transportHint === undefined || transportHint === transports[0]) {
    return transports;
  }
  return [transportHint, ...transports.filter((transport) => transport !== transportHint)];
}

/**
 * RFC 3263 4.1 and 4.2 without a NAPTR: SRV for each transport in turn, the first that has records is the one; none has: A and
 * AAAA with the default port.
 */
function byService(
  name: string,
  transports: readonly Transport[],
  context: LocateContext,
): Maybe<readonly Target[]> {
  const trySrv = (index: number): Maybe<readonly Target[]> => {
    const transport = transports[index];
    if (transport === undefined) {
      return addressesOf(name, 5060, transports[0] ?? 'UDP', context);
    }
    const service = transport === 'UDP' ? `_sip._udp.${name}` : `_sip._tcp.${name}`;
    return chain(context.resolver.resolve(service, 'SRV'), (answer) =>
      answer.kind === 'records' ? srvTargets(answer, transport, context) : trySrv(index + 1),
    );
  };
  return trySrv(0);
}

function bySrv(service: string, transport: Transport, context: LocateContext): Maybe<readonly Target[]> {
  return chain(context.resolver.resolve(service, 'SRV'), (answer) =>
    answer.kind === 'records' ? srvTargets(answer, transport, context) : NONE,
  );
}

function srvTargets(
  answer: DnsAnswer<RecordTypes['SRV']> & { kind: 'records' },
  transport: Transport,
  context: LocateContext,
): Maybe<readonly Target[]> {
  const records = orderSrv(answer.records, context.random);
  const only = records[0];
  if (records.length === 1 && only !== undefined) {
    return addressesOf(only.target, only.port, transport, context);
  }
  const targets: Target[] = [];
  const next = (index: number): Maybe<readonly Target[]> => {
    const record = records[index];
    if (record === undefined || targets.length >= MAX_TARGETS) {
      return targets.slice(0, MAX_TARGETS);
    }
    return chain(addressesOf(record.target, record.port, transport, context), (found) => {
      targets.push(...found);
      return next(index + 1);
    });
  };
  return next(0);
}

function addressesOf(
  name: string,
  port: number,
  transport: Transport,
  context: LocateContext,
): Maybe<readonly Target[]> {
  return firstOf(context.families ?? A_THEN_AAAA, (family) =>
    chain<DnsAnswer<{ readonly address: string }>, readonly Target[]>(
      context.resolver.resolve(name, family === 4 ? 'A' : 'AAAA'),
      (answer) =>
        answer.kind === 'records'
          ? answer.records.slice(0, MAX_TARGETS).map(({ address }) => ({ transport, address, port }))
          : NONE,
    ),
  );
}

/** The first list that is not empty. */
function firstOf<T>(
  candidates: readonly T[],
  find: (candidate: T) => Maybe<readonly Target[]>,
  from = 0,
): Maybe<readonly Target[]> {
  const candidate = candidates[from];
  if (candidate === undefined) {
    return NONE;
  }
  return chain(find(candidate), (found) => (found.length > 0 ? found : firstOf(candidates, find, from + 1)));
}

/** `then` that does not leave the turn for a value that is known. */
function chain<T, U>(value: Maybe<T>, next: (value: T) => Maybe<U>): Maybe<U> {
  return value instanceof Promise ? value.then(next) : next(value);
}
