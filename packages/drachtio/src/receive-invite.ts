import { callId, from, header, reliabilityOf, responseTo, tagOf, type ServerTransaction } from '@ims-sim/sip';
import { token } from '@ims-sim/host';
import { abandonInvite } from './abandon-invite.js';
import type { App } from './app.js';
import { dialogId, type AppDialog } from './app-dialog.js';
import { deliver } from './deliver.js';
import type { Endpoint } from './endpoint.js';
import type { IncomingInvite } from './incoming-invite.js';

/** An application that says nothing for so long will not any more; each provisional response gives it as much again. */
const SILENT_MS = 600_000;

/** An INVITE for an application, within `dialog` (RFC 3261 14.2) or to make one (13.3). */
export function receiveInvite(
  endpoint: Endpoint,
  transaction: ServerTransaction,
  app: App,
  dialog: AppDialog | undefined,
  tail: string,
): void {
  const { request, source } = transaction;
  const invite: IncomingInvite = {
    txId: endpoint.newId(),
    transaction,
    app,
    dialogId: dialog?.id ?? dialogId(callId(request) ?? '', tagOf(from(request)) ?? ''),
    isLater: dialog !== undefined,
    dialog,
    toTag: undefined,
    reliability: reliabilityOf(request),
    rseq: endpoint.host.random.uint32() >>> 1 || 1,
    unacknowledged: undefined,
    waiting: [],
    isAccepted: false,
    patience: undefined,
  };
  const refusal = wrongTime(endpoint, invite);
  if (refusal !== undefined) {
    const headers =
      refusal === 500 ? [header('Retry-After', String(1 + (endpoint.host.random.uint32() % 10)))] : [];
    transaction.respond(
      responseTo(request, refusal, undefined, { toTag: token(endpoint.host.random, 8), headers }),
    );
    return;
  }
  if (!endpoint.incomingInvites.add(invite)) {
    transaction.respond(responseTo(request, 503, undefined, { toTag: token(endpoint.host.random, 8) }));
    return;
  }
  if (dialog?.session !== undefined) dialog.session.incoming = invite;
  transaction.onCancel = (cancel) => {
    abandonInvite(endpoint, invite, 487, { cause: 487, text: 'CANCEL' }, true, cancel); // RFC 3261 9.2
  };
  expectAnswer(endpoint, invite);
  deliver(endpoint, app, request, source, { txId: invite.txId, dialogId: dialog?.id ?? '', tail });
}

/** The application has its time again. */
export function expectAnswer(endpoint: Endpoint, invite: IncomingInvite): void {
  invite.patience?.cancel();
  invite.patience = endpoint.host.clock.timer(SILENT_MS, () =>
    abandonInvite(endpoint, invite, 480, { cause: 480, text: 'no answer of the application' }, true),
  );
}

/** RFC 3261 14.2 and 8.2.2.2: an INVITE that another one is in the way of. */
function wrongTime(endpoint: Endpoint, { dialog, dialogId: id }: IncomingInvite): number | undefined {
  if (dialog === undefined) {
    // One that came another way already: names of dialogs have one end's tag only.
    const isMerged =
      endpoint.incomingInvites.making(id) !== undefined || endpoint.dialogs.find(id) !== undefined;
    return isMerged ? 482 : undefined;
  }
  const { session } = dialog;
  if (session === undefined || session.state === 'early') return 500;
  if (session.incoming !== undefined) return 500;
  return session.outgoing === undefined ? undefined : 491;
}
