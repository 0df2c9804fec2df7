import { responseTo } from '@ims-sim/sip';
import { token } from '@ims-sim/host';
import type { App } from './app.js';
import type { Endpoint } from './endpoint.js';
import { sendBye } from './end-session.js';
import { stopSession } from './session.js';

const GONE = { cause: 503, text: 'application is gone' };

/** An application is gone, and its dialogs with it: nobody else would end its calls, so the endpoint does (RFC 3261 15). */
export function dropApp(endpoint: Endpoint, app: App): void {
  const { apps, dialogs, incomingInvites, outgoingInvites, closed } = endpoint;
  const at = apps.indexOf(app);
  if (at >= 0) apps.splice(at, 1);
  app.authenticated = false;
  for (const invite of incomingInvites.all()) {
    if (invite.app !== app) continue;
    invite.unacknowledged?.repetition.stop();
    incomingInvites.remove(invite);
    const toTag = invite.toTag ?? token(endpoint.host.random, 8);
    if (!closed)
      invite.transaction.respond(responseTo(invite.transaction.request, 503, undefined, { toTag }));
  }
  for (const invite of outgoingInvites.all()) {
    if (invite.app !== app) continue;
    outgoingInvites.remove(invite);
    if (!closed) invite.transaction?.cancel();
  }
  for (const dialog of dialogs.removeAllOf(app)) {
    if (dialog.session === undefined) continue;
    stopSession(dialog.session);
    if (dialog.session.state === 'confirmed' && !closed) sendBye(endpoint, dialog, GONE);
  }
}
