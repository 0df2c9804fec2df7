import type { Uri } from '../message/uri.js';
import { chain, type Maybe } from '../maybe.js';
import type { Transport } from '../transport/types.js';
import { MAX_TARGETS, namesItsTarget, transportOf, unroutable } from './locate.js';
import { byServices, type ServiceContext } from './services.js';

/** A server of a domain, as an SRV record names it. */
export interface Server {
  readonly host: string;
  readonly port: number;
  readonly transport: Transport;
}

/**
 * The servers of the domain in `uri` by name, in the order to be tried, at most `MAX_TARGETS`: `locate` without its
 * last step, for an element that puts the server's name into Route. Empty where the domain has no SRV records, and
 * where the URI says itself where to go (an address, a port, maddr) or can be sent nowhere.
 */
export function serversOf(uri: Uri, context: ServiceContext): Maybe<readonly Server[]> {
  if (uri.kind !== 'sip' || unroutable(uri, context) !== undefined || namesItsTarget(uri)) {
    return [];
  }
  const found = byServices(uri.host, transportOf(uri), context, (records, transport) =>
    records.slice(0, MAX_TARGETS).map(({ target, port }): Server => ({ host: target, port, transport })),
  );
  return chain(found, (servers) => servers ?? []);
}
