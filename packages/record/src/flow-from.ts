import { shortName, type TraceRecord } from '@ims-sim/trace';
import { actorAddresses } from './addresses.js';
import { ownDigestUris } from './digest-uris.js';
import { cxExchanges, type CxExchange } from './diameter-steps.js';
import type { RecordedFlow, RecordedStep } from './recorded.js';
import { ofTheFlow } from './of-the-flow.js';
import { hopBefore, sipMessages, type SipSeen } from './select.js';
import { symbolsOf } from './symbols.js';
import { tableOf } from './table.js';

export interface FlowOptions {
  /** Who is no element of the network: test UEs, application servers of the scenario. */
  readonly actors: readonly string[];
  /** The flow's first record; what comes before is known to it (the calls that go on) and has no step. */
  readonly firstId?: number | undefined;
}

/** The flow that a trace shows: each SIP message a step, each Cx exchange a step. `records` are in the order of time. */
export function flowFrom(
  records: readonly TraceRecord[],
  { actors, firstId = 0 }: FlowOptions,
): RecordedFlow {
  const all = sipMessages(records);
  const own = new Set(actors);
  const { sip, cx } = ofTheFlow(all, cxExchanges(records), { firstId, actors: own });
  const addresses = actorAddresses(all, actors);
  const digest = ownDigestUris(all, own);
  const writer = new Writer((text) => addresses.written(digest(text)), own);
  const events: readonly (SipSeen | CxExchange)[] = [...sip, ...cx].sort((a, b) => idOf(a) - idOf(b));
  for (const event of events) {
    writer.add(event);
  }
  return {
    steps: writer.steps,
    symbols: [...symbolsOf(sip, own), ...addresses.ports],
    addressSymbols: addresses.symbols,
    participants: [...new Set(writer.steps.flatMap(({ from, to }) => [from, to]))],
  };
}

function idOf(event: SipSeen | CxExchange): number {
  return 'asked' in event ? event.request.id : event.record.id;
}

/** Puts step after step, each after the one that its sender had last. */
class Writer {
  readonly steps: RecordedStep[] = [];
  readonly #written: (text: string) => string;
  readonly #actors: ReadonlySet<string>;
  readonly #messages: { readonly step: number; readonly seen: SipSeen }[] = [];

  constructor(written: (text: string) => string, actors: ReadonlySet<string>) {
    this.#written = written;
    this.#actors = actors;
  }

  add(event: SipSeen | CxExchange): void {
    const step = this.steps.length + 1;
    this.steps.push('asked' in event ? this.#exchange(step, event) : this.#message(step, event));
  }

  #message(step: number, seen: SipSeen): RecordedStep {
    const before = hopBefore(
      seen,
      this.#messages.map((one) => one.seen),
    );
    const { from, to } = seen.record;
    const follows = this.#messages.find((one) => one.seen === before)?.step ?? this.#lastOf(from);
    const { text, headers } = tableOf(seen.message, {
      before: before?.message,
      byActor: this.#actors.has(from),
      written: this.#written,
    });
    const previous = this.#messages.at(-1)?.step;
    this.#messages.push({ step, seen });
    const { message, cseq } = seen;
    const what =
      message.kind === 'request' ? message.method : `${message.status} ${message.reason} (${cseq.method})`;
    return {
      kind: 'message',
      step,
      title: `${what}: ${shortName(from)} to ${shortName(to)}`,
      from,
      to,
      ...(follows !== undefined && follows !== previous && { follows }),
      table: text,
      headers,
    };
  }

  #exchange(step: number, { request, asked, said }: CxExchange): RecordedStep {
    const { from, to } = request;
    const follows = this.#messages.findLast(({ seen }) => seen.record.to === from)?.step;
    const previous = this.#messages.at(-1)?.step;
    return {
      kind: 'diameter',
      step,
      title: `Cx ${asked.command}/${said.command}: ${shortName(from)} and ${shortName(to)}`,
      from,
      to,
      ...(follows !== undefined && follows !== previous && { follows }),
      request: asked,
      answer: said,
    };
  }

  /** What an element did or heard last: what it begins by itself comes after that. */
  #lastOf(name: string): number | undefined {
    return this.#messages.findLast(({ seen: { record } }) => record.from === name || record.to === name)
      ?.step;
  }
}
