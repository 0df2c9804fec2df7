import {
  addresses,
  header,
  uriEquals,
  withHeaders,
  type Because,
  type Decision,
  type Header,
  type Incoming,
  type NameAddr,
} from '@ims-sim/sip';
import { chargingVector } from './charging-vector.js';
import { assertedIdentity, type Asserted } from './identity.js';
import type { PCscf } from './p-cscf.js';
import { orRegisterAnew } from './register-anew.js';
import { mayMakeDialog, withProtectedRecordRoute } from './record-route.js';
import type { Ue } from './registration.js';
import { intoTheNetwork, toTheUe } from './trust-boundary.js';

/**
 * TS 24.229 5.2.6.3.3 and 5.2.6.3.7: an initial request for a dialog, or a standalone one, from a registered UE.
 * Asserts who sends it, routes it along the Service-Route of the registration, and stays in the dialog.
 */
export function originatingInitialRequest(incoming: Incoming, ue: Ue, pcscf: PCscf): Decision {
  const { request } = incoming;
  const asserted = assertedIdentity(request, ue, pcscf);
  if (asserted === undefined) {
    return { kind: 'reply', status: 403, reason: 'Forbidden', because: NO_IDENTITY };
  }
  const { identity, registration, hint } = asserted;
  const preloaded = addresses(request, 'route');
  const isRouted = sameRoute(preloaded, registration.serviceRoute);
  const headers = intoTheNetwork(request.headers, {
    asserted: identity.asserted,
    hinted: hint !== 'none',
    route: isRouted && preloaded.length > 0 ? undefined : (registration.route ?? NO_ROUTE),
    added: pcscf.profile === 'ts-24.141' ? [chargingVector(pcscf)] : undefined,
  });
  return {
    kind: 'forward',
    request: withHeaders(request, registration.route === undefined ? withoutNoRoute(headers) : headers),
    recordRoute: mayMakeDialog(request) ? pcscf.ownUri : undefined,
    ...orRegisterAnew(pcscf),
    onResponse:
      ue.association === undefined
        ? toTheUe
        : (response) => withProtectedRecordRoute(toTheUe(response), pcscf),
    because: pcscf.trace.enabled ? because(asserted, preloaded, isRouted) : undefined,
  };
}

const NO_IDENTITY: Because = [
  { clause: 'TS 24.229 5.2.6.3.1', text: 'no public user identity of this UE may be asserted: 403' },
];

/** Stands for a Service-Route that is not there, so that a UE's own Route is dropped all the same. */
const NO_ROUTE = header('Route', '');

function withoutNoRoute(headers: readonly Header[]): readonly Header[] {
  return headers.filter((h) => h !== NO_ROUTE);
}

/** TS 24.229 5.2.6.3.3: the UE's Route, less the P-CSCF's own entry, is the stored Service-Route, entry by entry. */
function sameRoute(preloaded: readonly NameAddr[], serviceRoute: readonly NameAddr[]): boolean {
  return (
    preloaded.length === serviceRoute.length &&
    preloaded.every((route, i) => {
      const stored = serviceRoute[i];
      return stored !== undefined && (route.uriText === stored.uriText || uriEquals(route.uri, stored.uri));
    })
  );
}

function because(asserted: Asserted, preloaded: readonly NameAddr[], isRouted: boolean): Because {
  const { identity, hint, registration } = asserted;
  const why = {
    none: 'no hint: the default identity',
    registered: 'the UE hints at it and registered it',
    'not-registered': 'the UE hints at an identity that it did not register: the default one instead',
  }[hint];
  const route = registration.serviceRoute.map(({ text }) => text).join(', ');
  const how =
    preloaded.length === 0
      ? 'stored at registration'
      : isRouted
        ? 'as the UE preloaded it'
        : `in place of the UE's ${preloaded.map(({ text }) => text).join(', ')}`;
  return [
    { clause: 'TS 24.229 5.2.6.3.1', text: `P-Asserted-Identity <${identity.text}>: ${why}` },
    { clause: 'TS 24.229 5.2.6.3.3', text: `Service-Route ${route}: ${how}` },
  ];
}
