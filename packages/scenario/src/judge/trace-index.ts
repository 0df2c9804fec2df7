import type { DecisionRecord, TraceRecord } from '@ims-sim/trace';
import { peekDiameter } from './diameter-commands.js';
import { peekDns } from './dns-question.js';
import { Exchanges } from './exchanges.js';
import { isSip, Seen } from './seen.js';

/** Messages of one start between the same two, in the order of the trace. */
export interface Bucket {
  readonly all: readonly Seen[];
  /** By Call-ID. */
  readonly byCall: ReadonlyMap<string | undefined, readonly Seen[]>;
  /** Requests by their Request-URI as written. */
  readonly byUri: ReadonlyMap<string, readonly Seen[]>;
}

/**
 * A trace by what steps ask for: who sent it to whom, and what it is. Building it reads start lines and Diameter headers; a
 * message is parsed when a step looks at it.
 */
export class TraceIndex {
  readonly trace: readonly TraceRecord[];
  /** In the order of the trace. */
  readonly sip: readonly Seen[];
  readonly diameter: Exchanges;
  readonly dns: Exchanges;
  readonly #buckets = new Map<string, Seen[]>();
  readonly #known = new Map<readonly Seen[], Bucket>();
  readonly #named: (name: string) => string;
  #fromTo: ReadonlyMap<string, readonly Seen[]> | undefined;
  #ofStart: ReadonlyMap<string, readonly Seen[]> | undefined;
  readonly #decisions = new Map<string, DecisionRecord[]>();

  /** `named`: the name of an element for each of its names. */
  constructor(trace: readonly TraceRecord[], named: (name: string) => string) {
    this.trace = trace;
    this.#named = named;
    const sip: Seen[] = [];
    this.diameter = new Exchanges(trace, 'diameter', named, peekDiameter);
    this.dns = new Exchanges(trace, 'dns', named, peekDns);
    for (const record of trace) {
      if (isSip(record)) {
        const seen = new Seen(record);
        sip.push(seen);
        put(this.#buckets, `${named(record.from)} ${named(record.to)} ${seen.start}`, seen);
      } else if (record.kind === 'decision') {
        put(this.#decisions, `${record.element} ${record.callId ?? ''}`, record);
      }
    }
    this.sip = sip;
  }

  between(from: string, to: string, start: string): Bucket {
    const all = this.#buckets.get(`${from} ${to} ${start}`) ?? NOTHING;
    let bucket = this.#known.get(all);
    if (bucket === undefined) {
      bucket = {
        all,
        byCall: grouped(all, ({ callId }) => callId),
        byUri: grouped(all, ({ message }) => (message?.kind === 'request' ? message.uri : '')),
      };
      this.#known.set(all, bucket);
    }
    return bucket;
  }

  /** All messages between the same two. */
  fromTo(from: string, to: string): readonly Seen[] {
    this.#fromTo ??= grouped(
      this.sip,
      ({ record }) => `${this.#named(record.from)} ${this.#named(record.to)}`,
    );
    return this.#fromTo.get(`${from} ${to}`) ?? [];
  }

  /** All messages of one start, between whomever. */
  ofStart(start: string): readonly Seen[] {
    this.#ofStart ??= grouped(this.sip, (seen) => seen.start);
    return this.#ofStart.get(start) ?? [];
  }

  /** Of one element and one call; of none, for `undefined`. */
  decisions(element: string, callId: string | undefined): readonly DecisionRecord[] {
    return this.#decisions.get(`${element} ${callId ?? ''}`) ?? [];
  }
}

function grouped<K>(list: readonly Seen[], key: (seen: Seen) => K): ReadonlyMap<K, readonly Seen[]> {
  const groups = new Map<K, Seen[]>();
  for (const seen of list) {
    put(groups, key(seen), seen);
  }
  return groups;
}

const NOTHING: readonly Seen[] = [];

function put<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const known = map.get(key);
  if (known === undefined) {
    map.set(key, [value]);
  } else {
    known.push(value);
  }
}
