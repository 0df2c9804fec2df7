import { token } from '@ims-sim/host';
import {
  callId,
  cseq,
  from,
  has,
  responseTo,
  tagOf,
  to,
  type ServerTransaction,
  type SipResponse,
} from '@ims-sim/sip';
import type { App } from './app.js';
import { dialogId, isTargetRefresh, refreshTarget, type AppDialog } from './app-dialog.js';
import { ATTEMPT, refusedBy, writeCdr } from './cdr.js';
import { deliver } from './deliver.js';
import type { Endpoint } from './endpoint.js';
import { MAX_WAITING } from './pending-subscribes.js';
import { receiveAck } from './receive-ack.js';
import { receiveBye } from './receive-bye.js';
import { receiveInvite } from './receive-invite.js';
import { receivePrack } from './receive-prack.js';
import { passAlong } from './proxied-dialog.js';
import { proxyFor } from './proxy-request.js';
import { dialApp, handlerFor } from './request-handler.js';
import { subscribes } from './subscription.js';

/** A request came from the network: hands it to the application that is to answer it, or answers it where there is none. */
export function receiveRequest(endpoint: Endpoint, transaction: ServerTransaction): void {
  const { request } = transaction;
  const localTag = tagOf(to(request));
  if (localTag === undefined) receiveOutsideDialog(endpoint, transaction);
  else receiveInDialog(endpoint, transaction, localTag, 'now');
}

function receiveOutsideDialog(endpoint: Endpoint, transaction: ServerTransaction): void {
  const { request } = transaction;
  const { method } = request;
  if (method === 'ACK') return;
  const makesDialog = subscribes(method) || method === 'INVITE';
  if (makesDialog && !has(request.headers, 'contact')) {
    refuse(endpoint, transaction, 400, 'Missing Contact'); // RFC 3261 8.1.1.8, RFC 6665 8.2.1, RFC 3515 2.2: no dialog without
    return;
  }
  if (makesDialog && endpoint.dialogs.full) {
    refuse(endpoint, transaction, 503);
    return;
  }
  if (method === 'INVITE') writeCdr(endpoint, 'network', ATTEMPT, request);
  const app = nextApp(endpoint, (one) => one.handles(method.toLowerCase()));
  if (app !== undefined) {
    handUpOutside(endpoint, transaction, app);
    return;
  }
  const handler = handlerFor(endpoint, method);
  if (handler === undefined) {
    refuseOutside(endpoint, transaction, 503);
    return;
  }
  if (method === 'INVITE') transaction.trying();
  dialApp(endpoint, handler, transaction, {
    connected: (dialled) => handUpOutside(endpoint, transaction, dialled),
    tagged(tag) {
      const tagged = nextApp(endpoint, (one) => one.tags.includes(tag));
      if (tagged === undefined) refuseOutside(endpoint, transaction, 503);
      else handUpOutside(endpoint, transaction, tagged);
    },
    proxied(plan) {
      if (method === 'INVITE') transaction.onCancel = () => refuseOutside(endpoint, transaction, 487);
      proxyFor(endpoint, transaction, plan);
    },
    refused: (status, reason) => refuseOutside(endpoint, transaction, status, reason),
  });
}

function refuseOutside(
  endpoint: Endpoint,
  transaction: ServerTransaction,
  status: number,
  reason?: string,
): void {
  const response = refuse(endpoint, transaction, status, reason);
  if (transaction.request.method === 'INVITE') {
    writeCdr(endpoint, 'application', refusedBy(status), response);
  }
}

/** A request outside of dialogs goes to this application. */
function handUpOutside(endpoint: Endpoint, transaction: ServerTransaction, app: App): void {
  const { address, port } = transaction.source.local;
  const tail = `${address}|${port}|`;
  if (transaction.request.method === 'INVITE') receiveInvite(endpoint, transaction, app, undefined, tail);
  else handUp(endpoint, transaction, app, undefined, tail, 'now');
}

/** Round robin over the applications that are fit. */
function nextApp({ apps }: Endpoint, isFit: (app: App) => boolean): App | undefined {
  const at = apps.findIndex((app) => app.authenticated && isFit(app));
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
  const { method } = request;
  const id = callId(request) ?? '';
  const remoteTag = tagOf(from(request)) ?? '';
  const dialog = ownDialog(endpoint, id, localTag, remoteTag);
  if (dialog === undefined) {
    receiveForNobody(endpoint, transaction, dialogId(id, localTag), localTag);
    return;
  }
  if (method === 'ACK') {
    receiveAck(endpoint, transaction, dialog);
    return;
  }
  const number = cseq(request)?.number ?? 0;
  if (number < dialog.remoteCSeq) {
    refuse(endpoint, transaction, 500, 'CSeq out of order');
    return;
  }
  dialog.remoteCSeq = number;
  switch (method) {
    case 'INVITE':
      receiveInvite(endpoint, transaction, dialog.app, dialog, '');
      return;
    case 'PRACK':
      receivePrack(endpoint, transaction, dialog);
      return;
    case 'BYE':
      if (!receiveBye(endpoint, transaction, dialog)) return;
      break;
    default:
      if (isTargetRefresh(method)) refreshTarget(dialog, request);
  }
  handUp(endpoint, transaction, dialog.app, dialog, '', when);
}

/** A request within a dialog that no application has: one that an application only proxies, or is about to have. */
function receiveForNobody(
  endpoint: Endpoint,
  transaction: ServerTransaction,
  uacDialogId: string,
  localTag: string,
): void {
  const { request } = transaction;
  const subscribe = endpoint.pendingSubscribes.get(uacDialogId);
  if (subscribe !== undefined && request.method === 'NOTIFY' && subscribe.waiting.length < MAX_WAITING) {
    // RFC 6665 4.4.1: a NOTIFY that overtakes the 2xx. The application hears of it once it has the dialog.
    subscribe.waiting.push(() => receiveInDialog(endpoint, transaction, localTag, 'later'));
  } else if (!passAlong(endpoint, transaction) && request.method !== 'ACK') {
    refuse(endpoint, transaction, 481);
  }
}

/** The name of a dialog has the From tag of the request that made it: the peer's or the application's own. */
function ownDialog(
  endpoint: Endpoint,
  id: string,
  localTag: string,
  remoteTag: string,
): AppDialog | undefined {
  const asUas = endpoint.dialogs.find(dialogId(id, remoteTag));
  const uacId = dialogId(id, localTag);
  const dialog = asUas?.role === 'uas' ? asUas : endpoint.dialogs.find(uacId);
  if (dialog?.localTag === localTag && dialog.remoteTag === remoteTag) return dialog;
  return endpoint.outgoingInvites.making(uacId)?.early.get(remoteTag)?.dialog;
}

/** A request that the application is to answer. */
export function handUp(
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
  const delivery = { txId, dialogId: dialog?.id ?? '', tail, later: when === 'later' };
  deliver(endpoint, app, transaction.request, transaction.source, delivery);
}

/** The endpoint's own answer, where no application is to be asked. */
export function refuse(
  { host }: Endpoint,
  transaction: ServerTransaction,
  status: number,
  reason?: string,
): SipResponse {
  const response = responseTo(transaction.request, status, reason, { toTag: token(host.random, 8) });
  transaction.respond(response);
  return response;
}
