import { token } from '@ims-sim/host';
import { createRequest, header, responseTo, type Header, type SipRequest } from '@ims-sim/sip';
import { refusedBy, writeCdr } from './cdr.js';
import { deliver } from './deliver.js';
import { endSession, type SessionEnd } from './end-session.js';
import type { Endpoint } from './endpoint.js';
import type { IncomingInvite } from './incoming-invite.js';

/**
 * The endpoint answers an INVITE in the application's place, and where `tells` hands the application the CANCEL: the only way of saying
 * to drachtio-srf that an INVITE is over. Deviation: where none came, it is made up. An application that has given a 2xx has a
 * session, which ends.
 */
export function abandonInvite(
  endpoint: Endpoint,
  invite: IncomingInvite,
  status: number,
  why: SessionEnd,
  tells: boolean,
  cancel?: SipRequest,
): void {
  const { request, source } = invite.transaction;
  const { app, txId, dialog } = invite;
  refuseInvite(endpoint, invite, status, cancel);
  if (!tells) return;
  if (invite.isAccepted && !invite.isLater && dialog !== undefined) {
    endSession(endpoint, dialog, why, true);
    return;
  }
  deliver(endpoint, app, cancel ?? cancelOf(request, why), source, { txId, dialogId: dialog?.id ?? '' });
}

/** A final response of the endpoint's own; what the INVITE was to make is not made. */
export function refuseInvite(
  endpoint: Endpoint,
  invite: IncomingInvite,
  status: number,
  cancel?: SipRequest,
): void {
  forgetInvite(endpoint, invite);
  const toTag = invite.toTag ?? token(endpoint.host.random, 8);
  const response = responseTo(invite.transaction.request, status, undefined, { toTag });
  invite.transaction.respond(response);
  if (invite.isLater) return;
  // drachtio-server's record of a cancelled call is of the CANCEL; here of the 487, where there may be none.
  writeCdr(endpoint, status === 487 ? 'network' : 'application', refusedBy(status), cancel ?? response);
}

/** It ends without a 2xx. */
export function forgetInvite(endpoint: Endpoint, invite: IncomingInvite): void {
  invite.unacknowledged?.repetition.stop();
  invite.waiting.length = 0;
  endpoint.incomingInvites.remove(invite);
  if (!invite.isLater && invite.dialog !== undefined) endpoint.dialogs.remove(invite.dialog.id);
}

function cancelOf(invite: SipRequest, { cause, text }: SessionEnd): SipRequest {
  const headers: Header[] = [];
  for (const h of invite.headers) {
    if (h.key === 'cseq') headers.push(header('CSeq', `${Number.parseInt(h.value, 10)} CANCEL`));
    else if (COPIED.has(h.key)) headers.push(h);
  }
  headers.push(header('Reason', `SIP ;cause=${cause} ;text="${text}"`));
  return createRequest({ method: 'CANCEL', uri: invite.uri, headers });
}

const COPIED: ReadonlySet<string> = new Set(['via', 'max-forwards', 'from', 'to', 'call-id']);
