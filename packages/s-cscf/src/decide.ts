import { parseUri, type Because, type Decision, type Incoming } from '@ims-sim/sip';
import type { Maybe } from './maybe.js';
import { originatingRequest, originOf } from './originating-request.js';
import { register } from './register.js';
import { originalDialogToken, requestFromAs } from './request-from-as.js';
import type { SCscf } from './s-cscf.js';
import { subsequentRequest } from './subsequent-request.js';
import { terminatingRequest } from './terminating-request.js';

/** TS 24.229 5.4: which of the S-CSCF's procedures a request is for. */
export function decide(incoming: Incoming, scscf: SCscf): Maybe<Decision> {
  if (!scscf.trusted(incoming.source)) {
    return { kind: 'reply', status: 403, reason: 'Forbidden', because: NOT_TRUSTED };
  }
  const { request, inDialog } = incoming;
  if (request.method === 'REGISTER') {
    return register(incoming, scscf);
  }
  if (inDialog) {
    return subsequentRequest(incoming, scscf);
  }
  const token = originalDialogToken(incoming, scscf);
  if (token !== undefined) {
    return requestFromAs(incoming, token, scscf);
  }
  const origin = originOf(incoming, scscf);
  if (origin !== undefined) {
    return originatingRequest(incoming, origin, scscf);
  }
  return request.method === 'OPTIONS' && isForSCscf(request.uri, scscf)
    ? ALIVE
    : terminatingRequest(incoming, scscf);
}

const NOT_TRUSTED: Because = [{ clause: 'TS 24.229 4.4', text: 'from outside of the trust domain: 403' }];

/** RFC 3261 11.2. */
const ALIVE: Decision = {
  kind: 'reply',
  status: 200,
  reason: 'OK',
  because: [{ clause: 'RFC 3261 11.2', text: 'OPTIONS for the S-CSCF itself: 200' }],
};

function isForSCscf(requestUri: string, { names }: SCscf): boolean {
  const uri = parseUri(requestUri);
  return uri?.kind === 'sip' && uri.user === undefined && names.has(uri.host);
}
