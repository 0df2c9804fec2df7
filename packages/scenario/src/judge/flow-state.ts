import { callId, type SipMessage } from '@ims-sim/sip';
import type { TraceRecord } from '@ims-sim/trace';
import type { ExpectedMessage } from '../expected-message.js';
import type { Flow, Step } from '../flow.js';
import type { Difference } from './compare-message.js';
import type { Context } from './compare-uri.js';
import { DeclaredSymbols } from './declared-symbols.js';
import { Symbols } from './symbols.js';
import { TraceIndex } from './trace-index.js';

/** What a step was found in. */
export interface Found {
  readonly record: TraceRecord;
  readonly message?: SipMessage | undefined;
  /** What the step's table has. */
  readonly expected?: ExpectedMessage | undefined;
  readonly step?: Step | undefined;
  readonly differences?: readonly Difference[] | undefined;
}

/** A flow as far as it has been held against its trace. */
export class FlowState {
  readonly flow: Flow;
  readonly index: TraceIndex;
  readonly context: Context & { readonly symbols: Symbols };
  /** Calls of the flow. */
  readonly calls = new Set<string | undefined>();
  /** Decisions that steps were found in. */
  readonly taken = new Set<TraceRecord>();
  /** The last record of what went before the flow, where it is known when the flow began. */
  readonly beforeId: number;
  /** The record that the flow began with. */
  firstId: number;
  readonly #steps: ReadonlyMap<number, Step>;
  readonly #found = new Map<number, Found>();
  readonly #skipped = new Set<number>();
  /** What the steps of each group come after, and the groups that a step comes after whole. */
  readonly #groupsBefore = new Map<number, readonly number[]>();
  readonly #firstOfGroup = new Map<string, Step>();

  constructor(flow: Flow, trace: readonly TraceRecord[]) {
    this.flow = flow;
    this.index = new TraceIndex(trace, (name) => this.named(name));
    this.context = {
      symbols: new Symbols(),
      addressSymbols: new Set(flow.addressSymbols.keys()),
      declared: new DeclaredSymbols(flow.symbols),
    };
    this.beforeId = trace.findLast(({ atUs }) => atUs < (flow.beganAtUs ?? 0))?.id ?? -1;
    this.firstId = Math.max(0, this.beforeId);
    this.#steps = new Map(flow.steps.map((step) => [step.step, step]));
    this.#groups(flow.steps);
  }

  named(name: string): string {
    return this.flow.aliases.get(name) ?? name;
  }

  find(step: Step, found: Found): void {
    this.#found.set(step.step, found);
  }

  skip(step: Step): void {
    this.#skipped.add(step.step);
  }

  /** What the step's empty headers refer to; past optional steps that did not happen. */
  before(step: Step): Found | undefined {
    let follows = step.follows;
    while (follows !== undefined && this.#skipped.has(follows)) {
      follows = this.#steps.get(follows)?.follows;
    }
    return follows === undefined ? undefined : this.#found.get(follows);
  }

  /** The call of the message that a step follows. */
  callBefore(step: Step): string | undefined {
    const message = this.before(step)?.message;
    return message && callId(message);
  }

  /** A step comes after the one that it follows; what else comes before or after it does not matter. */
  order(step: Step, record: TraceRecord): Difference[] {
    const late = this.#mustComeAfter(step).find(([, found]) => found.record.id >= record.id);
    return late === undefined
      ? []
      : [{ where: 'order', expected: `after step ${late[0]}`, got: 'before it', why: 'out of order' }];
  }

  /** The record after which a step is looked for first. */
  after(step: Step): number {
    return Math.max(this.beforeId, ...this.#mustComeAfter(step).map(([, { record }]) => record.id));
  }

  #mustComeAfter(step: Step): (readonly [step: number, found: Found])[] {
    const steps = [this.#orderedAfter(step), ...(this.#groupsBefore.get(step.step) ?? [])];
    return steps.flatMap((number) => {
      const found = number === undefined ? undefined : this.#found.get(number);
      return number === undefined || found === undefined ? [] : [[number, found] as const];
    });
  }

  /** What it follows, but of its own group and of what did not happen: what that follows. */
  #orderedAfter(step: Step): number | undefined {
    let follows = step.follows;
    for (let hops = 0; follows !== undefined && hops < this.#steps.size; hops++) {
      const before = this.#steps.get(follows);
      if (before?.group !== undefined && before.group === step.group) {
        follows = this.#firstOfGroup.get(before.group)?.follows;
      } else if (this.#skipped.has(follows)) {
        follows = before?.follows;
      } else {
        return follows;
      }
    }
    return undefined;
  }

  #groups(steps: readonly Step[]): void {
    const members = new Map<string, number[]>();
    for (const [index, step] of steps.entries()) {
      const { group: before } = steps[index - 1] ?? {};
      if (before !== undefined && before !== step.group && step.unbound !== true) {
        this.#groupsBefore.set(step.step, members.get(before) ?? []);
      }
      const { group } = step;
      if (group !== undefined) {
        const known = members.get(group);
        if (known === undefined) {
          members.set(group, [step.step]);
          this.#firstOfGroup.set(group, step);
        } else {
          known.push(step.step);
        }
      }
    }
  }
}
