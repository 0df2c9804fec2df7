import type { LocationInfoAnswer } from '@ims-sim/cx';
import {
  addresses,
  publicIdentity,
  routeTo,
  withHeaders,
  withTopRoute,
  type Because,
  type Decision,
  type Incoming,
  type Maybe,
  type SipRequest,
} from '@ims-sim/sip';
import type { ICscf } from './i-cscf.js';
import { inWords } from './refusals.js';
import { translated } from './request-uri.js';
import { selectSCscf, serverKey } from './s-cscf-selection.js';
import { withoutClaims } from './trust-domain.js';

const CLAUSE = 'TS 24.229 5.3.2.1';

/**
 * TS 24.229 5.3.2.1: an initial request enters the home network of the user it is for. The HSS says which S-CSCF serves
 * that user; it is asked each time, since the next request may find another. The I-CSCF stays out of the dialog.
 */
export function initialRequest(incoming: Incoming, icscf: ICscf): Maybe<Decision> {
  const target = translated(incoming.request.uri, icscf.domain);
  const impu = target === undefined ? undefined : publicIdentity(target.uri);
  if (target === undefined || impu === undefined) {
    return { kind: 'reply', status: 416, reason: 'Unsupported URI Scheme', because: NO_IDENTITY };
  }
  if (target.uri.kind === 'sip' && !isOfDomain(target.uri.host, icscf.domain)) {
    return { kind: 'reply', status: 403, reason: 'Forbidden', because: NOT_OURS };
  }
  const request = withHeaders(incoming.request, trustedHeaders(incoming, icscf), target.text);
  return icscf.cx
    .locationInfo({ publicIdentity: impu })
    .then((answer) => located(answer, request, impu, icscf, CLAUSE));
}

/**
 * TS 24.229 5.3.2.1A: the Route has `orig`: an AS sends on behalf of a user, who is named by P-Served-User or
 * asserted. The HSS says which S-CSCF serves that user, and the S-CSCF is told by the same parameter.
 */
export function originatingRequest(incoming: Incoming, icscf: ICscf): Maybe<Decision> {
  const { request, source } = incoming;
  const impu = icscf.trusted(source) ? servedUser(request) : undefined;
  if (impu === undefined) {
    return { kind: 'reply', status: 403, reason: 'Forbidden', because: NO_SERVED_USER };
  }
  return icscf.cx
    .locationInfo({ publicIdentity: impu, originating: true })
    .then((answer) => located(answer, request, impu, icscf, 'TS 24.229 5.3.2.1A', ';orig'));
}

function servedUser(request: SipRequest): string | undefined {
  const served = addresses(request, 'p-served-user')[0] ?? addresses(request, 'p-asserted-identity')[0];
  return served === undefined ? undefined : publicIdentity(served.uri);
}

const NO_IDENTITY: Because = [
  { clause: CLAUSE, text: 'the Request-URI is no public identity (sip, tel, pres, im): 416' },
];
const NOT_OURS: Because = [
  { clause: CLAUSE, text: 'the Request-URI is of another domain, and this I-CSCF offers no transit: 403' },
];
const NO_SERVED_USER: Because = [
  { clause: 'TS 24.229 5.3.2.1A', text: 'orig without a served user that the trust domain vouches for: 403' },
];

/** The domain itself, or one below it, as public service identities may have (TS 23.003 13.5). */
function isOfDomain(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}

function trustedHeaders({ request, source }: Incoming, icscf: ICscf): SipRequest['headers'] {
  return icscf.trusted(source) ? request.headers : withoutClaims(request.headers);
}

function located(
  answer: LocationInfoAnswer,
  request: SipRequest,
  impu: string,
  icscf: ICscf,
  clause: string,
  parameter = '',
): Decision {
  switch (answer.kind) {
    case 'served':
      return toSCscf(request, answer.serverName, parameter, icscf, () => [
        { clause, text: `the HSS has ${impu} at ${answer.serverName}` },
      ]);
    case 'unregistered-service':
      return selected(answer, request, impu, icscf, clause, parameter);
    case 'unknown-user':
      return refused(404, 'Not Found', 'the HSS does not know', answer, impu, icscf, clause);
    case 'identity-not-registered':
      return refused(
        480,
        'Temporarily Unavailable',
        'not registered and without services',
        answer,
        impu,
        icscf,
        clause,
      );
    case 'identities-dont-match':
    case 'identity-already-registered':
    case 'roaming-not-allowed':
      return refused(403, 'Forbidden', 'the HSS refuses', answer, impu, icscf, clause);
    case 'failed':
    case 'unreachable':
      return refused(
        480,
        'Temporarily Unavailable',
        'the HSS cannot say',
        answer,
        impu,
        icscf,
        'TS 24.229 5.3.2.2',
      );
  }
}

function refused(
  status: number,
  reason: string,
  text: string,
  answer: Exclude<LocationInfoAnswer, { kind: 'served' | 'unregistered-service' }>,
  impu: string,
  { trace }: ICscf,
  clause: string,
): Decision {
  const because = trace.enabled
    ? [{ clause, text: `${text} (${impu}, ${inWords(answer)}): ${status}` }]
    : undefined;
  return { kind: 'reply', status, reason, because };
}

function toSCscf(
  request: SipRequest,
  serverName: string,
  parameter: string,
  { viaName, trace }: ICscf,
  because: () => Because,
): Decision {
  const route = routeTo(parameter === '' ? serverName : `${serverName}${parameter}`);
  return {
    kind: 'forward',
    request: withHeaders(request, withTopRoute(request.headers, route)),
    sentBy: viaName,
    because: trace.enabled ? because() : undefined,
  };
}

/**
 * TS 24.229 5.3.2.1: services for unregistered users, and no S-CSCF yet: one is chosen, and another where it does not
 * answer (5.3.2.2).
 */
function selected(
  answer: Extract<LocationInfoAnswer, { kind: 'unregistered-service' }>,
  request: SipRequest,
  impu: string,
  icscf: ICscf,
  clause: string,
  parameter: string,
  tried: ReadonlySet<string> = new Set(),
): Decision {
  const name = selectSCscf(answer.capabilities, icscf.sCscfs, tried);
  if (name === undefined) {
    return { kind: 'reply', status: 600, reason: 'Busy Everywhere', because: NONE_ABLE };
  }
  const decision = toSCscf(request, name, parameter, icscf, () => [
    { clause, text: `${impu} has services while not registered: ${name} is chosen by its capabilities` },
  ]);
  if (decision.kind !== 'forward') {
    return decision;
  }
  return {
    ...decision,
    onFailure: (failure) => {
      const all = new Set([...tried, serverKey(name)]);
      const isSilent = failure.kind !== 'response' || failure.response.status === 480;
      return isSilent && selectSCscf(answer.capabilities, icscf.sCscfs, all) !== undefined
        ? selected(answer, request, impu, icscf, 'TS 24.229 5.3.2.2', parameter, all)
        : undefined;
    },
  };
}

const NONE_ABLE: Because = [
  { clause: 'TS 24.229 5.3.2.2', text: 'no S-CSCF has the mandatory capabilities: 600' },
];
