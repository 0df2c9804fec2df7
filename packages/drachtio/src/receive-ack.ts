import { cseq, type ServerTransaction } from '@ims-sim/sip';
import type { AppDialog } from './app-dialog.js';
import { deliver } from './deliver.js';
import type { Endpoint } from './endpoint.js';

/** RFC 3261 13.3.1.4: the ACK of a 2xx ends its retransmission; the application is handed the first one. */
export function receiveAck(
  endpoint: Endpoint,
  { request, source }: ServerTransaction,
  dialog: AppDialog,
): void {
  const { session } = dialog;
  const answered = session?.answered;
  if (session === undefined || answered === undefined || answered.cseq !== cseq(request)?.number) return;
  answered.repetition.stop();
  session.answered = undefined;
  deliver(endpoint, dialog.app, request, source, { txId: answered.txId, dialogId: dialog.id });
  for (const send of session.held.splice(0)) send();
}
