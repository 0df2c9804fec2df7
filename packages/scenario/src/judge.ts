import { callId, cseq, serialize, type SipMessage } from '@ims-sim/sip';
import type { DecisionRecord, MessageRecord, TraceRecord } from '@ims-sim/trace';
import { compareMessage, type Difference } from './compare-message.js';
import { compareRequestUri, type Context } from './compare-value.js';
import { DeclaredSymbols } from './declared-symbols.js';
import { expectedMessage, type ExpectedMessage } from './expected-message.js';
import type { DecisionStep, DiameterStep, Flow, MessageStep } from './flow.js';
import { judgeDiameter, untakenRequests } from './judge-diameter.js';
import { isAnswerTo, isSame, isSip, parsed, type Seen } from './seen.js';
import { Symbols } from './symbols.js';
import type { StepVerdict, Verdict } from './verdict.js';

/**
 * Holds a flow against what a trace has: each step against the first message between the same two elements with the same
 * start and call that no step before has taken. Pure; the trace is in the order of time.
 */
export function judge(flow: Flow, trace: readonly TraceRecord[]): Verdict {
  const run = new Judgement(flow, trace);
  const steps = flow.steps.map((step) => {
    switch (step.kind) {
      case 'message':
        return run.message(step);
      case 'decision':
        return run.decision(step);
      case 'diameter':
        return run.diameter(step);
    }
  });
  const { unexpected, retransmissions } = run.leftOver();
  return {
    flow,
    steps,
    unexpected,
    retransmissions,
    passed: unexpected.length === 0 && steps.every(({ right }) => right),
  };
}

class Judgement {
  readonly #flow: Flow;
  readonly #trace: readonly TraceRecord[];
  readonly #seen: Seen[];
  readonly #context: Context;
  /** What each step was found in. */
  readonly #found = new Map<
    number,
    {
      readonly record: TraceRecord;
      readonly message?: SipMessage;
      /** What the step's table has. */
      readonly expected?: ExpectedMessage;
    }
  >();
  /** The calls of the flow. */
  readonly #calls = new Set<string | undefined>();
  /** The Diameter messages and decisions that steps were found in. */
  readonly #taken = new Set<TraceRecord>();
  /** The last record of what went before the flow, where it is known when the flow began. */
  readonly #beforeId: number;
  #firstId: number;

