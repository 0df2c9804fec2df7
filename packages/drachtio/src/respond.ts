import { token } from '@ims-sim/host';
import { responseTo, type ServerTransaction, type SipResponse } from '@ims-sim/sip';
import type { App } from './app.js';
import { answered, type AppDialog } from './app-dialog.js';
import type { Command } from './command.js';
import { firstCSeq, ownUri, type Endpoint } from './endpoint.js';
import { responseHeaders } from './fields.js';
import type { PendingRequest } from './pending-requests.js';
import { nok } from './reply.js';
import { respondInvite } from './respond-invite.js';
import { stopSession } from './session.js';
import { watchSession } from './session-timer.js';
import {
  endSubscription,
  isSubscribed,
  isTerminated,
  keepSubscription,
  subscribes,
  subscriptionOf,
} from './subscription.js';
import { fieldValue, type ResponseTemplate } from './template.js';

/** drachtio-server's words; drachtio-srf hands them to the application. */
export const NO_TRANSACTION = 'Response not sent due to unknown transaction';

/** An application answers a request that it was handed. A 2xx to a SUBSCRIBE makes a dialog (RFC 6665 4.2.1.1). */
export function respond(endpoint: Endpoint, app: App, command: Command & { kind: 'respond' }): void {
  const { id, txId, template } = command;
  const invite = endpoint.incomingInvites.find(txId);
  if (invite?.app === app) {
    respondInvite(endpoint, invite, command);
    return;
  }
  const pending = endpoint.pendingRequests.find(txId);
  if (pending === undefined || pending.app !== app) {
    nok(endpoint, app, id, NO_TRANSACTION);
    return;
  }
  const { transaction } = pending;
  const { status } = template;
  const makesDialog = subscribes(transaction.request.method) && pending.dialog === undefined && status < 300;
  const response = toResponse(endpoint, pending, template, makesDialog);
  if (status >= 200) endpoint.pendingRequests.remove(txId);
  const dialog =
    pending.dialog ??
    (makesDialog && isSubscribed(transaction.request, response)
      ? newDialog(endpoint, pending, response)
      : undefined);
  if (!transaction.respond(response)) {
    if (dialog !== pending.dialog && dialog !== undefined) endpoint.dialogs.remove(dialog.id);
    nok(endpoint, app, id, NO_TRANSACTION);
    return;
  }
  if (pending.dialog !== undefined && status >= 200)
    afterAnswerInDialog(endpoint, pending, pending.dialog, response);
  responseSent(endpoint, app, id, transaction, response, txId, dialog?.id);
}

/** The reply to a response that was sent. */
export function responseSent(
  endpoint: Endpoint,
  app: App,
  id: string,
  { source: { transport, remote } }: ServerTransaction,
  response: SipResponse,
  txId: string,
  dialogId = '',
): void {
  const echo = app.echo(response);
  app.send(
    `${endpoint.newId()}|response|${id}|OK|application|${echo.length}|${transport.toLowerCase()}|${remote.address}|` +
      `${remote.port}|${endpoint.timeToken()}|${txId}|${dialogId}||Msg sent:|`,
    echo,
  );
}

function toResponse(
  endpoint: Endpoint,
  pending: PendingRequest,
  template: ResponseTemplate,
  makesDialog: boolean,
): SipResponse {
  const { request } = pending.transaction;
  const { status, reason, fields, body } = template;
  pending.toTag ??= chosenTag(template) ?? token(endpoint.host.random, 8);
  // RFC 6665 8.2.1, RFC 3515 2.2, RFC 3311 5.2: Contact in a 2xx to SUBSCRIBE, REFER and UPDATE.
  const refreshes = subscribes(request.method) || request.method === 'UPDATE';
  const contact = refreshes && status < 300 ? `<${ownUri(endpoint)}>` : undefined;
  return responseTo(request, status, reason, {
    toTag: pending.toTag,
    headers: responseHeaders(fields, contact),
    body,
    recordRoute: makesDialog && status > 100,
  });
}

/** The tag that the application put into To, if any. */
export function chosenTag({ fields }: ResponseTemplate): string | undefined {
  const value = fieldValue(fields, 'to');
  const at = value?.lastIndexOf(';tag=') ?? -1;
  return value === undefined || at < 0 ? undefined : value.slice(at + 5);
}

function newDialog(
  endpoint: Endpoint,
  { app, transaction }: PendingRequest,
  response: SipResponse,
): AppDialog | undefined {
  const { request } = transaction;
  const dialog = answered(app, request, response, firstCSeq(endpoint));
  if (dialog === undefined) return undefined;
  keepSubscription(dialog, subscriptionOf(request), response, endpoint.host.clock.now());
  endpoint.dialogs.add(dialog);
  return dialog;
}

function afterAnswerInDialog(
  endpoint: Endpoint,
  { transaction }: PendingRequest,
  dialog: AppDialog,
  response: SipResponse,
): void {
  const { request } = transaction;
  if (request.method === 'NOTIFY' && isTerminated(request)) {
    if (endSubscription(dialog, subscriptionOf(request))) endpoint.dialogs.remove(dialog.id);
  } else if (request.method === 'BYE') {
    if (dialog.session !== undefined) stopSession(dialog.session);
    endpoint.dialogs.remove(dialog.id);
  } else if (request.method === 'UPDATE' && response.status < 300) {
    watchSession(endpoint, dialog, response, 'uas');
  } else if (request.method === 'SUBSCRIBE' && response.status < 300) {
    keepSubscription(dialog, subscriptionOf(request), response, endpoint.host.clock.now());
  }
}
