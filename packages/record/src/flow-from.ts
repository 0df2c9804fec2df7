import { shortName, type TraceRecord } from '@ims-sim/trace';
import { actorAddresses } from './addresses.js';
import { ownDigestUris } from './digest-uris.js';
import { cxExchanges, type CxExchange } from './diameter-steps.js';
import type { RecordedFlow, RecordedStep } from './recorded.js';
import { Causes, type Placed } from './comes-after.js';
import { mayTry } from './may-try.js';
import { ofTheFlow } from './of-the-flow.js';
import { overUdp } from './over-udp.js';
import { hopBefore, sipMessages, type SipSeen } from './select.js';
import { symbolsOf } from './symbols.js';
import { tableOf } from './table.js';

export interface FlowOptions {
  /** Who is no element of the network: test UEs, application servers of the scenario. */
  readonly actors: readonly string[];
  /** Those of the actors that write their host names. */
  readonly servers?: ReadonlyMap<string, string> | undefined;
  /** The flow's first record; what comes before is known to it (the calls that go on) and has no step. */
  readonly firstId?: number | undefined;
}

/** The flow that a trace shows: each SIP message a step, each Cx exchange a step. `records` are in the order of time. */
export function flowFrom(
  records: readonly TraceRecord[],
  { actors, servers = new Map(), firstId = 0 }: FlowOptions,
): RecordedFlow {
  const all = sipMessages(records);
  const own = new Set(actors);
  const { sip, cx } = ofTheFlow(all, cxExchanges(records), { firstId, actors: own });
  const addresses = actorAddresses(
    all,
    actors.filter((name) => !servers.has(name)),
  );
  const digest = ownDigestUris(all, own);
  const udp = overUdp(all, new Set(addresses.symbols.keys()));
  const ues = new Set(actors.filter((name) => !servers.has(name)));
  const writer = new Writer((text) => addresses.written(udp(digest(text))), own, new Causes({ ues }));
  const events: readonly (SipSeen | CxExchange)[] = [...sip, ...cx].sort((a, b) => idOf(a) - idOf(b));
  for (const event of events) {
    writer.add(event);
  }
  return {
    steps: writer.steps,
    symbols: [...new Set([...symbolsOf(sip, own), ...addresses.ports])],
    addressSymbols: addresses.symbols,
    others: mayTry(sip),
    participants: [...new Set(writer.steps.flatMap(({ from, to }) => [from, to]))],
  };
}

function idOf(event: SipSeen | CxExchange): number {
  return 'asked' in event ? event.request.id : event.record.id;
}

/** A 100 that came so long after its request says that the answer was late, which it need not be again (RFC 3261 17.2.1, RFC 4320 4.1). */
const LATE_US = 100_000;

/** Puts step after step, each after the one that brought it about. */
class Writer {
  readonly steps: RecordedStep[] = [];
  readonly #written: (text: string) => string;
  readonly #actors: ReadonlySet<string>;
  readonly #byCall = new Map<string, Placed[]>();
  readonly #causes: Causes;
  #previous: number | undefined;

  constructor(written: (text: string) => string, actors: ReadonlySet<string>, causes: Causes) {
    this.#written = written;
    this.#actors = actors;
    this.#causes = causes;
  }

  add(event: SipSeen | CxExchange): void {
    const step = this.steps.length + 1;
    this.steps.push('asked' in event ? this.#exchange(step, event) : this.#message(step, event));
  }

  #message(step: number, seen: SipSeen): RecordedStep {
    const call = this.#byCall.get(seen.callId) ?? [];
    const before = hopBefore(
      seen,
      call.map((one) => one.seen),
    );
    const { from, to } = seen.record;
    const isBegun = before === undefined && seen.message.kind === 'request';
    const cause = call.find((one) => one.seen === before)?.step;
    const follows = this.#follows(isBegun ? this.#causes.ofRequest(seen) : cause);
    const { text, headers } = tableOf(seen.message, {
      before: before?.message,
      byActor: this.#actors.has(from),
      written: this.#written,
    });
    this.#byCall.set(seen.callId, call);
    call.push({ step, seen });
    this.#causes.add({ step, seen }, isBegun);
    this.#previous = step;
    const { message, cseq } = seen;
    const what =
      message.kind === 'request' ? message.method : `${message.status} ${message.reason} (${cseq.method})`;
    const isLate =
      message.kind === 'response' &&
      message.status === 100 &&
      before !== undefined &&
      seen.record.atUs - before.record.atUs >= LATE_US;
    return {
      kind: 'message',
      step,
      title: `${what}: ${shortName(from)} to ${shortName(to)}`,
      from,
      to,
      ...(isLate && { optional: true as const }),
      ...follows,
      table: text,
      headers,
    };
  }

  /** What a step says of that: nothing where it is the message above, which is the default. */
  #follows(cause: number | undefined): Pick<RecordedStep, 'follows'> {
    return cause === this.#previous ? {} : { follows: cause ?? 'none' };
  }

  #exchange(step: number, exchange: CxExchange): RecordedStep {
    const { request, asked, said } = exchange;
    const { from, to } = request;
    const follows = this.#follows(this.#causes.ofExchange(exchange));
    this.#causes.push(step, exchange);
    return {
      kind: 'diameter',
      step,
      title: `Cx ${asked.command}/${said.command}: ${shortName(from)} and ${shortName(to)}`,
      from,
      to,
      ...follows,
      request: asked,
      answer: said,
    };
  }
}