  constructor(flow: Flow, trace: readonly TraceRecord[]) {
    this.#flow = flow;
    this.#trace = trace;
    this.#context = {
      symbols: new Symbols(),
      addressSymbols: new Set(flow.addressSymbols.keys()),
      declared: new DeclaredSymbols(flow.symbols),
    };
    this.#seen = trace.flatMap((record) => parsed(record));
    this.#beforeId = trace.findLast(({ atUs }) => atUs < (flow.beganAtUs ?? 0))?.id ?? -1;
    this.#firstId = Math.max(0, this.#beforeId);
  }

  message(step: MessageStep): StepVerdict {
    const expected = expectedMessage(step);
    if (typeof expected === 'string') {
      return this.#missing(step, expected);
    }
    const candidates = this.#seen.filter(
      (seen) =>
        !seen.used &&
        seen.record.id > this.#beforeId &&
        this.#isBetween(seen, step) &&
        isLike(seen, expected),
    );
    const ofCall = candidates.filter((candidate) => this.#isOfCall(candidate, step, expected));
    const seen =
      ofCall.find((candidate) => this.#isFor(candidate, expected)) ??
      ofCall[0] ??
      candidates.find(({ record }) => record.id > this.#firstId); // the closest: its differences say what is wrong
    if (!seen) {
      return this.#missing(step, startOf(expected));
    }
    seen.used = true;
    this.#calls.add(callId(seen.message));
    this.#firstId ||= seen.record.id;
    const before = this.#found.get(step.follows ?? 0);
    const differences = compareMessage(expected, seen.message, {
      ...this.#context,
      before: before?.message,
      beforeExpected: before?.expected,
      strictResponses: this.#flow.strictResponses,
      lastedS: Math.ceil((seen.record.atUs - (this.#flow.beganAtUs ?? this.#trace[0]?.atUs ?? 0)) / 1e6),
    });
    differences.push(...behindTheBody(seen), ...this.#order(step, seen.record));
    this.#found.set(step.step, { record: seen.record, message: seen.message, expected });
    return {
      step,
      right: differences.length === 0,
      differences,
      records: [seen.record],
      errata: step.errata,
    };
  }

  decision(step: DecisionStep): StepVerdict {
    const onElement = this.#trace.filter(
      (record) => record.kind === 'decision' && record.element === step.on && this.#isOfFlow(record, step),
    );
    const record = onElement.find(
      (r) =>
        r.kind === 'decision' &&
        !this.#taken.has(r) &&
        r.id > this.#beforeId &&
        r.clause.includes(step.clause) &&
        r.text.includes(step.text),
    );
    if (record) {
      this.#taken.add(record);
      this.#found.set(step.step, { record });
      const differences = this.#order(step, record);
      return { step, right: differences.length === 0, differences, records: [record], errata: step.errata };
    }
    const got = onElement.map((r) => (r.kind === 'decision' ? `${r.clause}: ${r.text}` : '')).join('; ');
    const expected = `${step.clause}: … ${step.text} …`;
    const why = `no such decision on ${step.on}`;
    return {
      step,
      right: false,
      differences: [{ where: 'decision', expected, got, why }],
      records: [],
      errata: step.errata,
    };
  }

  diameter(step: DiameterStep): StepVerdict {
    const after = this.#found.get(step.follows ?? 0)?.record.id ?? this.#beforeId;
    const verdict = judgeDiameter(step, this.#trace, after, this.#taken);
    for (const taken of verdict.records) {
      this.#taken.add(taken);
    }
    const [record] = verdict.records;
    if (record) {
      this.#found.set(step.step, { record });
    }
    return { step, right: verdict.differences.length === 0, ...verdict, errata: step.errata };
  }

  leftOver(): Pick<Verdict, 'unexpected' | 'retransmissions'> {
    const earlierCalls = new Set(
      this.#flow.beganAtUs !== undefined
        ? [] // what went before was over by then
        : this.#seen.flatMap(({ record, message }) => (record.id < this.#firstId ? [callId(message)] : [])),
    );
    const isOfRun = (call: string | undefined): boolean => this.#calls.has(call) || !earlierCalls.has(call);
    const rest = this.#seen.filter(
      ({ used, record, message }) => !used && record.id > this.#firstId && isOfRun(callId(message)),
    );
    const again = (seen: Seen): boolean =>
      this.#seen.some((other) => other.used && isSame(other.record, seen.record)) &&
      (seen.message.kind === 'request' || rest.some((request) => isAnswerTo(seen, request)));
    const unreadable = this.#trace.filter(
      (record): record is MessageRecord =>
        record.id > this.#firstId && isSip(record) && !this.#seen.some((seen) => seen.record === record),
    );
    return {
      unexpected: [
        ...rest.filter((seen) => !again(seen)).map(({ record }) => record),
        ...unreadable,
        ...untakenRequests(this.#trace, this.#firstId, this.#taken),
      ],
      retransmissions: rest.filter(again).map(({ record }) => record),
    };
  }

  #isBetween({ record }: Seen, { from, to }: MessageStep): boolean {
    return this.#named(record.from) === from && this.#named(record.to) === to;
  }

  /** Of the call that the table means, and a response to what the step follows. */
  #isOfCall({ message }: Seen, step: MessageStep, expected: ExpectedMessage): boolean {
    const before = this.#found.get(step.follows ?? 0)?.message;
    const symbol = expected.headers.get('call-id')?.values[0] ?? '';
    const known = symbol === '' ? before && callId(before) : this.#context.symbols.valueOf('Call-ID', symbol);
    const call = callId(message);
    if (known === undefined ? this.#calls.has(call) : call !== known) {
      return false;
    }
    return (
      message.kind === 'request' ||
      !before ||
      (cseq(message)?.method === cseq(before)?.method && cseq(message)?.number === cseq(before)?.number)
    );
  }

  /** With the Request-URI of the table: of two calls that begin at once, the one that the table means. */
  #isFor({ message }: Seen, { start }: ExpectedMessage): boolean {
    return (
      message.kind === 'response' ||
      start.kind === 'response' ||
      compareRequestUri(start.uri, message.uri, { ...this.#context, symbols: new Symbols() }) === undefined
    );
  }

  /** A decision of the call that the step follows; one that belongs to no call may be any step's. */
  #isOfFlow({ callId: call }: DecisionRecord, step: DecisionStep): boolean {
    const before = this.#found.get(step.follows ?? 0)?.message;
    return call === undefined || call === (before && callId(before)) || (!before && this.#calls.has(call));
  }

  #named(name: string): string {
    return this.#flow.aliases.get(name) ?? name;
  }

  /** A step comes after the one that it follows; what else comes before or after it does not matter. */
  #order(step: MessageStep | DecisionStep, record: TraceRecord): Difference[] {
    const before = this.#found.get(step.follows ?? 0)?.record;
    if (!before || before.id < record.id) {
      return [];
    }
    return [
      { where: 'order', expected: `after step ${step.follows ?? 0}`, got: 'before it', why: 'out of order' },
    ];
  }

  #missing(step: MessageStep, expected: string): StepVerdict {
    const closest = this.#seen.filter(
      (seen) => !seen.used && seen.record.id > this.#firstId && this.#isBetween(seen, step),
    );
    const got = closest.map(({ message }) => startOf({ start: message })).join(', ');
    const why = `no such message from ${step.from} to ${step.to}`;
    return {
      step,
      right: false,
      differences: [{ where: 'message', expected, got, why }],
      records: [],
      errata: step.errata,
    };
  }
}

function isLike({ message }: Seen, { start }: ExpectedMessage): boolean {
  return start.kind === 'request'
    ? message.kind === 'request' && message.method === start.method
    : message.kind === 'response' && message.status === start.status;
}

/** RFC 3261 18.3: in a datagram nothing comes after the body. */
function behindTheBody({ record, message }: Seen): Difference[] {
  const length = serialize(message).length;
  return record.transport === 'udp' && length < record.bytes.length
    ? [
        {
          where: 'body',
          expected: `${length} bytes in all`,
          got: String(record.bytes.length),
          why: 'bytes behind Content-Length',
        },
      ]
    : [];
}

function startOf({ start }: { start: ExpectedMessage['start'] | SipMessage }): string {
  return start.kind === 'request' ? `${start.method} ${start.uri}` : `${start.status} ${start.reason}`;
}
