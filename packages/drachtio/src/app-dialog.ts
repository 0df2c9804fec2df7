import {
  addresses,
  callId,
  cseq,
  from,
  isLoose,
  tagOf,
  to,
  type NameAddr,
  type SipMessage,
  type SipRequest,
  type SipResponse,
} from '@ims-sim/sip';
import type { App } from './app.js';
import { subscriptionOf } from './subscription.js';

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
  /** Its subscriptions (RFC 6665 4.4.1: several share a dialog), by Event with its id. */
  subscriptions: readonly string[];
  /** When the last of them is over, if nothing is heard; milliseconds since the epoch. */
  expiresAtMs: number;
}

export function dialogId(callId: string, fromTag: string): string {
  return `${callId};from-tag=${fromTag}`;
}

/** RFC 3261 12.1.1: the dialog that an application makes by answering `request` with a 2xx. Its next CSeq is one above `localCSeq`. */
export function uasDialog(app: App, request: SipRequest, localTag: string, localCSeq: number): AppDialog {
  const recorded = addresses(request, 'record-route');
  return fromTexts(app, 'uas', request, recorded, {
    callId: callId(request) ?? '',
    local: `${to(request)?.text ?? ''};tag=${localTag}`,
    localTag,
    remote: from(request)?.text ?? '',
    remoteTag: tagOf(from(request)) ?? '',
    route: routeOf(recorded),
    target: contactUri(request) ?? '',
  }, { localCSeq, remoteCSeq: cseq(request)?.number ?? 0 });
}

/** RFC 3261 12.1.2: the dialog that the peer makes by answering the application's `request` with a 2xx. */
export function uacDialog(app: App, request: SipRequest, response: SipResponse): AppDialog {
  const recorded = addresses(response, 'record-route').toReversed();
  return fromTexts(app, 'uac', request, recorded, {
    callId: callId(request) ?? '',
    local: from(request)?.text ?? '',
    localTag: tagOf(from(request)) ?? '',
    remote: to(response)?.text ?? '',
    remoteTag: tagOf(to(response)) ?? '',
    route: routeOf(recorded),
    target: contactUri(response) ?? request.uri,
  }, { localCSeq: cseq(request)?.number ?? 0, remoteCSeq: -1 });
}

/** RFC 6665 4.4.1, RFC 3261 12.2.2: SUBSCRIBE and NOTIFY, and the 2xx to a SUBSCRIBE, may name a new remote target. */
export function refreshTarget(dialog: AppDialog, message: SipMessage): void {
  const target = contactUri(message);
  if (target !== undefined && target !== dialog.target) dialog.target = Buffer.from(target, 'latin1').latin1Slice();
}

interface Texts {
  readonly callId: string;
  readonly local: string;
  readonly localTag: string;
  readonly remote: string;
  readonly remoteTag: string;
  readonly route: string;
  readonly target: string;
}

function fromTexts(
  app: App,
  role: 'uas' | 'uac',
  request: SipRequest,
  recorded: readonly NameAddr[],
  texts: Texts,
  cseqs: { readonly localCSeq: number; readonly remoteCSeq: number },
): AppDialog {
  const first = recorded[0];
  const { callId, local, localTag, remote, remoteTag, route, target } = texts;
  // Joining copies; a slice of the copy keeps the copy only, a slice of the message would keep the message.
  const copy = [callId, local, remote, route, target].join('\n');
  let at = 0;
  const cut = (text: string) => copy.slice(at, (at += text.length + 1) - 1);
  return {
    id: dialogId(callId, role === 'uas' ? remoteTag : localTag),
    app,
    role,
    callId: cut(callId),
    local: cut(local),
    remote: cut(remote),
    route: cut(route),
    target: cut(target),
    localTag: copyOf(localTag),
    remoteTag: copyOf(remoteTag),
    strict: first !== undefined && !isLoose(first),
    ...cseqs,
    subscriptions: [subscriptionOf(request)],
    expiresAtMs: 0,
  };
}

function copyOf(text: string): string {
  return Buffer.from(text, 'latin1').latin1Slice();
}

function routeOf(recorded: readonly NameAddr[]): string {
  return recorded.map(({ text }) => text).join(', ');
}

function contactUri(message: SipMessage): string | undefined {
  return addresses(message, 'contact')[0]?.uriText;
}
