import { token } from '@ims-sim/host';
import { cseq, header, lists100rel, repeat, responseTo, rseqOf, type SipResponse } from '@ims-sim/sip';
import { abandonInvite, forgetInvite } from './abandon-invite.js';
import { answered, refreshTarget } from './app-dialog.js';
import { refusedBy, writeCdr } from './cdr.js';
import type { Command } from './command.js';
import { endSession } from './end-session.js';
import { firstCSeq, ownUri, type Endpoint } from './endpoint.js';
import { responseHeaders } from './fields.js';
import { MAX_WAITING_RESPONSES, type IncomingInvite } from './incoming-invite.js';
import { nok } from './reply.js';
import { chosenTag, NO_TRANSACTION, responseSent } from './respond.js';
import { expectAnswer } from './receive-invite.js';
import { sendWaiting } from './receive-prack.js';
import { watchSession } from './session-timer.js';
import { fieldValue, type Field, type ResponseTemplate } from './template.js';

/** An application answers an INVITE (RFC 3261 13.3.1, RFC 3262 3). */
export function respondInvite(
  endpoint: Endpoint,
  invite: IncomingInvite,
  { id, template }: Command & { kind: 'respond' },
): void {
  const { app, txId, transaction } = invite;
  const { status } = template;
  if (invite.isAccepted || transaction.done || invite.waiting.length >= MAX_WAITING_RESPONSES) {
    nok(endpoint, app, id, NO_TRANSACTION);
    return;
  }
  const reliable = isReliable(invite, template);
  const response = toResponse(endpoint, invite, template, reliable);
  if (status > 100 && status < 300 && !makeDialog(endpoint, invite, response)) {
    nok(endpoint, app, id, 'no dialog can be made of it');
    return;
  }
  const dialogId = invite.dialog?.id;
  if (status < 200) {
    expectAnswer(endpoint, invite);
    const send = () => sendProvisional(endpoint, invite, response, reliable);
    if (invite.unacknowledged !== undefined && reliable) invite.waiting.push(send);
    else send();
  } else if (status < 300) {
    accept(invite, () => sendAccepted(endpoint, invite, response));
  } else {
    forgetInvite(endpoint, invite);
    transaction.respond(response);
  }
  // As drachtio-server does, at once, also where it waits for a PRACK.
  responseSent(endpoint, app, id, transaction, response, txId, dialogId);
  if (status >= 300 && !invite.isLater) writeCdr(endpoint, 'application', refusedBy(status), response);
}

/** RFC 3262 3: where the peer insists, or where it can and the application wants it: by Require, or an RSeq of whatever value. */
function isReliable({ reliability }: IncomingInvite, { status, fields }: ResponseTemplate): boolean {
  if (status <= 100 || status >= 200 || reliability === 'none') return false;
  return reliability === 'required' || fieldValue(fields, 'rseq') !== undefined || wants100rel(fields);
}

function wants100rel(fields: readonly Field[]): boolean {
  return lists100rel(fieldValue(fields, 'require') ?? '');
}

function toResponse(
  endpoint: Endpoint,
  invite: IncomingInvite,
  template: ResponseTemplate,
  reliable: boolean,
): SipResponse {
  const { status, reason, body } = template;
  invite.toTag ??= chosenTag(template) ?? token(endpoint.host.random, 8);
  const contact = status > 100 && status < 300 ? `<${ownUri(endpoint)}>` : undefined;
  const fields = status < 200 ? requiring(template.fields, reliable) : template.fields;
  const headers = responseHeaders(withContentType(fields, body), contact);
  if (reliable) {
    headers.push(header('RSeq', String(invite.rseq)));
    invite.rseq = (invite.rseq + 1) % 2 ** 32 || 1;
  }
  return responseTo(invite.transaction.request, status, reason, {
    toTag: invite.toTag,
    headers,
    body,
    recordRoute: status > 100 && status < 300,
  });
}

/** With 100rel among what it requires, or without: a peer that cannot must not be told to (RFC 3262 3). */
function requiring(fields: readonly Field[], reliable: boolean): readonly Field[] {
  if (reliable === wants100rel(fields)) return fields;
  const tags = (fieldValue(fields, 'require') ?? '')
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '' && !lists100rel(tag));
  if (reliable) tags.push('100rel');
  const others = fields.filter(({ key }) => key !== 'require');
  return tags.length === 0
    ? others
    : [...others, { name: 'Require', key: 'require', value: tags.join(', ') }];
}

function withContentType(fields: readonly Field[], body: string): readonly Field[] {
  if (!body.startsWith('v=0') || fieldValue(fields, 'content-type') !== undefined) return fields;
  return [...fields, { name: 'Content-Type', key: 'content-type', value: 'application/sdp' }];
}

/** RFC 3261 12.1.1: the first 101-199 or 2xx makes the dialog. False where there can be none. */
function makeDialog(endpoint: Endpoint, invite: IncomingInvite, response: SipResponse): boolean {
  if (invite.dialog !== undefined) return true;
  const dialog = answered(invite.app, invite.transaction.request, response, firstCSeq(endpoint));
  if (dialog?.session === undefined) return false;
  dialog.session.incoming = invite;
  invite.dialog = dialog;
  endpoint.dialogs.add(dialog);
  return true;
}

function sendProvisional(
  endpoint: Endpoint,
  invite: IncomingInvite,
  response: SipResponse,
  reliable: boolean,
): void {
  const { transaction } = invite;
  if (!reliable) {
    if (response.status === 100) transaction.trying();
    else transaction.respond(response);
    return;
  }
  const { t1Ms } = endpoint.timers;
  transaction.respond(response);
  const repetition = repeat(
    endpoint.host.clock,
    { firstMs: t1Ms, maxMs: Infinity, endMs: 64 * t1Ms },
    () => transaction.respond(response),
    // RFC 3262 3: rejected with a 5xx
    () => abandonInvite(endpoint, invite, 504, { cause: 504, text: 'PRACK timeout' }, true),
  );
  invite.unacknowledged = { rseq: rseqOf(response) ?? 0, response, repetition };
}

/** A 2xx goes out once no PRACK is waited for (RFC 3262 3: must where the response had a body, may else). */
function accept(invite: IncomingInvite, send: () => void): void {
  invite.isAccepted = true;
  invite.patience?.cancel();
  invite.waiting.push(send);
  sendWaiting(invite);
}

/** RFC 3261 13.3.1.4. */
function sendAccepted(endpoint: Endpoint, invite: IncomingInvite, response: SipResponse): void {
  const { transaction, dialog, txId } = invite;
  endpoint.incomingInvites.remove(invite);
  if (dialog?.session === undefined) return;
  const { session } = dialog;
  const { t1Ms, t2Ms } = endpoint.timers;
  if (invite.isLater) refreshTarget(dialog, transaction.request);
  session.state = 'confirmed';
  transaction.respond(response);
  session.answered?.repetition.stop();
  session.answered = {
    txId,
    cseq: cseq(transaction.request)?.number ?? 0,
    repetition: repeat(
      endpoint.host.clock,
      { firstMs: t1Ms, maxMs: t2Ms, endMs: 64 * t1Ms },
      () => transaction.respond(response),
      () => endSession(endpoint, dialog, { cause: 408, text: 'ACK timeout' }),
    ),
  };
  watchSession(endpoint, dialog, response, 'uas');
  if (!invite.isLater) writeCdr(endpoint, 'application', { kind: 'start', role: 'uas' }, response);
}
