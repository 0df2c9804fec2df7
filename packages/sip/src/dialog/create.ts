import { addresses, callId, cseq, from, tagOf, to } from '../message/access.js';
import type { NameAddr } from '../message/fields.js';
import type { SipMessage, SipRequest, SipResponse } from '../message/message.js';
import type { Dialog } from './dialog.js';

/**
 * RFC 3261 12.1.1: the dialog at the end that answers, once its 2xx (or 101-199) with a To tag is made. Its first own
 * request has CSeq 1. Undefined where the request has no Contact that can be read: no dialog can be made of it.
 */
export function uasDialog(request: SipRequest, response: SipResponse): Dialog | undefined {
  return assemble({
    request,
    local: to(response),
    remote: from(request),
    targetIn: request,
    routeSet: addresses(request, 'record-route'),
    localCSeq: 0,
    remoteCSeq: cseq(request)?.number,
  });
}

/**
 * RFC 3261 12.1.2: the dialog at the end that asked, by the 2xx (or 101-199) to its request. Undefined where the
 * response has no To tag or no Contact.
 */
export function uacDialog(request: SipRequest, response: SipResponse): Dialog | undefined {
  return assemble({
    request,
    local: from(request),
    remote: to(response),
    targetIn: response,
    routeSet: addresses(response, 'record-route').toReversed(),
    localCSeq: cseq(request)?.number ?? 0,
    remoteCSeq: undefined,
  });
}

/**
 * RFC 6665 4.4.1: the dialog that a NOTIFY makes which comes before the 2xx to its SUBSCRIBE (or from another notifier that
 * a fork of it reached). Its route set is what proxies recorded in the NOTIFY; those that recorded themselves in the
 * SUBSCRIBE only are known with its 2xx: `completedBy`. Undefined where the NOTIFY has no From tag or no Contact.
 */
export function uacDialogFromNotify(subscribe: SipRequest, notify: SipRequest): Dialog | undefined {
  return assemble({
    request: subscribe,
    local: from(subscribe),
    remote: from(notify),
    targetIn: notify,
    routeSet: addresses(notify, 'record-route'),
    localCSeq: cseq(subscribe)?.number ?? 0,
    remoteCSeq: cseq(notify)?.number,
  });
}

/**
 * The dialog that a NOTIFY made, with the route set of the 2xx to its SUBSCRIBE (RFC 3261 12.1.2). The remote target stays
 * the NOTIFY's, which its sender wrote later. A response of another dialog changes nothing.
 */
export function completedBy(dialog: Dialog, response: SipResponse): Dialog {
  if (tagOf(to(response)) !== dialog.remoteTag || callId(response) !== dialog.callId) {
    return dialog;
  }
  return { ...dialog, routeSet: addresses(response, 'record-route').toReversed() };
}

interface Parts {
  readonly request: SipRequest;
  readonly local: NameAddr | undefined;
  readonly remote: NameAddr | undefined;
  readonly targetIn: SipMessage;
  readonly routeSet: readonly NameAddr[];
  readonly localCSeq: number;
  readonly remoteCSeq: number | undefined;
}

function assemble({
  request,
  local,
  remote,
  targetIn,
  routeSet,
  localCSeq,
  remoteCSeq,
}: Parts): Dialog | undefined {
  const call = callId(request);
  const target = addresses(targetIn, 'contact')[0];
  const localTag = tagOf(local);
  if (call === undefined || target === undefined || local === undefined || remote === undefined) {
    return undefined;
  }
  if (localTag === undefined) {
    return undefined;
  }
  // 12.1.1 allows a UAC of RFC 2543, which has no tag.
  const remoteTag = tagOf(remote) ?? '';
  const remoteTarget = target.uriText;
  return { callId: call, localTag, remoteTag, local, remote, remoteTarget, routeSet, localCSeq, remoteCSeq };
}
