import { addresses, callId, cseq, from, tagOf, to } from '../message/access.js';
import { createRequest } from '../message/build.js';
import { header, type Header } from '../message/header.js';
import type { SipMessage, SipRequest, SipResponse } from '../message/message.js';
import { routeAlong } from '../message/route.js';
import type { Dialog } from './dialog.js';

export interface InDialogOptions {
  /**
   * Beside those that the dialog gives (Max-Forwards, Route, From, To, Call-ID, CSeq) and Content-Length; a target
   * refresh has its Contact here.
   */
  readonly headers?: readonly Header[] | undefined;
  /** One character a byte (latin1). */
  readonly body?: string | undefined;
  /** For an ACK, which has its INVITE's; otherwise the next number. */
  readonly cseq?: number | undefined;
}

/**
 * RFC 3261 12.2.1.1: a request within the dialog, complete but for its Via, and the dialog that has counted it. The
 * route set stands in Route as it is and the remote target in the Request-URI; where the first route is a strict
 * router's, the swap is made when the request is sent (`forStrictRouter`), since the next hop is taken from the
 * Route.
 */
export function inDialogRequest(
  dialog: Dialog,
  method: string,
  { headers = [], body, cseq: given }: InDialogOptions = {},
): { readonly request: SipRequest; readonly dialog: Dialog } {
  const number = given ?? dialog.localCSeq + 1;
  const all: Header[] = [MAX_FORWARDS];
  const route = routeAlong(dialog.routeSet);
  if (route !== undefined) {
    all.push(route);
  }
  all.push(
    header('From', dialog.local.text),
    header('To', dialog.remote.text),
    header('Call-ID', dialog.callId),
    header('CSeq', `${number} ${method}`),
    ...headers,
  );
  const request = createRequest({ method, uri: dialog.remoteTarget, headers: all, body });
  return { request, dialog: { ...dialog, localCSeq: Math.max(number, dialog.localCSeq) } };
}

const MAX_FORWARDS = header('Max-Forwards', '70');

/** Whether a request that came in is of this dialog (RFC 3261 12.2.2). */
export function isOfDialog(dialog: Dialog, request: SipRequest): boolean {
  return (
    callId(request) === dialog.callId &&
    tagOf(to(request)) === dialog.localTag &&
    (tagOf(from(request)) ?? '') === dialog.remoteTag
  );
}

export type Received =
  | { readonly kind: 'ok'; readonly dialog: Dialog }
  | { readonly kind: 'reply'; readonly status: number; readonly reason: string };

/** RFC 3261 12.2.2: what a request of this dialog does to it. One that was overtaken by a later one gets 500. */
export function receive(dialog: Dialog, request: SipRequest): Received {
  const number = cseq(request)?.number ?? 0;
  const { remoteCSeq } = dialog;
  // An ACK has the number of its INVITE, which others may have followed.
  if (remoteCSeq !== undefined && number < remoteCSeq && request.method !== 'ACK') {
    return { kind: 'reply', status: 500, reason: 'CSeq out of order' };
  }
  const counted = { ...dialog, remoteCSeq: Math.max(number, remoteCSeq ?? 0) };
  return { kind: 'ok', dialog: retargeted(counted, request.method, request) };
}

/** RFC 3261 12.2.1.2: what a response to a request of this dialog does to it: a 2xx to a target refresh moves its target. */
export function receiveResponse(dialog: Dialog, response: SipResponse): Dialog {
  const isSuccess = response.status >= 200 && response.status < 300;
  return isSuccess ? retargeted(dialog, cseq(response)?.method ?? '', response) : dialog;
}

/** RFC 3261 12.2, RFC 3311 5.1, RFC 6665 4.4 (SUBSCRIBE and NOTIFY): the methods whose Contact is the new target. */
const TARGET_REFRESH: ReadonlySet<string> = new Set(['INVITE', 'UPDATE', 'SUBSCRIBE', 'NOTIFY']);

function retargeted(dialog: Dialog, method: string, message: SipMessage): Dialog {
  const contact = TARGET_REFRESH.has(method) ? addresses(message, 'contact')[0] : undefined;
  return contact === undefined ? dialog : { ...dialog, remoteTarget: contact.uriText };
}
