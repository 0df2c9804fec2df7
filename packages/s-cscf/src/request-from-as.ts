import {
  parseUri,
  uriEquals,
  type Because,
  type Decision,
  type Incoming,
  type SipRequest,
  type Maybe,
} from '@ims-sim/sip';
import { evaluateCriteria } from './application-server.js';
import { toDestination } from './destination.js';
import type { OriginalDialog } from './original-dialogs.js';
import type { SCscf } from './s-cscf.js';
import { toUser } from './terminating-request.js';

/**
 * The original dialog identifier that this S-CSCF put into the Route back to itself (TS 24.229 5.4.3.4): the URI
 * parameter `tag` (TR 24.841 table 6.1.1-11), or the user part. Undefined: the request does not come back from an AS.
 */
export function originalDialogToken({ ownRoutes }: Incoming, { profile }: SCscf): string | undefined {
  const own = ownRoutes[0]?.uri;
  if (own?.kind !== 'sip') {
    return undefined;
  }
  if (profile === 'tr-24.841') {
    const tag = own.params.size < 2 ? undefined : own.params.get('tag');
    return tag === true ? undefined : tag;
  }
  return own.user === 'orig' ? undefined : own.user;
}

/**
 * TS 24.229 5.4.3.2 and 5.4.3.3: an AS sends a request on. It is known by its token, also where the AS made a new
 * dialog of it; the criteria go on with the next lower priority. A terminating AS that changed the Request-URI sends
 * it to somebody else: that ends the evaluation (5.4.3.3).
 */
export function requestFromAs(incoming: Incoming, token: string, scscf: SCscf): Maybe<Decision> {
  const { request } = incoming;
  const dialog = scscf.originalDialogs.find(token);
  if (dialog === undefined) {
    return { kind: 'reply', status: 403, reason: 'Forbidden', because: UNKNOWN };
  }
  const isOriginating = dialog.sessionCase.startsWith('originating');
  if (!isOriginating && !sameTarget(request, dialog)) {
    return retargeted(request, dialog, scscf);
  }
  const { user, sessionCase, next } = dialog;
  return evaluateCriteria(
    {
      request,
      user,
      sessionCase,
      from: next,
      otherwise: (unserved, because) =>
        isOriginating
          ? toDestination(unserved, user, because, scscf)
          : toUser(unserved, user, because, scscf),
    },
    scscf,
    scscf.trace.enabled
      ? [{ clause: 'TS 24.229 5.4.3.4', text: `the AS sends on the request of the original dialog ${token}` }]
      : undefined,
  );
}

const UNKNOWN: Because = [
  {
    clause: 'TS 24.229 5.4.3.4',
    text: 'the Route has an original dialog identifier that is not known (any more): 403',
  },
];

function sameTarget(request: SipRequest, { requestUri }: OriginalDialog): boolean {
  if (request.uri === requestUri) {
    return true;
  }
  const now = parseUri(request.uri);
  const then = parseUri(requestUri);
  return now !== undefined && then !== undefined && uriEquals(now, then);
}

/** 5.4.3.3: criteria for a diverted request, if the user has any, then the way to the new target. */
function retargeted(
  request: SipRequest,
  { user, requestUri }: OriginalDialog,
  scscf: SCscf,
): Maybe<Decision> {
  const because: Because | undefined = scscf.trace.enabled
    ? [
        {
          clause: 'TS 24.229 5.4.3.3',
          text: `the AS changed the Request-URI from ${requestUri} to ${request.uri}`,
        },
      ]
    : undefined;
  return evaluateCriteria(
    {
      request,
      user,
      sessionCase: 'originating-cdiv',
      from: 0,
      otherwise: (unserved, known) => toDestination(unserved, user, known, scscf),
    },
    scscf,
    because,
  );
}
