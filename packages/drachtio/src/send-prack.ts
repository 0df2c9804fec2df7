import { forStrictRouter } from '@ims-sim/sip';
import type { App } from './app.js';
import type { AppDialog } from './app-dialog.js';
import { NOBODY } from './end-session.js';
import type { Endpoint } from './endpoint.js';
import type { EarlyDialog, OutgoingInvite } from './outgoing-invite.js';
import { nok } from './reply.js';
import { requestInDialog } from './requests.js';
import { requestSent, type RequestCommand } from './send-request.js';
import { fieldValue } from './template.js';

/** RFC 3262 4: an application acknowledges a reliable provisional response; of the PRACK's answer it does not hear. */
export function sendPrack(endpoint: Endpoint, app: App, { id, dialogId, template }: RequestCommand): void {
  const { dialogs, outgoingInvites } = endpoint;
  const invite = outgoingInvites.making(dialogId) ?? dialogs.find(dialogId)?.session?.outgoing;
  const rseq = Number.parseInt(fieldValue(template.fields, 'rack') ?? '', 10);
  const early = [...(invite?.early.values() ?? [])].findLast((one) => one.rseq === rseq && !one.acknowledged);
  if (early === undefined) {
    nok(endpoint, app, id, `unable to find dialog ${dialogId} with a response to acknowledge`);
    return;
  }
  early.acknowledged = true;
  const { dialog } = early;
  const request = requestInDialog(endpoint, dialog, template);
  const transaction = endpoint.stack.send(request, NOBODY, {
    prepare: dialog.strict ? forStrictRouter : undefined,
  });
  requestSent(endpoint, app, id, transaction, request, endpoint.newId());
}

/** The dialog that rings, as far as the application knows: the last that it heard of. */
export function lastEarly(invite: OutgoingInvite | undefined): AppDialog | undefined {
  const all: EarlyDialog[] = [...(invite?.early.values() ?? [])];
  return all.at(-1)?.dialog;
}
