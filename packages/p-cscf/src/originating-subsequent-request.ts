import { addresses, withHeaders, type Because, type Decision, type Incoming } from '@ims-sim/sip';
import { assertedIdentity, hasHint } from './identity.js';
import type { PCscf } from './p-cscf.js';
import { refreshesTarget, withProtectedRecordRoute } from './record-route.js';
import type { Ue } from './registration.js';
import { intoTheNetwork, toTheUe } from './trust-boundary.js';

/**
 * TS 24.229 5.2.6.3.5 and 5.2.6.3.9: a request within a dialog from a registered UE.
 *
 * Deviation: the clause compares with the stored dialog and puts the stored route set into Route. A P-CSCF that keeps
 * a record for each of a million subscriptions of two hours is what this one is not; it looks at what such a check is
 * for, that a UE cannot get past its S-CSCF: the Route after the own entry must lead to the S-CSCF of the
 * Service-Route.
 */
export function originatingSubsequentRequest(incoming: Incoming, ue: Ue, pcscf: PCscf): Decision {
  const { request } = incoming;
  if (!leadsToOwnSCscf(incoming, ue)) {
    return { kind: 'reply', status: 403, reason: 'Forbidden', because: ROUTE_OF_ITS_OWN };
  }
  const asserted = hasHint(request) ? assertedIdentity(request, ue, pcscf)?.identity.asserted : undefined;
  return {
    kind: 'forward',
    request: withHeaders(request, intoTheNetwork(request.headers, { asserted, hinted: true })),
    recordRoute: refreshesTarget(request, pcscf) ? pcscf.ownUri : undefined,
    onResponse:
      ue.association === undefined
        ? toTheUe
        : (response) => withProtectedRecordRoute(toTheUe(response), pcscf),
    because: WITHIN_DIALOG,
  };
}

const ROUTE_OF_ITS_OWN: Because = [
  {
    clause: 'TS 24.229 5.2.6.3.5',
    text: "within a dialog, and Route does not lead to the S-CSCF of the UE's Service-Route: 403",
  },
];

const WITHIN_DIALOG: Because = [
  { clause: 'TS 24.229 5.2.6.3.9', text: 'from a registered UE within a dialog: along the Route' },
];

function leadsToOwnSCscf({ request, ownRoutes }: Incoming, { registrations }: Ue): boolean {
  const next = addresses(request, 'route')[0]?.uri;
  if (ownRoutes.length === 0 || next?.kind !== 'sip') {
    return false;
  }
  return registrations.some(({ serviceRoute }) =>
    serviceRoute.some(({ uri }) => uri.kind === 'sip' && uri.host === next.host),
  );
}
