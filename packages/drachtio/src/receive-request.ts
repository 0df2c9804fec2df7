import { token } from '@ims-sim/host';
import { callId, cseq, from, has, responseTo, tagOf, to, type ServerTransaction } from '@ims-sim/sip';
import type { App } from './app.js';
import { dialogId, refreshTarget, type AppDialog } from './app-dialog.js';
import type { Endpoint } from './endpoint.js';
import { isNotHere } from './not-here.js';
import { MAX_WAITING } from './pending-subscribes.js';

/** A request came from the network: hands it to the application that is to answer it, or answers it where there is none. */
export function receiveRequest(endpoint: Endpoint, transaction: ServerTransaction): void {
  const { request } = transaction;
  if (request.method === 'ACK') return;
  if (isNotHere(request.method)) {
    refuse(endpoint, transaction, 501);
    return;
  }
  const localTag = tagOf(to(request));
  if (localTag === undefined) receiveOutsideDialog(endpoint, transaction);
  else receiveInDialog(endpoint, transaction, localTag, 'now');
}

function receiveOutsideDialog(endpoint: Endpoint, transaction: ServerTransaction): void {
  const { request, source } = transaction;
  if (request.method === 'SUBSCRIBE' && !has(request.headers, 'contact')) {
    refuse(endpoint, transaction, 400, 'Missing Contact'); // RFC 6665 8.2.1: no dialog without
    return;
  }
  const app = nextApp(endpoint, request.method.toLowerCase());
  if (app === undefined || (request.method === 'SUBSCRIBE' && endpoint.dialogs.full)) {
    refuse(endpoint, transaction, 503);
    return;
  }
  const { address, port } = source.local;
  handUp(endpoint, transaction, app, undefined, `${address}|${port}|`, 'now');
}

/** Round robin over the applications that registered for this method. */
function nextApp({ apps }: Endpoint, verb: string): App | undefined {
  const at = apps.findIndex((app) => app.authenticated && app.handles(verb));
  const app = apps[at];
  if (app !== undefined && apps.length > 1) {
    apps.splice(at, 1);
    apps.push(app);
  }
  return app;
}

/** RFC 3261 12.2.2. */
function receiveInDialog(
  endpoint: Endpoint,
  transaction: ServerTransaction,
  localTag: string,
  when: 'now' | 'later',
): void {
  const { request } = transaction;
  const id = callId(request) ?? '';
  const remoteTag = tagOf(from(request)) ?? '';
  const dialog = ownDialog(endpoint, id, localTag, remoteTag);
  if (dialog === undefined) {
    const subscribe = endpoint.pendingSubscribes.get(dialogId(id, localTag));
    if (subscribe !== undefined && request.method === 'NOTIFY' && subscribe.waiting.length < MAX_WAITING) {
      // RFC 6665 4.4.1: a NOTIFY that overtakes the 2xx. The application hears of it once it has the dialog.
      subscribe.waiting.push(() => receiveInDialog(endpoint, transaction, localTag, 'later'));
    } else {
      refuse(endpoint, transaction, 481);
    }
    return;
  }
  const number = cseq(request)?.number ?? 0;
  if (number < dialog.remoteCSeq) {
    refuse(endpoint, transaction, 500, 'CSeq out of order');
    return;
  }
  dialog.remoteCSeq = number;
  if (request.method === 'SUBSCRIBE' || request.method === 'NOTIFY') refreshTarget(dialog, request);
  handUp(endpoint, transaction, dialog.app, dialog, '', when);
}

/** The name of a dialog has the From tag of the request that made it: the peer's or the application's own. */
function ownDialog(
  endpoint: Endpoint,
  id: string,
  localTag: string,
  remoteTag: string,
): AppDialog | undefined {
  const asUas = endpoint.dialogs.find(dialogId(id, remoteTag));
  const dialog = asUas?.role === 'uas' ? asUas : endpoint.dialogs.find(dialogId(id, localTag));
  return dialog?.localTag === localTag && dialog.remoteTag === remoteTag ? dialog : undefined;
}

function handUp(
  endpoint: Endpoint,
  transaction: ServerTransaction,
  app: App,
  dialog: AppDialog | undefined,
  tail: string,
  when: 'now' | 'later',
): void {
  const txId = endpoint.newId();
  const sinceMs = endpoint.host.clock.now();
  if (!endpoint.pendingRequests.add(txId, { transaction, app, dialog, toTag: undefined, sinceMs })) {
    refuse(endpoint, transaction, 503);
    return;
  }
  const { transport, remote } = transaction.source;
  const message = app.show(transaction.request);
  const tokens =
    `${endpoint.newId()}|sip|network|${message.length}|${transport.toLowerCase()}|${remote.address}|${remote.port}|` +
    `${endpoint.timeToken()}|${txId}|${dialog?.id ?? ''}|${tail}`;
  if (when === 'now') app.send(tokens, message);
  else app.sendLater(tokens, message);
}

/** The endpoint's own answer, where no application is to be asked. */
export function refuse(
  { host }: Endpoint,
  transaction: ServerTransaction,
  status: number,
  reason?: string,
): void {
  transaction.respond(responseTo(transaction.request, status, reason, { toTag: token(host.random, 8) }));
}
