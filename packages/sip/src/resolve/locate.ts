import { isIPv4 } from 'node:net';
import type { DnsAnswer, SrvRecord } from '@ims-sim/dns';
import { chain, type Maybe } from '../maybe.js';
import type { SipUri, Uri } from '../message/uri.js';
import type { Target, Transport } from '../transport/types.js';
import { byServices, firstOf, UDP_THEN_TCP, type ServiceContext } from './services.js';

export interface LocateContext extends ServiceContext {
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

const A_THEN_AAAA: readonly (4 | 6)[] = [4, 6];
const NONE: readonly Target[] = [];

/**
 * RFC 3263 4.1 and 4.2: where a request to `uri` goes, in the order to be tried, at most `MAX_TARGETS`. Empty:
 * nowhere, for the reason that `unroutable` names, or else because the DNS has no address. Given at once, not as a
 * promise, where the resolver answers at once. Never rejects unless the resolver does.
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
  const found = byServices(name, asked, context, (records, transport) =>
    srvTargets(records, transport, context),
  );
  return chain(found, (targets) => targets ?? addressesOf(name, 5060, asked ?? fallback(context), context));
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

/** The transport that a URI names, of those that there are here. */
export function transportOf(uri: SipUri): Transport | undefined {
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

/** Whether a URI says itself where to go, so that no service of its domain is looked for (RFC 3263 4.1, 4.2). */
export function namesItsTarget(uri: SipUri): boolean {
  return uri.port !== undefined || uri.params.has('maddr') || numeric(uri.host) !== undefined;
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

function srvTargets(
  records: readonly SrvRecord[],
  transport: Transport,
  context: LocateContext,
): Maybe<readonly Target[]> {
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
