import { createRequest, header } from '@ims-sim/sip';
import type { App } from './app.js';
import type { Command } from './command.js';
import type { Endpoint } from './endpoint.js';
import { spelledName } from './field-names.js';
import { nok } from './reply.js';
import { requestSent } from './send-request.js';

/** What the endpoint and the stack write into a CANCEL, or leave out of it (RFC 3261 9.1). */
const NOT_THE_APPS = new Set([
  'via',
  'max-forwards',
  'route',
  'from',
  'to',
  'call-id',
  'cseq',
  'contact',
  'content-length',
]);

/** RFC 3261 9.1: an application cancels its INVITE. The CANCEL goes out once a provisional response has come. */
export function cancelInvite(
  endpoint: Endpoint,
  app: App,
  { id, txId, template }: Command & { kind: 'cancel' },
): void {
  const invite = endpoint.outgoingInvites.find(txId);
  if (invite?.transaction === undefined || invite.app !== app) {
    nok(endpoint, app, id, 'unable to cancel: no such transaction, or it has its final response');
    return;
  }
  const extra = template.fields
    .filter(({ key }) => !NOT_THE_APPS.has(key))
    .map(({ name, value }) => header(spelledName(name), value));
  invite.isCancelled = true;
  invite.transaction.cancel(extra);
  const cseq = `${Number.parseInt(invite.request.headers.find(({ key }) => key === 'cseq')?.value ?? '0', 10)} CANCEL`;
  const copied = invite.request.headers.filter(
    ({ key }) => key === 'from' || key === 'to' || key === 'call-id',
  );
  const cancel = createRequest({
    method: 'CANCEL',
    uri: invite.request.uri,
    headers: [...copied, header('CSeq', cseq), ...extra],
  });
  requestSent(
    endpoint,
    app,
    id,
    invite.transaction.target === undefined
      ? { target: undefined, request: cancel }
      : { target: invite.transaction.target, request: cancel },
    cancel,
    endpoint.newId(),
  );
}
