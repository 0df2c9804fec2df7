import { cseq, forStrictRouter, rseqOf, tagOf, to, type SipResponse, type Source } from '@ims-sim/sip';
import { established, refreshTarget, type AppDialog } from './app-dialog.js';
import { refusedBy, writeCdr } from './cdr.js';
import { dialogIsGone } from './dialog-gone.js';
import { sendBye } from './end-session.js';
import type { Endpoint } from './endpoint.js';
import { MAX_EARLY_DIALOGS, type EarlyDialog, type OutgoingInvite } from './outgoing-invite.js';
import { ackInDialog } from './requests.js';
import { handUp } from './send-request.js';
import { watchSession } from './session-timer.js';

/** Peers that say nothing for so long are given up: well above Timer C, which proxies on the way have. */
const SILENT_MS = 600_000;

/** Its peers have their time again. */
export function expectResponse(endpoint: Endpoint, invite: OutgoingInvite): void {
  invite.patience?.cancel();
  invite.patience = endpoint.host.clock.timer(SILENT_MS, () => {
    invite.isCancelled = true;
    invite.transaction?.cancel();
  });
}

/** RFC 3261 13.2.2: a response to an application's INVITE; `source` is undefined for one of this endpoint's own. */
export function receiveInviteResponse(
  endpoint: Endpoint,
  invite: OutgoingInvite,
  response: SipResponse,
  source: Source | undefined,
): void {
  const { status } = response;
  if (status < 200) {
    if (invite.isOver) return;
    expectResponse(endpoint, invite);
    // 100 would end drachtio-srf's wait (RFC 3261 17.1.2).
    if (status > 100 && isNew(invite, response)) handUp(endpoint, invite, response, source);
  } else if (status < 300) {
    receive2xx(endpoint, invite, response, source);
  } else if (!invite.isOver) {
    endpoint.outgoingInvites.remove(invite);
    handUp(endpoint, invite, response, source);
    if (!invite.isLater) writeCdr(endpoint, 'network', refusedBy(status), response);
    if ((status === 481 || status === 408) && invite.dialog !== undefined) {
      dialogIsGone(endpoint, invite.dialog, status); // 14.1
    }
  }
}

/** RFC 3262 4: a reliable provisional response that came again, or out of order, is not heard of. Notes the dialog (12.1.2). */
function isNew(invite: OutgoingInvite, response: SipResponse): boolean {
  const early = earlyDialog(invite, response);
  const rseq = rseqOf(response);
  if (early === undefined || rseq === undefined) return true;
  if (early.rseq !== undefined && rseq !== early.rseq + 1) return false;
  early.rseq = rseq;
  early.acknowledged = false;
  return true;
}

function earlyDialog(invite: OutgoingInvite, response: SipResponse): EarlyDialog | undefined {
  const tag = tagOf(to(response));
  if (tag === undefined) return undefined;
  const known = invite.early.get(tag);
  if (known !== undefined) return known;
  const dialog = invite.isLater ? invite.dialog : established(invite.app, invite.request, response);
  if (dialog === undefined || invite.early.size >= MAX_EARLY_DIALOGS) return undefined;
  const early: EarlyDialog = { dialog, rseq: undefined, acknowledged: false };
  invite.early.set(tag, early);
  return early;
}

/** 13.2.2.4: the first one makes the dialog; one that comes again gets its ACK again; one of another end is released. */
function receive2xx(
  endpoint: Endpoint,
  invite: OutgoingInvite,
  response: SipResponse,
  source: Source | undefined,
): void {
  const { dialog, ack } = invite;
  if (!invite.isOver) {
    accepted(endpoint, invite, response, source);
  } else if (dialog === undefined || tagOf(to(response)) !== dialog.remoteTag) {
    release(endpoint, invite, response);
  } else if (ack !== undefined) {
    endpoint.stack.sendStateless(ack, { prepare: dialog.strict ? forStrictRouter : undefined });
  }
}

function accepted(
  endpoint: Endpoint,
  invite: OutgoingInvite,
  response: SipResponse,
  source: Source | undefined,
): void {
  const dialog = invite.isLater ? invite.dialog : confirmed(invite, response);
  endpoint.outgoingInvites.remove(invite);
  invite.dialog = dialog;
  if (dialog?.session !== undefined) {
    if (invite.isLater) refreshTarget(dialog, response);
    else endpoint.dialogs.add(dialog);
    dialog.session.state = 'confirmed';
    dialog.session.toAcknowledge = invite;
    watchSession(endpoint, dialog, response, 'uac');
  }
  handUp(endpoint, invite, response, source);
  if (!invite.isLater) writeCdr(endpoint, 'network', { kind: 'start', role: 'uac' }, response);
}

/** 13.2.2.4: the route set is that of the 2xx; what was counted before stays. Undefined where it has no Contact or tag. */
function confirmed(invite: OutgoingInvite, response: SipResponse): AppDialog | undefined {
  const dialog = established(invite.app, invite.request, response);
  const early = invite.early.get(tagOf(to(response)) ?? '')?.dialog;
  if (dialog !== undefined && early !== undefined) {
    dialog.localCSeq = Math.max(dialog.localCSeq, early.localCSeq);
    dialog.remoteCSeq = early.remoteCSeq;
  }
  return dialog;
}

/** Another end has answered a forked INVITE, too: drachtio-srf knows one dialog, so this one ends at once (13.2.2.4). */
function release(endpoint: Endpoint, invite: OutgoingInvite, response: SipResponse): void {
  const dialog = established(invite.app, invite.request, response);
  if (dialog === undefined) return;
  const number = cseq(invite.request)?.number ?? 0;
  const ack = ackInDialog(dialog, number, { kind: 'request', method: 'ACK', uri: '', fields: [], body: '' });
  endpoint.stack.sendStateless(ack, { prepare: dialog.strict ? forStrictRouter : undefined });
  if (invite.early.has(dialog.remoteTag)) return;
  // Known from here on, so that its 2xx, when it comes again, gets an ACK and no second BYE.
  if (invite.early.size < MAX_EARLY_DIALOGS) {
    invite.early.set(dialog.remoteTag, { dialog, rseq: undefined, acknowledged: true });
  }
  sendBye(endpoint, dialog, { cause: 200, text: 'answered elsewhere' });
}
