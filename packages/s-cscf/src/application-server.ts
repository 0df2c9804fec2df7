import type { SessionCase } from '@ims-sim/cx';
import {
  header,
  looseServerUri,
  withHeaders,
  withTopRoute,
  type Because,
  type Decision,
  type Forward,
  type ForwardFailure,
  type Headers,
  type Maybe,
  type SipRequest,
} from '@ims-sim/sip';
import { beforeContent, headersTowards, servedUserHeader, serverHop } from './headers-towards.js';
import { headersBack } from './headers-back.js';
import type { Criterion } from './ifc/criterion.js';
import type { SCscf } from './s-cscf.js';
import { recordRouteOf } from './record-route.js';
import { isRegistered, type ServedUser } from './served-user.js';

/** A request on its way through a user's criteria. */
export interface Evaluation {
  readonly request: SipRequest;
  readonly user: ServedUser;
  readonly sessionCase: SessionCase;
  /** Index of the criterion to begin with. */
  readonly from: number;
  /** What happens once no further criterion matches. */
  readonly otherwise: (request: SipRequest, because: Because | undefined) => Maybe<Decision>;
}

/**
 * TS 24.229 5.4.3.2 and 5.4.3.3: holds a request against the user's initial filter criteria, from the highest
 * priority down, and sends it to the application server of the first that matches, with a Route back that has a token
 * of its own (5.4.3.4).
 */
export function evaluateCriteria(evaluation: Evaluation, scscf: SCscf, before?: Because): Maybe<Decision> {
  const { request, user, sessionCase, from, otherwise } = evaluation;
  const registered = isRegistered(user.set, scscf.clock.now());
  const { criteria } = user;
  for (let i = from; i < criteria.length; i++) {
    const criterion = criteria[i];
    if (criterion !== undefined && criterion.matches({ request, sessionCase }, registered)) {
      return toApplicationServer(criterion, { ...evaluation, from: i + 1 }, scscf, before);
    }
  }
  return otherwise(request, scscf.trace.enabled ? [...(before ?? []), noMatch(evaluation)] : undefined);
}

function noMatch({ request, user, sessionCase, from }: Evaluation): Because[number] {
  const event = request.headers.find(({ key }) => key === 'event')?.value;
  const what = event === undefined ? request.method : `${request.method}, ${event}`;
  const which = from === 0 ? 'no' : 'no further';
  return {
    clause: clauseOf(sessionCase),
    text: `${which} initial filter criterion of ${user.identity} matches ${what}: no AS`,
  };
}

function clauseOf(sessionCase: SessionCase): string {
  return sessionCase.startsWith('originating') ? 'TS 24.229 5.4.3.2' : 'TS 24.229 5.4.3.3';
}

function toApplicationServer(
  criterion: Criterion,
  evaluation: Evaluation,
  scscf: SCscf,
  before: Because | undefined,
): Forward {
  const { request, user, sessionCase, from } = evaluation;
  const { serverName } = criterion.applicationServer;
  const token = scscf.originalDialogs.begin({ user, sessionCase, next: from, requestUri: request.uri });
  const back =
    scscf.profile === 'tr-24.841' ? `sip:${scscf.name};lr;tag=${token}` : `sip:${token}@${scscf.name};lr`;
  const route = header('Route', `<${looseServerUri(serverName)}>, <${back}>`);
  return {
    kind: 'forward',
    request: withHeaders(request, withTopRoute(toServer(criterion, evaluation, scscf), route)),
    recordRoute: recordRoute(request, sessionCase, scscf),
    onResponse: headersBack(request, user, scscf),
    onFailure: (failure) => defaultHandling(failure, criterion, evaluation, token, scscf),
    // An INVITE may ring; whether its AS is there at all, its 100 tells.
    ...(request.method === 'INVITE' ? { silenceMs: scscf.asTimeoutMs } : { timeoutMs: scscf.asTimeoutMs }),
    because: scscf.trace.enabled ? [...(before ?? []), match(criterion, sessionCase)] : undefined,
  };
}

/** TS 24.229 5.4.3.2 and 5.4.3.3: what the AS may know, and in the final text whom it serves. */
function toServer(
  { applicationServer }: Criterion,
  { request, user, sessionCase }: Evaluation,
  scscf: SCscf,
): Headers {
  const hop = serverHop(applicationServer);
  const headers = headersTowards(hop, request.headers, user, scscf);
  if (scscf.profile !== 'ts-24.141') {
    return headers;
  }
  const registered = isRegistered(user.set, scscf.clock.now());
  const served = servedUserHeader(hop, user, sessionCase, registered, scscf);
  return served === undefined ? headers : beforeContent(headers, served);
}

function match(
  { priority, description, applicationServer }: Criterion,
  sessionCase: SessionCase,
): Because[number] {
  const server = applicationServer.serverName.replace(/^sips?:/i, '').replace(/;.*$/, '');
  return {
    clause: clauseOf(sessionCase),
    text: `criterion with priority ${priority} matches: ${description} -> ${server}`,
  };
}

/**
 * In the final text's flow the presentity's S-CSCF is not in the dialog of a subscription (TS 24.141 A.5.2.1); in the draft's it is
 * (table 6.1.1-11). In that of a session it always is (5.4.3.3).
 */
function recordRoute(request: SipRequest, sessionCase: SessionCase, scscf: SCscf): string | undefined {
  const staysIn =
    scscf.profile === 'tr-24.841' || sessionCase.startsWith('originating') || request.method === 'INVITE';
  return staysIn ? recordRouteOf(request, scscf) : undefined;
}

/**
 * TS 24.229 5.4.3.2: an AS that does not answer, or answers 408 or 5xx, gets the default handling of its criterion:
 * the request goes on without it, or ends. Any other answer is the AS's own.
 */
function defaultHandling(
  failure: ForwardFailure,
  { applicationServer }: Criterion,
  evaluation: Evaluation,
  token: string,
  scscf: SCscf,
): Maybe<Decision | undefined> {
  if (failure.kind === 'response' && failure.response.status !== 408 && failure.response.status < 500) {
    return undefined;
  }
  if (failure.kind === 'response' && failure.response.status >= 600) {
    return undefined;
  }
  if (failure.kind === 'timeout' && failure.rang === true) {
    return undefined; // it answered: nobody took the call
  }
  scscf.originalDialogs.end(token);
  const what = failure.kind === 'response' ? `answers ${failure.response.status}` : 'does not answer';
  const text = `${applicationServer.serverName} ${what}: ${applicationServer.defaultHandling}`;
  const because: Because = [{ clause: clauseOf(evaluation.sessionCase), text }];
  if (applicationServer.defaultHandling === 'session-continued') {
    return evaluateCriteria(evaluation, scscf, because);
  }
  if (failure.kind === 'response') {
    return undefined;
  }
  // "a 408 (Request Timeout) response or a 5xx response": RFC 4320 4.2 has every proxy on the way back drop a 408 to a non-INVITE.
  return evaluation.request.method === 'INVITE'
    ? { kind: 'reply', status: 408, reason: 'Request Timeout', because }
    : { kind: 'reply', status: 504, reason: 'Server Time-out', because };
}
