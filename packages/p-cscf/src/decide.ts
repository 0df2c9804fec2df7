import { aliveReply, type Decision, type Incoming } from '@ims-sim/sip';
import { originatingInitialRequest } from './originating-initial-request.js';
import { originatingSubsequentRequest } from './originating-subsequent-request.js';
import type { PCscf } from './p-cscf.js';
import { register } from './register.js';
import { terminatingRequest } from './terminating-request.js';

/**
 * TS 24.229 5.2: which of the P-CSCF's procedures a request is for. What comes from the address, port and transport
 * of a registered UE is that UE's, whatever else it says; everything else must come from the trust domain towards a
 * UE.
 */
export function decide(incoming: Incoming, pcscf: PCscf): Decision {
  const { request, inDialog } = incoming;
  if (request.method === 'REGISTER') {
    return register(incoming, pcscf);
  }
  const ue = pcscf.registrations.at(incoming.source);
  if (ue !== undefined) {
    return inDialog
      ? originatingSubsequentRequest(incoming, ue, pcscf)
      : originatingInitialRequest(incoming, ue, pcscf);
  }
  return aliveReply(incoming, pcscf.names) ?? terminatingRequest(incoming, pcscf);
}
