import { aliveReply, type Because, type Decision, type Incoming, type Maybe } from '@ims-sim/sip';
import { afterRestart, lostOrigin } from './originating-after-restart.js';
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
  if (request.method === 'SUBSCRIBE') {
    const answered = scscf.registrationEvents?.subscribe(incoming);
    if (answered !== undefined) {
      return answered;
    }
  }
  if (inDialog) {
    return subsequentRequest(incoming, scscf);
  }
  const token = originalDialogToken(incoming, scscf);
  if (token !== undefined) {
    return requestFromAs(incoming, token, scscf);
  }
  const origin = originOf(incoming, scscf);
  const lost = lostOrigin(incoming, origin, scscf);
  if (lost !== undefined) {
    return afterRestart(incoming, lost, origin, scscf);
  }
  if (origin !== undefined) {
    return originatingRequest(incoming, origin, scscf);
  }
  return aliveReply(incoming, scscf.names) ?? terminatingRequest(incoming, scscf);
}

const NOT_TRUSTED: Because = [{ clause: 'TS 24.229 4.4', text: 'from outside of the trust domain: 403' }];
