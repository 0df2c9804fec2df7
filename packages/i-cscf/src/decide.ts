import { addresses, aliveReply, type Because, type Decision, type Incoming, type Maybe } from '@ims-sim/sip';
import type { ICscf } from './i-cscf.js';
import { initialRequest, originatingRequest } from './initial-request.js';
import { register } from './register.js';

/** TS 24.229 5.3: which of the I-CSCF's procedures a request is for. */
export function decide(incoming: Incoming, icscf: ICscf): Maybe<Decision> {
  const { request, ownRoutes, inDialog } = incoming;
  if (request.method === 'REGISTER') {
    return register(incoming, icscf);
  }
  const alive = aliveReply(incoming, icscf.names);
  if (alive !== undefined) {
    return alive;
  }
  if (inDialog) {
    return subsequentRequest(incoming, icscf);
  }
  const own = ownRoutes[0]?.uri;
  return own?.kind === 'sip' && own.params.has('orig')
    ? originatingRequest(incoming, icscf)
    : initialRequest(incoming, icscf);
}

/**
 * TS 24.229 5.3.2.1: the I-CSCF is in no dialog's route set. A request within one that still names it on top is sent
 * on along the rest of its Route; one that has no Route is nobody's here. A stranger is led nowhere (4.4): those on the
 * way would trust what comes from the I-CSCF.
 */
function subsequentRequest({ request, source, ownRoutes }: Incoming, icscf: ICscf): Decision {
  const { viaName } = icscf;
  if (!icscf.trusted(source)) {
    return { kind: 'reply', status: 403, reason: 'Forbidden', because: NOT_TRUSTED };
  }
  return ownRoutes.length > 0 && addresses(request, 'route').length > 0
    ? { kind: 'forward', request, sentBy: viaName, because: ALONG_ROUTE }
    : { kind: 'reply', status: 481, reason: 'Call/Transaction Does Not Exist', because: NOT_IN_DIALOG };
}

const ALONG_ROUTE: Because = [{ clause: 'TS 24.229 5.3.2.1', text: 'within a dialog: along the Route' }];
const NOT_TRUSTED: Because = [
  { clause: 'TS 24.229 4.4', text: 'within a dialog, from outside of the trust domain: 403' },
];
const NOT_IN_DIALOG: Because = [
  { clause: 'TS 24.229 5.3.2.1', text: 'within a dialog that the I-CSCF is not in: 481' },
];
