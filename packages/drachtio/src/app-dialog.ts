import {
  addresses,
  copied,
  isLoose,
  uacDialog,
  uasDialog,
  type Dialog,
  type SipMessage,
  type SipRequest,
  type SipResponse,
} from '@ims-sim/sip';
import type { App } from './app.js';
import { newSession, type Session } from './session.js';
import { subscribes, subscriptionOf } from './subscription.js';

/**
 * A dialog of an application (RFC 3261 12). Thousands live for hours, so it is kept as the text that its requests are
 * made of, cut out of one string of its own: nothing of the message that made it stays behind.
 */
export interface AppDialog {
  /** `<Call-ID>;from-tag=<From tag of the request that made it>`, as drachtio-server names dialogs. */
  readonly id: string;
  readonly app: App;
  readonly role: 'uas' | 'uac';
  readonly callId: string;
  /** From of its own requests, tag included. */
  readonly local: string;
  readonly localTag: string;
  readonly remote: string;
  readonly remoteTag: string;
  /** Value of Route in its own requests; empty without one. */
  readonly route: string;
  /** The first of the route is a strict router (RFC 3261 12.2.1.1). */
  readonly strict: boolean;
  /** Request-URI of its own requests. */
  target: string;
  localCSeq: number;
  remoteCSeq: number;
  /** Of a dialog that an INVITE made. */
  readonly session: Session | undefined;
  /** Its subscriptions (RFC 6665 4.4.1: several share a dialog), by Event with its id. */
  subscriptions: readonly string[];
  /** When the last of them is over, if nothing is heard; milliseconds since the epoch. */
  expiresAtMs: number;
}

export function dialogId(callId: string, fromTag: string): string {
  return `${callId};from-tag=${fromTag}`;
}

/**
 * The dialog that an application makes by its 2xx. Its next CSeq is `firstCSeq`. Undefined where the request has no
 * Contact.
 */
export function answered(
  app: App,
  request: SipRequest,
  response: SipResponse,
  firstCSeq: number,
): AppDialog | undefined {
  const dialog = uasDialog(request, response);
  return dialog && kept(app, 'uas', { ...dialog, localCSeq: firstCSeq - 1 }, request);
}

/** The dialog that the peer makes by its 2xx to an application's request. Undefined where that has no Contact or tag. */
export function established(app: App, request: SipRequest, response: SipResponse): AppDialog | undefined {
  const dialog = uacDialog(request, response);
  return dialog && kept(app, 'uac', dialog, request);
}

/** RFC 3261 12.2, RFC 3311 5.1, RFC 6665 4.4.1: the methods whose requests, and 2xx, may name a new remote target. */
export function isTargetRefresh(method: string): boolean {
  return method === 'SUBSCRIBE' || method === 'NOTIFY' || method === 'INVITE' || method === 'UPDATE';
}

/** The message's Contact is the new remote target. */
export function refreshTarget(dialog: AppDialog, message: SipMessage): void {
  const target = addresses(message, 'contact')[0]?.uriText;
  if (target !== undefined && target !== dialog.target) dialog.target = copied(target);
}

function kept(app: App, role: 'uas' | 'uac', dialog: Dialog, request: SipRequest): AppDialog {
  const { callId, localTag, remoteTag, localCSeq, remoteCSeq = -1 } = dialog;
  const first = dialog.routeSet[0];
  const texts = [
    callId,
    dialog.local.text,
    dialog.remote.text,
    dialog.routeSet.map(({ text }) => text).join(', '),
    dialog.remoteTarget,
    localTag,
    remoteTag,
  ];
  // Joining copies; a slice of the copy keeps the copy only, a slice of the message would keep the message.
  const copy = texts.join('\n');
  let at = 0;
  const next = (index: number) => copy.slice(at, (at += (texts[index]?.length ?? 0) + 1) - 1);
  return {
    id: dialogId(callId, role === 'uas' ? remoteTag : localTag),
    app,
    role,
    callId: next(0),
    local: next(1),
    remote: next(2),
    route: next(3),
    target: next(4),
    localTag: next(5),
    remoteTag: next(6),
    strict: first !== undefined && !isLoose(first),
    localCSeq,
    remoteCSeq,
    session: request.method === 'INVITE' ? newSession() : undefined,
    subscriptions: subscribes(request.method) ? [subscriptionOf(request)] : [],
    expiresAtMs: 0,
  };
}
