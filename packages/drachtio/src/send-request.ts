import {
  callId,
  forStrictRouter,
  from,
  locate,
  parseUri,
  responseTo,
  tagOf,
  type ClientTransaction,
  type ClientTransactionUser,
  type SipRequest,
  type SipResponse,
  type Source,
  type Target,
} from '@ims-sim/sip';
import type { App } from './app.js';
import { deliver } from './deliver.js';
import { dialogIsGone } from './dialog-gone.js';
import { dialogId, refreshTarget, established, type AppDialog } from './app-dialog.js';
import { RELEASED, writeCdr } from './cdr.js';
import type { Command } from './command.js';
import type { Endpoint } from './endpoint.js';
import { nok } from './reply.js';
import { lacksContentType, requestInDialog, requestOutside } from './requests.js';
import { sendAck } from './send-ack.js';
import { sendInvite } from './send-invite.js';
import { lastEarly, sendPrack } from './send-prack.js';
import { MAX_HELD, stopSession } from './session.js';
import { watchSession } from './session-timer.js';
import {
  endSubscription,
  isSubscribed,
  isTerminated,
  keepSubscription,
  subscribes,
  subscriptionOf,
} from './subscription.js';

export type RequestCommand = Command & { kind: 'request' };

/** A request of an application under way. */
interface Sending {
  readonly app: App;
  readonly request: SipRequest;
  readonly txId: string;
  /** Named in what is handed up; of the dialog it is in, or is to make. Empty: none. */
  readonly dialogId: string;
  readonly dialog: AppDialog | undefined;
  /** Undefined until the application was told that the request is sent: what happened before waits in `early`. */
  transaction: ClientTransaction | undefined;
  readonly early: (() => void)[];
}

/** An application sends a request, within a dialog or outside. */
export function sendRequest(endpoint: Endpoint, app: App, command: RequestCommand): void {
  const { id, template, dialogId: inDialog } = command;
  if (lacksContentType(template)) {
    nok(endpoint, app, id, 'missing content-type');
  } else if (inDialog === '') {
    sendOutside(endpoint, app, command);
  } else if (template.method === 'ACK') {
    sendAck(endpoint, app, command);
  } else if (template.method === 'PRACK') {
    sendPrack(endpoint, app, command);
  } else {
    const dialog = endpoint.dialogs.find(inDialog) ?? lastEarly(endpoint.outgoingInvites.making(inDialog));
    // drachtio-srf knows this failure by these words (ENODIALOG).
    if (dialog === undefined) nok(endpoint, app, id, `unable to find dialog ${inDialog}`);
    else sendInDialog(endpoint, app, command, dialog);
  }
}

/** RFC 3261 14.1, 15: a BYE or another INVITE waits until the 2xx of this end has its ACK; the 2xx itself may wait for a PRACK. */
function sendInDialog(
  endpoint: Endpoint,
  app: App,
  { id, template }: RequestCommand,
  dialog: AppDialog,
): void {
  const { session } = dialog;
  const { method } = template;
  const go = () => {
    const request = requestInDialog(endpoint, dialog, template);
    if (method === 'INVITE') sendInvite(endpoint, app, id, request, dialog, undefined);
    else send(endpoint, app, id, request, dialog, undefined);
    if (method === 'BYE') writeCdr(endpoint, 'application', RELEASED, request);
  };
  if (session === undefined || (method !== 'BYE' && method !== 'INVITE')) {
    go();
  } else if (method === 'INVITE' && (session.incoming ?? session.outgoing) !== undefined) {
    nok(endpoint, app, id, 'another INVITE is under way in this dialog');
  } else if (session.answered === undefined && session.incoming?.isAccepted !== true) {
    go();
  } else if (session.held.length < MAX_HELD) {
    session.held.push(go);
  } else {
    nok(endpoint, app, id, 'too many requests wait for the ACK');
  }
}

function sendOutside(endpoint: Endpoint, app: App, { id, proxy, template }: RequestCommand): void {
  const { method } = template;
  if (method === 'ACK' || method === 'PRACK' || method === 'CANCEL') {
    nok(endpoint, app, id, `${method} without a dialog`);
    return;
  }
  if (method === 'INVITE' && endpoint.dialogs.full) {
    nok(endpoint, app, id, 'too many dialogs');
    return;
  }
  const go = method === 'INVITE' ? sendInvite : send;
  const request = requestOutside(endpoint, template);
  if (proxy === undefined) {
    go(endpoint, app, id, request, undefined, undefined);
    return;
  }
  const uri = parseUri(proxy);
  const found =
    uri === undefined ? [] : locate(uri, { resolver: endpoint.resolver, random: endpoint.host.random });
  const sendTo = (targets: readonly Target[]) => {
    if (targets.length === 0) nok(endpoint, app, id, `no way to the proxy ${proxy}`);
    else go(endpoint, app, id, request, undefined, targets);
  };
  if (found instanceof Promise) found.then(sendTo, () => sendTo([]));
  else sendTo(found);
}

