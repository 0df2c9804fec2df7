import {
  callId,
  forStrictRouter,
  from,
  responseTo,
  tagOf,
  type ClientTransactionUser,
  type SipRequest,
  type Target,
} from '@ims-sim/sip';
import type { App } from './app.js';
import { dialogId, type AppDialog } from './app-dialog.js';
import { ATTEMPT, writeCdr } from './cdr.js';
import type { Endpoint } from './endpoint.js';
import type { OutgoingInvite } from './outgoing-invite.js';
import { expectResponse, receiveInviteResponse } from './receive-invite-response.js';
import { requestSent } from './send-request.js';

/** An application sends an INVITE: within `dialog` (RFC 3261 14.1), or to make one (13.2). */
export function sendInvite(
  endpoint: Endpoint,
  app: App,
  id: string,
  request: SipRequest,
  dialog: AppDialog | undefined,
  targets: readonly Target[] | undefined,
): void {
  const invite: OutgoingInvite = {
    app,
    request,
    txId: endpoint.newId(),
    dialogId: dialog?.id ?? dialogId(callId(request) ?? '', tagOf(from(request)) ?? ''),
    isLater: dialog !== undefined,
    dialog,
    transaction: undefined,
    early: new Map(),
    ack: undefined,
    isOver: false,
    isCancelled: false,
    patience: undefined,
  };
  if (dialog?.session !== undefined) dialog.session.outgoing = invite;
  endpoint.outgoingInvites.add(invite);
  expectResponse(endpoint, invite);
  const early: (() => void)[] = [];
  const prepare = dialog?.strict === true ? forStrictRouter : undefined;
  const transaction = endpoint.stack.send(request, userOf(endpoint, invite, early), { targets, prepare });
  requestSent(endpoint, app, id, transaction, request, invite.txId);
  if (dialog === undefined) writeCdr(endpoint, 'application', ATTEMPT, request);
  invite.transaction = transaction;
  for (const happened of early) happened();
}

/** What comes before the application was told that the request is sent waits in `early`. */
function userOf(endpoint: Endpoint, invite: OutgoingInvite, early: (() => void)[]): ClientTransactionUser {
  const inOrder = (happened: () => void) => {
    if (invite.transaction === undefined) early.push(happened);
    else happened();
  };
  return {
    onResponse(response, source) {
      inOrder(() => receiveInviteResponse(endpoint, invite, response, source));
    },
    onFailure(failure) {
      // RFC 3261 8.1.3.1: a time-out is as a 408, a failed transport as a 503; 9.1: one that was cancelled is.
      const status = failure === 'transport' ? 503 : invite.isCancelled ? 487 : 408;
      inOrder(() => receiveInviteResponse(endpoint, invite, responseTo(invite.request, status), undefined));
    },
  };
}
