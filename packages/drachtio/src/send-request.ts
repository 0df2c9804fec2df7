import {
  callId,
  forStrictRouter,
  from,
  locate,
  parseUri,
  responseTo,
  serialize,
  tagOf,
  type ClientTransactionUser,
  type SipRequest,
  type SipResponse,
  type Source,
  type Target,
} from '@ims-sim/sip';
import type { App } from './app.js';
import { dialogId, refreshTarget, uacDialog, type AppDialog } from './app-dialog.js';
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
  readonly target: () => Target | undefined;
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
  const found = uri === undefined ? [] : locate(uri, { resolver: endpoint.resolver, random: endpoint.host.random });
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
  const sending: Sending = { app, request, txId, dialogId: subject, dialog, target: () => transaction.target };
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
}

/** Answers go up in the order in which they came, but for 100, which would end the application's wait (RFC 3261 17.1.2). */
function userOf(endpoint: Endpoint, sending: Sending): ClientTransactionUser {
  return {
    onResponse(response, source) {
      if (response.status === 100) return;
      handUp(endpoint, sending, response, source, 'now');
      if (response.status >= 200) afterFinal(endpoint, sending, response);
    },
    onFailure(failure) {
      // RFC 3261 8.1.3.1: a time-out is as a 408, a failed transport as a 503.
      const response = responseTo(sending.request, failure === 'timeout' ? 408 : 503);
      handUp(endpoint, sending, response, undefined, 'later');
      afterFinal(endpoint, sending, response);
    },
  };
}

function handUp(
  endpoint: Endpoint,
  { app, txId, dialogId, target }: Sending,
  response: SipResponse,
  source: Source | undefined,
  when: 'now' | 'later',
): void {
  const message = app.show(response);
  const transport = source?.transport ?? target()?.transport ?? 'UDP';
  const { address, port } = source?.remote ?? target() ?? endpoint.stack.listening;
  const tokens =
    `${endpoint.newId()}|sip|network|${message.length}|${transport.toLowerCase()}|${address}|${port}|` +
    `${endpoint.timeToken()}|${txId}|${dialogId}|`;
  if (when === 'now') app.send(tokens, message);
  else app.sendLater(tokens, message);
}

function afterFinal(endpoint: Endpoint, sending: Sending, response: SipResponse): void {
  const { app, request, dialog } = sending;
  if (dialog !== undefined) afterFinalInDialog(endpoint, dialog, request, response);
  else if (request.method === 'SUBSCRIBE') afterSubscribe(endpoint, app, sending, response);
}

function afterSubscribe(endpoint: Endpoint, app: App, { request, dialogId }: Sending, response: SipResponse): void {
  const pending = endpoint.pendingSubscribes.get(dialogId);
  endpoint.pendingSubscribes.delete(dialogId);
  if (response.status < 300 && !endpoint.dialogs.full) {
    const dialog = uacDialog(app, request, response);
    keepSubscription(dialog, subscriptionOf(request), response, endpoint.host.clock.now());
    endpoint.dialogs.add(dialog);
  }
  for (const receive of pending?.waiting ?? []) receive();
}

function afterFinalInDialog(endpoint: Endpoint, dialog: AppDialog, request: SipRequest, response: SipResponse): void {
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

/**
 * A subscription of an application ran out and no NOTIFY ended it: the application is told by one that the endpoint makes,
 * as drachtio-server tells of a session that it gave up. An application whose own watchers lapse knows by itself.
 */
export function lapsed(endpoint: Endpoint, dialog: AppDialog): void {
  if (dialog.role === 'uas') return;
  const message = dialog.subscriptions
    .map((subscription) => serialize(lapseNotify(dialog, subscription)))
    .map((text) => ({ text, id: endpoint.newId() }));
  for (const { text, id } of message) {
    const { address, port } = endpoint.stack.listening;
    const tokens = `${id}|sip|application|${text.length}|udp|${address}|${port}|${endpoint.timeToken()}|unsolicited|${dialog.id}|`;
    dialog.app.send(tokens, text);
  }
}
