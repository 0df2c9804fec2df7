import { resolveEnum, enumDomain, type EnumAnswer } from '@ims-sim/dns';
import {
  addresses,
  chain,
  locate,
  parseUri,
  routeTo,
  serversOf,
  withHeaders,
  withTopRoute,
  type Because,
  type Decision,
  type Forward,
  type ForwardFailure,
  type Headers,
  type Maybe,
  type Server,
  type SipRequest,
  type SipUri,
  type Target,
  type Transport,
} from '@ims-sim/sip';
import { insertAfter } from './headers.js';
import { headersBack } from './headers-back.js';
import { headersTowards } from './headers-towards.js';
import { recordRouteOf } from './record-route.js';
import type { SCscf } from './s-cscf.js';
import type { ServedUser } from './served-user.js';

const CLAUSE = 'TS 24.229 5.4.3.2';

/**
 * TS 24.229 5.4.3.2: where a request of the served user goes once its criteria are done: a telephone number is
 * translated by ENUM, then the domain of the Request-URI leads to its I-CSCF by RFC 3263.
 */
export function toDestination(
  request: SipRequest,
  user: ServedUser | undefined,
  because: Because | undefined,
  scscf: SCscf,
): Maybe<Decision> {
  const uri = parseUri(request.uri);
  switch (uri?.kind) {
    case 'sip':
      return isOwnNumber(uri, scscf)
        ? byNumber(request, uri, user, because, scscf)
        : byDomain(request, uri, user, because, scscf);
    case 'tel':
      return byNumber(request, undefined, user, because, scscf);
    case 'other':
      return byPresenceUri(request, uri.text, user, because, scscf);
    case undefined:
      return { kind: 'reply', status: 416, reason: 'Unsupported URI Scheme', because };
  }
}

/** RFC 3859 3.1, RFC 3860 3.1: `pres:` and `im:` name a mailbox that has a SIP URI of the same look. */
function byPresenceUri(
  request: SipRequest,
  text: string,
  user: ServedUser | undefined,
  because: Because | undefined,
  scscf: SCscf,
): Maybe<Decision> {
  const sip = /^(?:pres|im):([^?]+)/i.exec(text)?.[1];
  return sip === undefined || parseUri(`sip:${sip}`) === undefined
    ? { kind: 'reply', status: 416, reason: 'Unsupported URI Scheme', because }
    : toDestination(withHeaders(request, request.headers, `sip:${sip}`), user, because, scscf);
}

/** A SIP URI of the home domain that is a telephone number: ENUM knows where it really is. */
function isOwnNumber(uri: SipUri, { domains }: SCscf): boolean {
  return uri.user?.startsWith('+') === true && uri.params.get('user') === 'phone' && domains.has(uri.host);
}

function byNumber(
  request: SipRequest,
  asSip: SipUri | undefined,
  user: ServedUser | undefined,
  because: Because | undefined,
  scscf: SCscf,
): Maybe<Decision> {
  const number = asSip === undefined ? request.uri : `tel:${asSip.user ?? ''}`;
  return chain(resolveEnum(scscf.resolver, number, scscf.enumSuffix), (answer) => {
    const known = scscf.trace.enabled ? [...(because ?? []), inWords(answer, number, scscf)] : because;
    const translated = answer.kind === 'uri' ? parseUri(answer.uri) : undefined;
    if (answer.kind === 'uri' && translated?.kind === 'sip') {
      return byDomain(withHeaders(request, request.headers, answer.uri), translated, user, known, scscf);
    }
    if (asSip !== undefined) {
      return byDomain(request, asSip, user, known, scscf);
    }
    return answer.kind === 'failed'
      ? { kind: 'reply', status: 480, reason: 'Temporarily Unavailable', because: known }
      : { kind: 'reply', status: 404, reason: 'Not Found', because: known };
  });
}

