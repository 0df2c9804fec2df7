import { createRequest, forStrictRouter, header, serialize, type SipRequest } from '@ims-sim/sip';
import type { AppDialog } from './app-dialog.js';
import { writeCdr, type CdrReason } from './cdr.js';
import { tell } from './deliver.js';
import { ownUri, type Endpoint } from './endpoint.js';
import { requestHeaders } from './fields.js';
import { requestInDialog } from './requests.js';
import { stopSession } from './session.js';

/** Why a session ends that neither side has ended: as in Reason (RFC 3326), with the status that says it best. */
export interface SessionEnd {
  readonly cause: number;
  readonly text: string;
  /** Of its call data record; that the system has ended it if not given. */
  readonly reason?: CdrReason;
}

/**
 * A session is over without a BYE of either side: the peer gets one, unless it knows of no session (`silently`), and the application
 * is told by one, as drachtio-server tells it.
 */
export function endSession(endpoint: Endpoint, dialog: AppDialog, why: SessionEnd, silently = false): void {
  endpoint.dialogs.remove(dialog.id);
  if (dialog.session !== undefined) stopSession(dialog.session);
  if (!silently) sendBye(endpoint, dialog, why);
  const bye = byeOfPeer(endpoint, dialog, why);
  tell(endpoint, dialog.app, dialog.id, serialize(bye));
  writeCdr(
    endpoint,
    'application',
    { kind: 'stop', reason: why.reason ?? 'system-initiated-termination' },
    bye,
  );
}

/** RFC 3261 15.1.1: a BYE of the endpoint's own, whose answer changes nothing any more. */
export function sendBye(endpoint: Endpoint, dialog: AppDialog, why: SessionEnd): void {
  const template = {
    kind: 'request' as const,
    method: 'BYE',
    uri: dialog.target,
    fields: [{ name: 'Reason', key: 'reason', value: reasonOf(why) }],
    body: '',
  };
  const request = requestInDialog(endpoint, dialog, template);
  endpoint.stack.send(request, NOBODY, { prepare: dialog.strict ? forStrictRouter : undefined });
}

/** Whoever sends a request whose answer changes nothing. */
export const NOBODY = { onResponse: () => undefined, onFailure: () => undefined };

function byeOfPeer(endpoint: Endpoint, dialog: AppDialog, why: SessionEnd): SipRequest {
  const core = {
    maxForwards: '70',
    route: undefined,
    from: dialog.remote,
    to: dialog.local,
    callId: dialog.callId,
    cseq: `${dialog.remoteCSeq + 1} BYE`,
    contact: undefined,
  };
  const headers = [...requestHeaders(core, []), header('Reason', reasonOf(why))];
  return createRequest({ method: 'BYE', uri: ownUri(endpoint), headers });
}

function reasonOf({ cause, text }: SessionEnd): string {
  return `SIP ;cause=${cause} ;text="${text}"`;
}
