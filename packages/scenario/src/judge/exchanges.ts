import type { MessageRecord, TraceRecord } from '@ims-sim/trace';

/** A question and what came back. */
export interface Exchange {
  readonly request: MessageRecord;
  readonly answers: MessageRecord[];
  /** Whether a step was found in it. */
  used: boolean;
}

/** What the first bytes of a message say. */
export interface Peeked {
  readonly isRequest: boolean;
  /** The command, or the question: the answer has it too. */
  readonly what: string;
  /** By which the answer is matched. */
  readonly id: number;
}

/** The questions of a trace in one protocol, each with its answers, by who asks whom for what. */
export class Exchanges {
  /** In the order of the trace. */
  readonly all: readonly Exchange[];
  readonly #byQuestion = new Map<string, Exchange[]>();

  constructor(
    trace: readonly TraceRecord[],
    protocol: MessageRecord['protocol'],
    named: (name: string) => string,
    peek: (bytes: Buffer) => Peeked | undefined,
  ) {
    const all: Exchange[] = [];
    const open = new Map<string, Exchange>();
    for (const record of trace) {
      const peeked =
        record.kind === 'message' && record.protocol === protocol ? peek(record.bytes) : undefined;
      if (record.kind !== 'message' || peeked === undefined) {
        continue;
      }
      const [from, to] = [named(record.from), named(record.to)];
      const { isRequest, what, id } = peeked;
      if (!isRequest) {
        open.get(`${to} ${from} ${what} ${id}`)?.answers.push(record);
        continue;
      }
      const exchange: Exchange = { request: record, answers: [], used: false };
      all.push(exchange);
      open.set(`${from} ${to} ${what} ${id}`, exchange);
      const question = `${from} ${to} ${what}`;
      const alike = this.#byQuestion.get(question);
      if (alike === undefined) {
        this.#byQuestion.set(question, [exchange]);
      } else {
        alike.push(exchange);
      }
    }
    this.all = all;
  }

  of(from: string, to: string, what: string): readonly Exchange[] {
    return this.#byQuestion.get(`${from} ${to} ${what}`) ?? [];
  }
}
