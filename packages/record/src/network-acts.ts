import { event, vias } from '@ims-sim/sip';
import type { MessageRecord, TraceRecord } from '@ims-sim/trace';
import { attributeOf, elementsOf, parseXml } from '@ims-sim/xml';
import { cxExchanges, type DiameterExchange } from './diameter-steps.js';
import type { Observed } from './observed.js';
import type { RecordedEntry } from './recorded.js';
import type { SipSeen } from './select.js';

/** An action that nobody's message is: an operator's, seen by what came of it. */
export interface NetworkAct {
  readonly entry: RecordedEntry;
  /** The first message that it brought about. */
  readonly record: MessageRecord;
}

/**
 * TS 29.228 6.3.17: PERMANENT_TERMINATION, SERVER_CHANGE, REMOVE_S-CSCF. NEW_SERVER_ASSIGNED is missing: the HSS says it by itself when
 * another S-CSCF has taken the user.
 */
const REASONS: Readonly<Record<number, string>> = { 0: '', 2: ', server-change', 3: ', remove-s-cscf' };
/** TS 29.228 6.3.15: ADMINISTRATIVE_DEREGISTRATION. */
const ADMINISTRATIVE = 8;
/** What one act brings about comes within that. */
const OF_ONE_ACT_US = 2_000_000;

/** RFC 3680 5.1: of a contact, as the S-CSCF tells it. */
interface ContactState {
  readonly aor: string;
  readonly event: string;
  readonly expiresS: number | undefined;
}

/**
 * What operators did: an HSS that takes a registration back (RTR), an S-CSCF that does (TS 24.229 5.4.1.5) or wants the UE to authenticate
 * again (5.4.1.6). A changed profile (PPR) is seen too, but not what it has: that is a complaint.
 */
export function networkActs(records: readonly TraceRecord[], observed: Observed): NetworkAct[] {
  const cx = cxExchanges(records);
  for (const { request, asked } of cx) {
    if (asked.command === 'PPR') {
      const whose = String(asked.privateIdentity ?? 'somebody');
      observed.complain(
        `${request.from}: the profile of ${whose} changed, and how is not seen: say it by \`${request.from} provisions ${whose} from FILE\``,
      );
    }
  }
  const terminations = cx.flatMap((exchange) => terminationOf(exchange));
  const changes = sCscfActs(cx, observed);
  return [...terminations, ...changes].sort((a, b) => a.record.id - b.record.id);
}

function terminationOf({ request, asked }: DiameterExchange): NetworkAct[] {
  const reason = REASONS[Number(asked.reasonCode)];
  if (asked.command !== 'RTR' || reason === undefined || asked.privateIdentity === undefined) {
    return [];
  }
  const sentence = `${request.from} terminates ${asked.privateIdentity}${reason}`;
  return [{ entry: { sentence, options: {} }, record: request }];
}

/** By the first NOTIFY about it, or the SAR before that; what an RTR brought about is none. */
function sCscfActs(cx: readonly DiameterExchange[], observed: Observed): NetworkAct[] {
  const acts: NetworkAct[] = [];
  const lastUs = new Map<string, number>();
  for (const seen of observed.sip) {
    for (const { aor, event: what, expiresS } of statesOf(seen, observed)) {
      const { record } = seen;
      const key = `${record.from} ${aor} ${what}`;
      const isAgain = record.atUs - (lastUs.get(key) ?? -Infinity) <= OF_ONE_ACT_US;
      lastUs.set(key, record.atUs);
      if (isAgain || cx.some((exchange) => isCause(exchange, record, 'RTR'))) {
        continue;
      }
      const sentence =
        what === 'shortened'
          ? `${record.from} reauthenticates ${aor} within ${expiresS ?? 60} s`
          : `${record.from} deregisters ${aor}`;
      const told = cx.find((exchange) => isCause(exchange, record, 'SAR', ADMINISTRATIVE));
      acts.push({ entry: { sentence, options: {} }, record: told?.request ?? record });
    }
  }
  return acts;
}

/** Whether an S-CSCF and its HSS spoke of it shortly before `notify`. */
function isCause(
  { request, asked }: DiameterExchange,
  notify: MessageRecord,
  command: string,
  assignmentType?: number,
): boolean {
  const sCscf = command === 'RTR' ? request.to : request.from;
  return (
    asked.command === command &&
    sCscf === notify.from &&
    request.id < notify.id &&
    notify.atUs - request.atUs <= OF_ONE_ACT_US &&
    (assignmentType === undefined || asked.assignmentType === assignmentType)
  );
}

/** Contacts that the network changes: in a NOTIFY of the S-CSCF's own. */
function statesOf({ record, message, cseq }: SipSeen, { actors }: Observed): ContactState[] {
  const isOwn =
    message.kind === 'request' &&
    cseq.method === 'NOTIFY' &&
    message.body !== '' &&
    event(message)?.package === 'reg' &&
    vias(message).length === 1 &&
    !actors.has(record.from);
  return isOwn ? changedContacts(message.body) : [];
}

function changedContacts(body: string): ContactState[] {
  const parsed = parseXml(body);
  if (parsed.kind === 'error') {
    return [];
  }
  for (const registration of elementsOf(parsed.root)) {
    const aor = attributeOf(registration, 'aor') ?? '';
    for (const contact of elementsOf(registration)) {
      const what = attributeOf(contact, 'event');
      if (aor.startsWith('sip:') && (what === 'shortened' || what === 'deactivated')) {
        const expires = attributeOf(contact, 'expires');
        return [{ aor, event: what, expiresS: expires === undefined ? undefined : Number(expires) }];
      }
    }
  }
  return [];
}

/** Whether a REGISTER is the answer to what the network told the UE of its registration (TS 24.229 5.1.1.5A, 5.1.1.7). */
export function registersByItself(seen: SipSeen, { sip }: Observed): boolean {
  return toldBefore(seen, sip) !== undefined;
}

/** The NOTIFY that had a UE register, where it registered for no other reason: the network changed its registration (TS 24.229 5.1.1.5A, 5.1.1.7). */
export function toldBefore({ record }: SipSeen, sip: readonly SipSeen[]): SipSeen | undefined {
  const last = sip.findLast(
    (other) =>
      other.record.id < record.id &&
      ((other.cseq.method === 'REGISTER' &&
        other.message.kind === 'request' &&
        other.record.from === record.from) ||
        (other.record.to === record.from && isChangeOfNetwork(other))),
  );
  return last?.cseq.method === 'NOTIFY' ? last : undefined;
}

function isChangeOfNetwork({ message, cseq }: SipSeen): boolean {
  return (
    message.kind === 'request' &&
    cseq.method === 'NOTIFY' &&
    event(message)?.package === 'reg' &&
    changedContacts(message.body).length > 0
  );
}
