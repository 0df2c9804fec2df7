import { REGINFO_CONTENT_TYPE, writeRegInfo } from '@ims-sim/reginfo';
import { token } from '@ims-sim/host';
import { header, inDialogRequest, toUtf8, type Header, type SipRequest } from '@ims-sim/sip';
import { operatorTowards } from '../charging-vector.js';
import type { SCscf } from '../s-cscf.js';
import { fullState, partialState } from './document.js';
import type { Subscription } from './subscription.js';

/**
 * TS 24.229 5.4.2.1.2: the NOTIFY that a subscription is owed; the subscription has counted it, and owes nothing any more.
 * `explicit`: the identity that was registered explicitly.
 */
export function nextNotify(
  subscription: Subscription,
  explicit: string | undefined,
  scscf: SCscf,
): SipRequest {
  const nowMs = scscf.clock.now();
  const write = subscription.owes === 'full' ? fullState : partialState;
  const { version, removed } = subscription;
  const options = { version, nowMs, explicit, removed };
  const document = write(subscription.set, subscription.changes.values(), options);
  const headers: Header[] = [
    header('Event', subscription.event),
    header('Subscription-State', stateOf(subscription, nowMs)),
    header('Contact', `<${subscription.contact}>`),
    header('Content-Type', REGINFO_CONTENT_TYPE),
  ];
  if (scscf.profile === 'ts-24.141') {
    // 5.4.2.1.1 steps 1B and 2: the ICID is that of the SUBSCRIBE. After a restart nobody has it, and the subscription gets another.
    subscription.icid ??= token(scscf.random, 22);
    const origIoi = operatorTowards(subscription.neighbour, scscf.domain);
    headers.push(header('P-Charging-Vector', `icid-value=${subscription.icid};orig-ioi=${origIoi}`)); // 4.5
  }
  const body = toUtf8(writeRegInfo(document));
  const { request, dialog } = inDialogRequest(subscription.dialog, 'NOTIFY', { headers, body });
  subscription.dialog = dialog;
  subscription.version++;
  subscription.isBehind &&= subscription.owes !== 'full';
  subscription.owes = 'nothing';
  subscription.changes.clear();
  removed.clear();
  return request;
}

/** RFC 6665 4.1.3; `noresource`: there is nothing left to subscribe to. */
function stateOf({ ends, expiresAtMs }: Subscription, nowMs: number): string {
  return ends === undefined
    ? `active;expires=${Math.max(0, Math.ceil((expiresAtMs - nowMs) / 1000))}`
    : `terminated;reason=${ends}`;
}

/** RFC 6665 4.2.2, RFC 5057 5.1: what a final response to a NOTIFY says about the subscription. */
export function outcomeOf(status: number): 'told' | 'missed' | 'gone' {
  if (status < 300) {
    return 'told';
  }
  return GONE.has(status) ? 'gone' : 'missed';
}

const GONE: ReadonlySet<number> = new Set([
  404, 405, 408, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604,
]);
