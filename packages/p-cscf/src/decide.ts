import { aliveReply, reply, type Because, type Decision, type Incoming } from '@ims-sim/sip';
import { originatingInitialRequest } from './originating-initial-request.js';
import { originatingSubsequentRequest } from './originating-subsequent-request.js';
import type { PCscf } from './p-cscf.js';
import { securityAgreementRequired } from './protection.js';
import { register } from './register.js';
import { mechanisms, normalised, ownMechanisms } from './security-mechanism.js';
import { terminatingRequest } from './terminating-request.js';

/**
 * TS 24.229 5.2: which of the P-CSCF's procedures a request is for. What comes over a security association, or from the
 * address, port and transport of a registered UE, is that UE's, whatever else it says; everything else must come from the
 * trust domain towards a UE.
 */
export function decide(incoming: Incoming, pcscf: PCscf): Decision {
  const { request, source } = incoming;
  if (request.method === 'REGISTER') {
    return register(incoming, pcscf);
  }
  const { protectedPorts, associations } = pcscf;
  if (protectedPorts !== undefined) {
    const { port } = source.local;
    if (port === protectedPorts.server.port) {
      return overAssociation(incoming, pcscf);
    }
    if (port === protectedPorts.client.port) {
      return reply(403, 'Forbidden', { because: NO_ASSOCIATION }); // only responses come there
    }
    if (associations.size > 0 && associations.inUse(source, request) !== undefined) {
      return reply(403, 'Forbidden', { because: NOT_PROTECTED });
    }
  }
  const ue = pcscf.registrations.at(source);
  if (ue !== undefined) {
    return incoming.inDialog
      ? originatingSubsequentRequest(incoming, ue, pcscf)
      : originatingInitialRequest(incoming, ue, pcscf);
  }
  return (
    aliveReply(incoming, pcscf.names) ??
    pcscf.regEvent?.notified(incoming) ??
    terminatingRequest(incoming, pcscf)
  );
}

/**
 * 5.2.6.3.1: nothing but what a UE sends that is registered over an association comes to the protected ports. It says in
 * Security-Verify which one, in every request (5.1.2A.1.1); in an ACK it may not (RFC 3329 2.6).
 */
function overAssociation(incoming: Incoming, pcscf: PCscf): Decision {
  const { request, source, inDialog } = incoming;
  const { associations, registrations } = pcscf;
  const verified = request.method === 'ACK' ? undefined : normalised(mechanisms(request, 'security-verify'));
  const association = associations.inUse(source, request, verified);
  const ue = association && registrations.at(association.source, association);
  if (association === undefined || ue === undefined) {
    const reached = associations.reached(source, request);
    return reached.length === 0 || reached.some(({ agreed }) => agreed === verified)
      ? reply(403, 'Forbidden', { because: NO_ASSOCIATION })
      : securityAgreementRequired(NOT_VERIFIED, ownMechanisms());
  }
  return inDialog
    ? originatingSubsequentRequest(incoming, ue, pcscf)
    : originatingInitialRequest(incoming, ue, pcscf);
}

const NOT_PROTECTED: Because = [
  {
    clause: 'TS 33.203 7.1',
    text: 'from a UE that has a security association, and not over it: 403',
  },
];
const NO_ASSOCIATION: Because = [
  {
    clause: 'TS 24.229 5.2.6.3.1',
    text: 'to a protected port, and nobody is registered over an association from there: 403',
  },
];
const NOT_VERIFIED: Because = [
  {
    clause: 'RFC 3329 2.4',
    text: 'Security-Verify is not there, or not the Security-Server that was given: 494',
  },
];