function send(
  endpoint: Endpoint,
  app: App,
  id: string,
  request: SipRequest,
  dialog: AppDialog | undefined,
  targets: readonly Target[] | undefined,
): void {
  const txId = endpoint.newId();
  const makes = dialog === undefined && subscribes(request.method);
  const subject = makes ? dialogId(callId(request) ?? '', tagOf(from(request)) ?? '') : (dialog?.id ?? '');
  if (makes) endpoint.pendingSubscribes.set(subject, { waiting: [] });
  const sending: Sending = {
    app,
    request,
    txId,
    dialogId: subject,
    dialog,
    transaction: undefined,
    early: [],
  };
  const prepare = dialog?.strict === true ? forStrictRouter : undefined;
  const transaction = endpoint.stack.send(request, userOf(endpoint, sending), { targets, prepare });
  requestSent(endpoint, app, id, transaction, request, txId);
  sending.transaction = transaction;
  for (const happened of sending.early) happened();
}

/** The reply to a request that was sent. */
export function requestSent(
  endpoint: Endpoint,
  app: App,
  id: string,
  { target, request: sent }: Pick<ClientTransaction, 'target' | 'request'>,
  request: SipRequest,
  txId: string,
): void {
  const echo = app.echo(sent ?? request);
  const { address, port } = endpoint.stack.listening;
  const protocol = target?.transport.toLowerCase() ?? 'udp';
  app.send(
    `${endpoint.newId()}|response|${id}|OK|application|${echo.length}|${protocol}|${address}|${port}|` +
      `${endpoint.timeToken()}|${txId}|Msg sent:|`,
    echo,
  );
}

/** Answers go up in the order in which they came, but for 100, which would end the application's wait (RFC 3261 17.1.2). */
function userOf(endpoint: Endpoint, sending: Sending): ClientTransactionUser {
  const inOrder = (happened: () => void) => {
    if (sending.transaction === undefined) sending.early.push(happened);
    else happened();
  };
  return {
    onResponse(response, source) {
      if (response.status !== 100) inOrder(() => receiveResponse(endpoint, sending, response, source));
    },
    onFailure(failure) {
      // RFC 3261 8.1.3.1: a time-out is as a 408, a failed transport as a 503.
      const response = responseTo(sending.request, failure === 'timeout' ? 408 : 503);
      inOrder(() => receiveResponse(endpoint, sending, response, undefined));
    },
  };
}

/** The dialog is there before the application hears of it; a NOTIFY that came before its 2xx follows behind. */
function receiveResponse(
  endpoint: Endpoint,
  sending: Sending,
  response: SipResponse,
  source: Source | undefined,
): void {
  if (response.status < 200) {
    handUp(endpoint, sending, response, source);
    return;
  }
  const pending = sending.dialog === undefined ? endpoint.pendingSubscribes.get(sending.dialogId) : undefined;
  if (sending.dialog !== undefined) afterFinalInDialog(endpoint, sending.dialog, sending.request, response);
  else if (pending !== undefined) afterSubscribe(endpoint, sending, response);
  handUp(endpoint, sending, response, source);
  for (const receive of pending?.waiting ?? []) receive();
}

/** An answer to a request of the application; `source` is undefined for one of this endpoint's own. */
export function handUp(
  endpoint: Endpoint,
  { app, txId, dialogId, transaction }: Pick<Sending, 'app' | 'txId' | 'dialogId' | 'transaction'>,
  response: SipResponse,
  source: Source | undefined,
): void {
  const from = source ?? {
    transport: transaction?.target?.transport ?? 'UDP',
    remote: transaction?.target ?? endpoint.stack.listening,
  };
  // A failure of our own may come in the turn of the request.
  deliver(endpoint, app, response, from, { txId, dialogId, later: source === undefined });
}

function afterSubscribe(
  endpoint: Endpoint,
  { app, request, dialogId }: Sending,
  response: SipResponse,
): void {
  endpoint.pendingSubscribes.delete(dialogId);
  if (!isSubscribed(request, response) || endpoint.dialogs.full) return;
  const dialog = established(app, request, response);
  if (dialog === undefined) return;
  keepSubscription(dialog, subscriptionOf(request), response, endpoint.host.clock.now());
  endpoint.dialogs.add(dialog);
}

function afterFinalInDialog(
  endpoint: Endpoint,
  dialog: AppDialog,
  request: SipRequest,
  response: SipResponse,
): void {
  const { status } = response;
  const { method } = request;
  if (method === 'BYE') {
    if (dialog.session !== undefined) stopSession(dialog.session);
    endpoint.dialogs.remove(dialog.id); // RFC 3261 15.1.1: whatever is answered
  } else if (status === 481 || status === 408) {
    dialogIsGone(endpoint, dialog, status);
  } else if (method === 'NOTIFY' && isTerminated(request)) {
    if (endSubscription(dialog, subscriptionOf(request))) endpoint.dialogs.remove(dialog.id);
  } else if (status < 300 && method === 'SUBSCRIBE') {
    refreshTarget(dialog, response);
    keepSubscription(dialog, subscriptionOf(request), response, endpoint.host.clock.now());
  } else if (status < 300 && method === 'UPDATE') {
    refreshTarget(dialog, response);
    watchSession(endpoint, dialog, response, 'uac');
  }
}
