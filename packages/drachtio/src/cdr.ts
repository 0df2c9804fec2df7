import type { SipMessage } from '@ims-sim/sip';
import type { Endpoint } from './endpoint.js';

/** A call data record in drachtio-server's words; of calls that are proxied there is one for either side. */
export type Cdr =
  | { readonly kind: 'attempt' }
  | { readonly kind: 'start'; readonly role: 'uas' | 'uac' | 'proxy-uas' | 'proxy-uac' }
  | { readonly kind: 'stop'; readonly reason: CdrReason };

export type CdrReason =
  | 'call-rejected'
  | 'call-canceled'
  | 'normal-release'
  | 'session-expired'
  | 'system-initiated-termination'
  | 'system-error-initiated-termination';

/**
 * Tells one of the applications that asked for such records (`srf.on('cdr:start', …)`), each in its turn. `message` is what the record
 * is of, `source` who sent that. Nothing where the endpoint is not to write them (drachtio-server's `<cdrs>`).
 */
export function writeCdr(
  endpoint: Endpoint,
  source: 'network' | 'application',
  cdr: Cdr,
  message: SipMessage,
): void {
  if (!endpoint.writesCdrs) return;
  const verb = `cdr:${cdr.kind}`;
  const takers = endpoint.apps.filter((app) => app.authenticated && app.handles(verb));
  const app = takers[endpoint.cdrs++ % takers.length];
  if (app === undefined) return;
  const rest = cdr.kind === 'start' ? `|${cdr.role}` : cdr.kind === 'stop' ? `|${cdr.reason}` : '';
  app.send(`${endpoint.newId()}|${verb}|${source}|${endpoint.timeToken()}${rest}`, app.show(message));
}

/** Why a call is over that was refused with this status. */
export function refusedBy(status: number): Cdr {
  return { kind: 'stop', reason: status === 487 ? 'call-canceled' : 'call-rejected' };
}

export const ATTEMPT: Cdr = { kind: 'attempt' };
export const RELEASED: Cdr = { kind: 'stop', reason: 'normal-release' };
