import { callId, cseq, parseMessage, type SipMessage, to } from '@ims-sim/sip';
import type { MessageRecord } from '@ims-sim/trace';
import { cxExchanges, type DiameterExchange, shExchanges } from './diameter-steps.js';
import { dnsLookups } from './dns-lookups.js';

/** What is wanted of a capture; what is not given does not narrow. */
export interface Wanted {
  /** Calls by their Call-ID. Empty: all. */
  readonly callIds: readonly string[];
  /** Calls that begin in this span, microseconds since the epoch, both ends included. */
  readonly fromUs?: number | undefined;
  readonly toUs?: number | undefined;
}

export interface Narrowed {
  readonly records: readonly MessageRecord[];
  /** How many calls there were, and are. */
  readonly calls: number;
  readonly taken: number;
  /** Call-IDs that no message has. */
  readonly unknown: readonly string[];
}

interface Call {
  readonly id: string;
  readonly firstUs: number;
  readonly isRegistration: boolean;
  readonly records: MessageRecord[];
  readonly parties: Set<string>;
}

/**
 * The calls that are wanted, each whole, what the HSSs were asked because of them and told then, what the DNS was asked meanwhile, and
 * what went before: the last registration of each of `actors` that takes part. Records keep their ids and their order. Linear in the records.
 */
export function narrowed(
  records: readonly MessageRecord[],
  actors: readonly string[],
  wanted: Wanted,
): Narrowed {
  const messages = new Map<MessageRecord, SipMessage>();
  const calls = callsOf(records, messages);
  const taken = [...calls.values()].filter((call) => isWanted(call, wanted));
  const began = taken.reduce((first, { firstUs }) => Math.min(first, firstUs), Infinity);
  const earlier = registrationsBefore([...calls.values()], taken, actors, began);
  const kept = new Set([
    ...taken.flatMap((call) => call.records),
    ...earlier.flatMap((call) => call.records.filter(({ atUs }) => atUs < began)),
  ]);
  for (const { exchange, cause } of causesOf(records, messages)) {
    if (kept.has(cause)) {
      kept.add(exchange.request).add(exchange.answer);
    }
  }
  for (const { request, answer } of [...toldAfter(records, kept), ...askedBy(records, taken, began)]) {
    kept.add(request).add(answer);
  }
  return {
    records: records.filter((record) => kept.has(record)),
    calls: calls.size,
    taken: taken.length,
    unknown: wanted.callIds.filter((id) => !calls.has(id)),
  };
}

function callsOf(
  records: readonly MessageRecord[],
  messages: Map<MessageRecord, SipMessage>,
): Map<string, Call> {
  const calls = new Map<string, Call>();
  for (const record of records) {
    const parsed = record.protocol === 'sip' ? parseMessage(record.bytes.toString('latin1')) : undefined;
    const id = parsed?.kind === 'message' ? callId(parsed.message) : undefined;
    if (parsed?.kind !== 'message' || id === undefined) {
      continue;
    }
    const { message } = parsed;
    messages.set(record, message);
    const call = calls.get(id) ?? {
      id,
      firstUs: record.atUs,
      isRegistration: cseq(message)?.method === 'REGISTER',
      records: [],
      parties: new Set(),
    };
    call.records.push(record);
    call.parties.add(record.from).add(record.to);
    calls.set(id, call);
  }
  return calls;
}

function isWanted({ id, firstUs }: Call, { callIds, fromUs, toUs }: Wanted): boolean {
  return (
    (callIds.length === 0 || callIds.includes(id)) &&
    (fromUs === undefined || firstUs >= fromUs) &&
    (toUs === undefined || firstUs <= toUs)
  );
}

function registrationsBefore(
  calls: readonly Call[],
  taken: readonly Call[],
  actors: readonly string[],
  beganUs: number,
): Call[] {
  const wanted = new Set(taken);
  return actors.flatMap((actor) => {
    if (!taken.some(({ parties }) => parties.has(actor))) {
      return [];
    }
    const last = calls.findLast(
      (call) =>
        call.isRegistration && call.firstUs < beganUs && call.records[0]?.from === actor && !wanted.has(call),
    );
    return last === undefined ? [] : [last];
  });
}

/** For each request to an HSS the SIP request about the same user that came last to who asks. */
function causesOf(
  records: readonly MessageRecord[],
  messages: ReadonlyMap<MessageRecord, SipMessage>,
): { readonly exchange: DiameterExchange; readonly cause: MessageRecord }[] {
  const exchanges = [...cxExchanges(records), ...shExchanges(records)];
  const asked = new Map(exchanges.map((exchange) => [exchange.request, exchange]));
  const last = new Map<string, MessageRecord>();
  return records.flatMap((record) => {
    const message = messages.get(record);
    if (message?.kind === 'request') {
      last.set(`${record.to} ${message.uri}`, record);
      last.set(`${record.to} ${to(message)?.uriText ?? ''}`, record);
    }
    const exchange = asked.get(record);
    const cause = exchange && last.get(`${record.from} ${exchange.asked.publicIdentity ?? ''}`);
    return exchange && cause ? [{ exchange, cause }] : [];
  });
}

/** TS 29.328 6.1.4: what an HSS told of a user because it was asked to (SNR). */
function toldAfter(records: readonly MessageRecord[], kept: ReadonlySet<MessageRecord>): DiameterExchange[] {
  const sh = shExchanges(records);
  const asked = sh.filter(({ request, asked: { command } }) => command === 'SNR' && kept.has(request));
  return sh.filter(
    ({ request, asked: { command, publicIdentity } }) =>
      command === 'PNR' &&
      asked.some((snr) => snr.request.id < request.id && snr.asked.publicIdentity === publicIdentity),
  );
}

/** What those who take part asked the DNS from the first of the calls to their end. */
function askedBy(
  records: readonly MessageRecord[],
  taken: readonly Call[],
  beganUs: number,
): { readonly request: MessageRecord; readonly answer: MessageRecord }[] {
  const parties = new Set(taken.flatMap((call) => [...call.parties]));
  const endedUs = taken.reduce((last, call) => Math.max(last, call.records.at(-1)?.atUs ?? 0), 0);
  const meanwhile = records.filter(({ atUs }) => atUs >= beganUs && atUs <= endedUs);
  return dnsLookups(meanwhile).filter(({ request }) => parties.has(request.from));
}
