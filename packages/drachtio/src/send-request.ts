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
import { dialogId, refreshTarget, established, type AppDialog } from './app-dialog.js';
import type { Command } from './command.js';
import type { Endpoint } from './endpoint.js';
import { isNotHere, notHere } from './not-here.js';
import { nok } from './reply.js';
import { lacksContentType, requestInDialog, requestOutside } from './requests.js';
import { endSubscription, isTerminated, keepSubscription, subscriptionOf } from './subscription.js';

type RequestCommand = Command & { kind: 'request' };

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
  if (isNotHere(template.method)) {
    nok(endpoint, app, id, notHere(template.method));
  } else if (lacksContentType(template)) {
    nok(endpoint, app, id, 'missing content-type');
  } else if (inDialog === '') {
    sendOutside(endpoint, app, command);
  } else {
    const dialog = endpoint.dialogs.find(inDialog);
    // drachtio-srf knows this failure by these words (ENODIALOG).
    if (dialog === undefined) nok(endpoint, app, id, `unable to find dialog ${inDialog}`);
    else send(endpoint, app, id, requestInDialog(endpoint, dialog, template), dialog, undefined);
  }
}

function sendOutside(endpoint: Endpoint, app: App, { id, proxy, template }: RequestCommand): void {
  const request = requestOutside(endpoint, template);
  if (proxy === undefined) {
    send(endpoint, app, id, request, undefined, undefined);
    return;
  }
  const uri = parseUri(proxy);
  const found =
    uri === undefined ? [] : locate(uri, { resolver: endpoint.resolver, random: endpoint.host.random });
  const sendTo = (targets: readonly Target[]) => {
    if (targets.length === 0) nok(endpoint, app, id, `no way to the proxy ${proxy}`);
    else send(endpoint, app, id, request, undefined, targets);
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
  const makes = dialog === undefined && request.method === 'SUBSCRIBE';
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
  const echo = app.echo(transaction.request ?? request);
  const { address, port } = endpoint.stack.listening;
  const protocol = transaction.target?.transport.toLowerCase() ?? 'udp';
  app.send(
    `${endpoint.newId()}|response|${id}|OK|application|${echo.length}|${protocol}|${address}|${port}|` +
      `${endpoint.timeToken()}|${txId}|Msg sent:|`,
    echo,
  );
  sending.transaction = transaction;
  for (const happened of sending.early) happened();
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

function handUp(
  endpoint: Endpoint,
  { app, txId, dialogId, transaction }: Sending,
  response: SipResponse,
  source: Source | undefined,
): void {
  const message = app.show(response);
  const transport = source?.transport ?? transaction?.target?.transport ?? 'UDP';
  const { address, port } = source?.remote ?? transaction?.target ?? endpoint.stack.listening;
  const tokens =
    `${endpoint.newId()}|sip|network|${message.length}|${transport.toLowerCase()}|${address}|${port}|` +
    `${endpoint.timeToken()}|${txId}|${dialogId}|`;
  // A failure of our own may come in the turn of the request.
  if (source === undefined) app.sendLater(tokens, message);
  else app.send(tokens, message);
}

function afterSubscribe(
  endpoint: Endpoint,
  { app, request, dialogId }: Sending,
  response: SipResponse,
): void {
  endpoint.pendingSubscribes.delete(dialogId);
  if (response.status >= 300 || endpoint.dialogs.full) return;
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
  if (status === 481 || status === 408) {
    endpoint.dialogs.remove(dialog.id); // RFC 5057 5.1: the dialog is gone, with all that is in it
  } else if (request.method === 'NOTIFY' && isTerminated(request)) {
    if (endSubscription(dialog, subscriptionOf(request))) endpoint.dialogs.remove(dialog.id);
  } else if (status < 300 && request.method === 'SUBSCRIBE') {
    refreshTarget(dialog, response);
    keepSubscription(dialog, subscriptionOf(request), response, endpoint.host.clock.now());
  }
}
