import {
  addresses,
  first,
  header,
  parseUri,
  topVia,
  withHeaders,
  without,
  type Because,
  type Decision,
  type Forward,
  type Header,
  type Headers,
  type Incoming,
  type NameAddr,
  type SipRequest,
} from '@ims-sim/sip';
import { bareUri } from './headers.js';
import { headersBack } from './headers-back.js';
import { headersTowards } from './headers-towards.js';
import { recordRouteWithin } from './record-route.js';
import type { SCscf } from './s-cscf.js';
import type { ServedUser } from './served-user.js';
import { isOfOperator } from './trust-domain.js';

/**
 * TS 24.229 5.4.3.2 and 5.4.3.3 (target refresh and other subsequent requests): a request within a dialog goes along
 * its Route, if that had this S-CSCF on top. The draft adds identities on the way (TR 24.841 tables 6.1.1-19 and
 * 6.1.1-20), the final text does not.
 */
export function subsequentRequest({ request, ownRoutes }: Incoming, scscf: SCscf): Decision {
  if (ownRoutes.length === 0) {
    return { kind: 'reply', status: 403, reason: 'Forbidden', because: NOT_IN_ROUTE };
  }
  if (scscf.profile === 'ts-24.141') {
    return alongRoute(request, scscf);
  }
  const [next] = addresses(request, 'route');
  const asserted = assertedUris(request);
  const sip = asserted.find((uri) => /^sips?:/i.test(uri));
  if (sip === undefined) {
    return { kind: 'forward', request, because: alongRouteBecause(isTowardsOwnUser(next, scscf)) };
  }
  const tel = asserted.length === 1 ? userOf(sip, scscf)?.assertedBeside : undefined;
  const isTerminating = isTowardsOwnUser(next, scscf);
  const called = isTerminating ? header('P-Called-Party-ID', `<${sip}>`) : undefined;
  return {
    kind: 'forward',
    request: withHeaders(request, withIdentities(request.headers, tel, called)),
    because: scscf.trace.enabled ? inWords(tel, called, isTerminating) : undefined,
  };
}

/** 5.4.3.2, 4.4: what stays in this network is taken off there, too. */
function alongRoute(request: SipRequest, scscf: SCscf): Decision {
  const next = addresses(request, 'route')[0]?.uri ?? parseUri(request.uri);
  const host = next?.kind === 'sip' ? next.host.toLowerCase() : undefined;
  const kind = host !== undefined && scscf.registrar.isPCscf(host) ? 'p-cscf' : 'element';
  return {
    kind: 'forward',
    request: withHeaders(request, headersTowards({ kind, host }, request.headers, undefined, scscf)),
    recordRoute: recordRouteWithin(request, scscf),
    onResponse: towardsSender(request, scscf),
    because: alongRouteBecause(kind === 'p-cscf'),
  };
}

/** 4.4.15 and 5.4.3.2: where the user's UE is stays here, in its answers to what another network sends within a dialog, too. */
function towardsSender(request: SipRequest, scscf: SCscf): NonNullable<Forward['onResponse']> {
  const back = headersBack(request, undefined, scscf);
  const host = topVia(request)?.host.toLowerCase();
  const isHome =
    host !== undefined && (isOfOperator({ kind: 'element', host }, scscf) || scscf.registrar.isPCscf(host));
  return (received) => {
    const response = back?.(received) ?? received;
    return isHome || first(response.headers, 'p-access-network-info') === undefined
      ? response
      : { ...response, headers: without(response.headers, 'p-access-network-info') };
  };
}

const NOT_IN_ROUTE: Because = [
  { clause: 'TS 24.229 5.4.3.2', text: 'within a dialog whose route set does not have this S-CSCF: 403' },
];

/** 5.4.3.3 is for what the served user is sent, 5.4.3.2 for what the user sends. */
function alongRouteBecause(isTerminating: boolean): Because {
  return isTerminating ? TERMINATING : ORIGINATING;
}

const TERMINATING: Because = [{ clause: 'TS 24.229 5.4.3.3', text: 'within a dialog: along the Route' }];
const ORIGINATING: Because = [{ clause: 'TS 24.229 5.4.3.2', text: 'within a dialog: along the Route' }];

/** The asserted identities; parsed only where they are more than a URI in brackets. */
function assertedUris(request: SipRequest): readonly string[] {
  const uris: string[] = [];
  for (const h of request.headers) {
    if (h.key === 'p-asserted-identity') {
      const uri = bareUri(h);
      if (uri === undefined) {
        return addresses(request, 'p-asserted-identity').map(({ uriText }) => uriText);
      }
      uris.push(uri);
    }
  }
  return uris;
}

function userOf(uriText: string, { registrar }: SCscf): ServedUser | undefined {
  const spelled = registrar.userSpelled(uriText);
  const uri = spelled === undefined ? parseUri(uriText) : undefined;
  return uri === undefined ? spelled : registrar.user({ uriText, uri });
}

/** The next hop is the P-CSCF of a user who is registered here. */
function isTowardsOwnUser(next: NameAddr | undefined, { registrar }: SCscf): boolean {
  return next?.uri.kind === 'sip' && registrar.isPCscf(next.uri.host);
}

/** `tel` as a line of its own behind P-Asserted-Identity (table 19), `called` behind Event (table 20). */
function withIdentities(headers: Headers, tel: Header | undefined, called: Header | undefined): Headers {
  if (tel === undefined && called === undefined) {
    return headers;
  }
  const result: Header[] = [];
  let left = called;
  for (const h of headers) {
    if (h.key === 'p-called-party-id' && called !== undefined) {
      continue;
    }
    if (left !== undefined && (h.key === 'content-type' || h.key === 'content-length')) {
      result.push(left);
      left = undefined;
    }
    result.push(h);
    if (h.key === 'p-asserted-identity' && tel !== undefined) {
      result.push(tel);
    } else if (h.key === 'event' && left !== undefined) {
      result.push(left);
      left = undefined;
    }
  }
  if (left !== undefined) {
    result.push(left);
  }
  return result;
}

function inWords(tel: Header | undefined, called: Header | undefined, isTerminating: boolean): Because {
  const added = [tel, called].filter((h) => h !== undefined).map(({ line }) => line);
  return added.length === 0
    ? alongRouteBecause(isTerminating)
    : [{ clause: 'TR 24.841 6.1.1', text: `within a dialog: along the Route, with ${added.join(' and ')}` }];
}
