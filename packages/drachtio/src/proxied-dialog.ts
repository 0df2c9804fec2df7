import { createHmac } from 'node:crypto';
import {
  addresses,
  callId,
  forward,
  isOwn,
  parseNameAddr,
  parseUri,
  preprocess,
  validate,
  type ServerTransaction,
  type SipRequest,
} from '@ims-sim/sip';
import { RELEASED, writeCdr } from './cdr.js';
import type { Endpoint } from './endpoint.js';

/**
 * The Record-Route of a request that an application proxies and whose dialog it stays in; `given` is the application's own. `dlg` is
 * proof that the endpoint wrote it for this call: nobody else's requests are passed on.
 */
export function recordedUri(endpoint: Endpoint, request: SipRequest, given: string | undefined): string {
  const address = given === undefined ? undefined : parseNameAddr(given);
  const own = address?.uri.kind === 'sip' ? address.uriText : `sip:${endpoint.stack.sentBy};lr`;
  return `${own};dlg=${proofOf(endpoint, request)}`;
}

/**
 * RFC 3261 16.12: a request within a dialog that an application only proxied goes along its Route; as with a real drachtio-server the
 * application is not asked. False: it is not one.
 */
export function passAlong(endpoint: Endpoint, transaction: ServerTransaction): boolean {
  const { request: received, source } = transaction;
  const { request, ownRoutes } = preprocess(received, endpoint.own, source);
  const own = ownRoutes[0]?.uri;
  if (own?.kind !== 'sip' || own.params.get('dlg') !== proofOf(endpoint, request)) return false;
  const next = addresses(request, 'route')[0]?.uri ?? parseUri(request.uri);
  if (next === undefined || isOwn(next, endpoint.own, source)) return false;
  const refusal = validate(request, { proxyRequire: NONE, passes: endpoint.passes });
  if (refusal === undefined && received.method === 'BYE') writeCdr(endpoint, 'network', RELEASED, received);
  endpoint.actor.act(refusal ?? forward(request), transaction);
  return true;
}

const NONE: ReadonlySet<string> = new Set();

/** The same after a restart, and short: 66 bits. */
function proofOf({ secret }: Endpoint, request: SipRequest): string {
  return createHmac('sha256', secret)
    .update(callId(request) ?? '')
    .digest('base64url')
    .slice(0, 11);
}