function inWords(answer: EnumAnswer, number: string, { enumSuffix }: SCscf): Because[number] {
  const domain = enumDomain(number, enumSuffix) ?? number;
  switch (answer.kind) {
    case 'uri':
      return {
        clause: CLAUSE,
        text: `ENUM: NAPTR ${answer.record.services} ${answer.record.regexp} of ${domain}: ${number} -> ${answer.uri}`,
      };
    case 'none':
      return {
        clause: CLAUSE,
        text: `ENUM has no SIP URI for ${number} (${answer.reason}), and there is no way to a PSTN: 404`,
      };
    case 'failed':
      return { clause: CLAUSE, text: `ENUM cannot be asked for ${domain} (${answer.reason}): 480` };
  }
}

function byDomain(
  request: SipRequest,
  uri: SipUri,
  user: ServedUser | undefined,
  because: Because | undefined,
  scscf: SCscf,
): Maybe<Decision> {
  const leaving = withHeaders(request, outgoingHeaders(request, uri, user, scscf));
  const onResponse = headersBack(request, user, scscf);
  // The Route names the server (TR 24.841 table 6.1.1-5), so it is looked for here and not where the request is sent.
  const { resolver, random } = scscf;
  return chain(serversOf(uri, { resolver, random }), (servers) =>
    toServer({ request: leaving, onResponse, servers }, 0, because, scscf),
  );
}

/** A request on its way to another network, and the servers of that. */
interface Leaving {
  readonly request: SipRequest;
  readonly onResponse: Forward['onResponse'];
  readonly servers: readonly Server[];
}

function toServer(
  leaving: Leaving,
  index: number,
  because: Because | undefined,
  scscf: SCscf,
): Maybe<Decision> {
  const { request, onResponse, servers } = leaving;
  const recordRoute = recordRouteOf(request, scscf);
  const server = servers[index];
  if (server === undefined) {
    return { kind: 'forward', request, recordRoute, onResponse, because };
  }
  const onFailure =
    index + 1 < servers.length
      ? (failure: ForwardFailure) =>
          isGone(failure) ? toServer(leaving, index + 1, undefined, scscf) : undefined
      : undefined;
  const routed = withHeaders(request, withTopRoute(request.headers, routeTo(server.host)));
  return chain(targetsOf(server, scscf), (targets) => ({
    kind: 'forward',
    request: routed,
    recordRoute,
    targets: targets.length > 0 ? targets : undefined,
    onResponse,
    onFailure,
    because: scscf.trace.enabled ? [...(because ?? []), routedTo(server.host, request.uri)] : undefined,
  }));
}

function routedTo(target: string, requestUri: string): Because[number] {
  return {
    clause: CLAUSE,
    text: `the SRV records of the domain of ${requestUri} lead to ${target} (RFC 3263)`,
  };
}

/** RFC 3263 4.3. */
function isGone(failure: ForwardFailure): boolean {
  return failure.kind !== 'response' || failure.response.status === 503;
}

const UNDECIDED: readonly Target[] = [];

/** The port is that of the SRV record, which the Route does not say. */
function targetsOf({ host, port, transport }: Server, scscf: SCscf): Maybe<readonly Target[]> {
  if (!scscf.fixesTargets) {
    return UNDECIDED;
  }
  const uri: SipUri = { kind: 'sip', scheme: 'sip', host, port, params: PARAMS[transport] };
  return locate(uri, { resolver: scscf.resolver, random: scscf.random });
}

const PARAMS: Readonly<Record<Transport, SipUri['params']>> = {
  UDP: new Map(),
  TCP: new Map([['transport', 'tcp']]),
};

/** TS 24.229 5.4.3.2: in the final text the telephone number of the asserted user stands beside the SIP URI, or that beside the number. */
function outgoingHeaders(
  request: SipRequest,
  uri: SipUri,
  user: ServedUser | undefined,
  scscf: SCscf,
): Headers {
  const asserted = scscf.profile === 'ts-24.141' ? addresses(request, 'p-asserted-identity') : [];
  const beside = asserted.length === 1 ? user?.assertedBeside : undefined; // RFC 3325 9.1: one of each scheme
  const headers =
    beside === undefined ? request.headers : insertAfter(request.headers, 'p-asserted-identity', beside);
  return headersTowards({ kind: 'element', host: uri.host.toLowerCase() }, headers, user, scscf);
}
