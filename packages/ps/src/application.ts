import type { SrfRequest, SrfResponse } from '@ims-sim/drachtio';
import { actOnPublish, actOnSubscribe } from './act.js';
import { answeredVector } from './charging-vector.js';
import { MEDIA_TYPES } from './media-type.js';
import type { Ps } from './ps.js';
import { publish } from './publish.js';
import { subscribe } from './subscribe.js';

/** The headers that the presence server reads, for an endpoint that need not show it others. */
export const READS = [
  'Call-ID',
  'Event',
  'Expires',
  'Accept',
  'P-Asserted-Identity',
  'P-Charging-Vector',
  'Content-Type',
  'SIP-If-Match',
  'Retry-After',
  'Require',
] as const;

const ALLOW = 'SUBSCRIBE, PUBLISH, OPTIONS';

/** Methods that reach an application and are none of a presence server's (RFC 3261 8.2.1). */
const OTHERS = ['message', 'notify', 'register', 'info'] as const;

/**
 * Makes the presence server a drachtio-srf application: reads requests, lets the procedures decide, and has it done. `isElsewhere`:
 * requests of that method go to another application.
 */
export function handleRequests(ps: Ps, isElsewhere: (method: string) => boolean): void {
  const { srf } = ps;
  srf.subscribe((req, res) => {
    if (requiresMore(req, res)) return;
    const decision = subscribe(ps, {
      uri: req.uri,
      dialogId: req.stackDialogId,
      event: req.get('Event'),
      expires: req.get('Expires'),
      accept: req.get('Accept'),
      assertedIdentity: fromTrusted(ps, req, 'P-Asserted-Identity'),
      chargingVector: fromTrusted(ps, req, 'P-Charging-Vector'),
    });
    actOnSubscribe(ps, res, callIdOf(req), decision);
  });
  srf.publish((req, res) => {
    if (requiresMore(req, res)) return;
    const decision = publish(ps, {
      uri: req.uri,
      event: req.get('Event'),
      expires: req.get('Expires'),
      ifMatch: req.get('SIP-If-Match'),
      contentType: req.get('Content-Type'),
      assertedIdentity: fromTrusted(ps, req, 'P-Asserted-Identity'),
      body: req.body ?? '',
    });
    const charging = answeredVector(ps, fromTrusted(ps, req, 'P-Charging-Vector'));
    actOnPublish(ps, res, callIdOf(req), decision, charging);
  });
  srf.options((req, res) => {
    if (requiresMore(req, res)) return;
    res.send(200, { headers: { Allow: ALLOW, 'Allow-Events': 'presence', Accept: MEDIA_TYPES.join(', ') } });
  });
  for (const other of OTHERS) {
    if (!isElsewhere(other.toUpperCase())) srf[other]((_req, res) => notAllowed(res));
  }
}

/** TS 24.229 4.4 and 5.7.1.4, RFC 3325 5: what somebody outside of the trust domain asserts counts for nothing, nor whom it charges. */
function fromTrusted(
  { trusted }: Ps,
  req: SrfRequest,
  name: 'P-Asserted-Identity' | 'P-Charging-Vector',
): string | undefined {
  const transport = req.protocol === 'tcp' ? 'TCP' : 'UDP';
  const remote = { address: req.source_address, port: req.source_port };
  return trusted({ transport, remote }) ? req.get(name) : undefined;
}

/** RFC 3261 8.2.2.3: this server has no extension that a request could require. True: it is answered. */
function requiresMore(req: SrfRequest, res: SrfResponse): boolean {
  const required = req.get('Require')?.trim() ?? '';
  if (required !== '') res.send(420, { headers: { Unsupported: required } });
  return required !== '';
}

function notAllowed(res: SrfResponse): void {
  res.send(405, { headers: { Allow: ALLOW } });
}

function callIdOf(req: SrfRequest): string {
  return req.get('Call-ID') ?? '';
}
