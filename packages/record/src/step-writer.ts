import { shortName } from '@ims-sim/trace';
import type { Causes, Placed } from './comes-after.js';
import type { DiameterExchange } from './diameter-steps.js';
import type { DnsLookup } from './dns-lookups.js';
import type { RecordedDiameter, RecordedDns, RecordedStep } from './recorded.js';
import { hopBefore, type SipSeen } from './select.js';
import { tableOf } from './table.js';

/** What becomes a step. */
export type FlowEvent =
  | { readonly kind: 'message'; readonly seen: SipSeen }
  | { readonly kind: 'diameter'; readonly exchange: DiameterExchange; readonly isSure: boolean }
  /** `cause`: the request with the number that is asked for; undefined: it is of no number. */
  | {
      readonly kind: 'dns';
      readonly lookup: DnsLookup;
      readonly cause: SipSeen | undefined;
      readonly isSure: boolean;
    };

/** The record that it began with: events are in the order of these. */
export function idOf(event: FlowEvent): number {
  switch (event.kind) {
    case 'message':
      return event.seen.record.id;
    case 'diameter':
      return event.exchange.request.id;
    case 'dns':
      return event.lookup.request.id;
  }
}

/** A 100 that came so long after its request says that the answer was late, which it need not be again (RFC 3261 17.2.1, RFC 4320 4.1). */
const LATE_US = 100_000;

/** Puts step after step, each after the one that brought it about. */
export class StepWriter {
  readonly steps: RecordedStep[] = [];
  readonly #written: (text: string) => string;
  readonly #actors: ReadonlySet<string>;
  readonly #byCall = new Map<string, Placed[]>();
  readonly #causes: Causes;
  readonly #steps = new Map<SipSeen, number>();
  #previous: number | undefined;

  constructor(written: (text: string) => string, actors: ReadonlySet<string>, causes: Causes) {
    this.#written = written;
    this.#actors = actors;
    this.#causes = causes;
  }

  add(event: FlowEvent): void {
    const step = this.steps.length + 1;
    switch (event.kind) {
      case 'message':
        this.steps.push(this.#message(step, event.seen));
        return;
      case 'diameter':
        this.steps.push(this.#exchange(step, event.exchange, event.isSure));
        return;
      case 'dns':
        this.steps.push(this.#lookup(step, event));
    }
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
    this.#steps.set(seen, step);
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

  #exchange(step: number, exchange: DiameterExchange, isSure: boolean): RecordedDiameter {
    const { request, asked, said } = exchange;
    const { from, to } = request;
    const follows = this.#follows(this.#causes.ofExchange(exchange));
    this.#causes.push(step, exchange);
    return {
      kind: 'diameter',
      step,
      title: `${referencePoint(asked.command)} ${asked.command}/${said.command}: ${shortName(from)} and ${shortName(to)}`,
      from,
      to,
      ...follows,
      ...(!isSure && { optional: true as const }),
      request: asked,
      answer: said,
    };
  }

  #lookup(step: number, { lookup, cause, isSure }: Extract<FlowEvent, { kind: 'dns' }>): RecordedDns {
    const { request, type, name, rcode, records } = lookup;
    const { from, to } = request;
    return {
      kind: 'dns',
      step,
      title: `${cause === undefined ? 'DNS' : 'ENUM'} ${type} ${name}: ${shortName(from)} and ${shortName(to)}`,
      from,
      to,
      ...this.#follows(cause && this.#steps.get(cause)),
      ...(!isSure && { optional: true as const }),
      type,
      name,
      rcode,
      records,
    };
  }
}

/** TS 29.329 6.1; the others are of TS 29.229. */
const SH: ReadonlySet<string> = new Set(['UDR', 'PUR', 'SNR', 'PNR']);

function referencePoint(command: string): 'Cx' | 'Sh' {
  return SH.has(command) ? 'Sh' : 'Cx';
}
