import { isRackOf, responseTo, type ServerTransaction, type SipRequest } from '@ims-sim/sip';
import type { AppDialog } from './app-dialog.js';
import { deliver } from './deliver.js';
import type { Endpoint } from './endpoint.js';
import type { IncomingInvite } from './incoming-invite.js';
import { handUp } from './receive-request.js';

/**
 * RFC 3262 3: a PRACK ends the retransmission of the response that it names. As drachtio-server does, the endpoint answers it and the
 * application only hears of it; one with an offer is the application's to answer (RFC 3262 5).
 */
export function receivePrack(endpoint: Endpoint, transaction: ServerTransaction, dialog: AppDialog): void {
  const { request, source } = transaction;
  const invite = dialog.session?.incoming;
  if (invite === undefined || !acknowledges(request, invite)) {
    transaction.respond(responseTo(request, 481)); // RFC 3262 3
    return;
  }
  invite.unacknowledged?.repetition.stop();
  invite.unacknowledged = undefined;
  if (request.body === '') {
    transaction.respond(responseTo(request, 200));
    deliver(endpoint, dialog.app, request, source, { txId: endpoint.newId(), dialogId: dialog.id });
  } else {
    handUp(endpoint, transaction, dialog.app, dialog, '', 'now');
  }
  sendWaiting(invite);
}

/** What waited for the PRACK goes out, up to the next response that wants one. */
export function sendWaiting(invite: IncomingInvite): void {
  while (invite.unacknowledged === undefined) {
    const send = invite.waiting.shift();
    if (send === undefined) return;
    send();
  }
}

function acknowledges(prack: SipRequest, { unacknowledged, transaction }: IncomingInvite): boolean {
  return unacknowledged !== undefined && isRackOf(prack, transaction.request, unacknowledged.rseq);
}
