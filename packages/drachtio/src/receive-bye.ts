import { responseTo, type ServerTransaction } from '@ims-sim/sip';
import type { AppDialog } from './app-dialog.js';
import { abandonInvite } from './abandon-invite.js';
import { RELEASED, writeCdr } from './cdr.js';
import type { Endpoint } from './endpoint.js';
import { stopSession } from './session.js';

/**
 * RFC 3261 15.1.2: the peer ends the session. True: the application is to answer it. An INVITE of the peer that is not answered
 * yet gets 487; where that was to make the dialog, the application hears of it as of a CANCEL, as it has no dialog to end.
 */
export function receiveBye(endpoint: Endpoint, transaction: ServerTransaction, dialog: AppDialog): boolean {
  const { session } = dialog;
  if (session === undefined) return true;
  const { incoming } = session;
  if (incoming !== undefined) {
    abandonInvite(endpoint, incoming, 487, { cause: 200, text: 'BYE before the answer' }, !incoming.isLater);
    if (!incoming.isLater) {
      transaction.respond(responseTo(transaction.request, 200));
      return false;
    }
  }
  writeCdr(endpoint, 'network', RELEASED, transaction.request);
  stopSession(session);
  // An application that never answers must not keep the dialog.
  session.expiry = endpoint.host.clock.timer(64 * endpoint.timers.t1Ms, () =>
    endpoint.dialogs.remove(dialog.id),
  );
  return true;
}
