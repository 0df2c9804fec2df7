import type { Random } from '@ims-sim/host';
import { withoutAvps, withResult } from './diameter-bytes.js';
import { withRcode } from './dns-bytes.js';
import type { Fault, FaultRule } from './fault.js';
import { matches, type Outgoing } from './match.js';
import { withHeader, withText, writeSip } from './sip-text.js';
import type { Told } from './told.js';

/** What the element writes; the rest happens on the way. */
const WRITTEN: ReadonlySet<Fault['kind']> = new Set([
  'set-header',
  'replace',
  'without-avps',
  'result',
  'rcode',
]);

export function isWritten({ fault }: FaultRule): boolean {
  return WRITTEN.has(fault.kind);
}

/** What becomes of a message on its way. */
export interface Fate {
  readonly copies: 0 | 1 | 2;
  readonly delayMs: number;
  readonly overtaken: boolean;
  /** Other bytes where it is corrupted. */
  readonly bytes: Buffer;
}

/** Is told each time that a rule takes place, and the first time that it had nothing to change in a message it was for. */
export type Tell = (rule: FaultRule, message: Outgoing, told: Told) => void;

/** Rules in their order, each with its own count of the messages that it matched. */
export class Rules {
  readonly #rules: readonly FaultRule[];
  readonly #tell: Tell;
  readonly #seen: number[];
  readonly #unchanged = new Set<FaultRule>();

  constructor(rules: readonly FaultRule[], tell: Tell = () => undefined) {
    this.#rules = rules;
    this.#tell = tell;
    this.#seen = rules.map(() => 0);
  }

  get isEmpty(): boolean {
    return this.#rules.length === 0;
  }

  /** What the element writes in place of `message`. */
  rewritten(message: Outgoing): Buffer {
    return this.#rules.reduce(
      (now, rule, index) => (this.#befalls(index, rule, now) ? this.#changed(rule, now) : now),
      message,
    ).bytes;
  }

  fate(message: Outgoing, random: Random): Fate {
    let fate: Fate = { copies: 1, delayMs: 0, overtaken: false, bytes: message.bytes };
    for (const [index, rule] of this.#rules.entries()) {
      if (this.#befalls(index, rule, message)) {
        fate = worse(fate, rule.fault, random);
        this.#tell(rule, message, 'struck');
      }
      if (fate.copies === 0) break; // what is lost meets nothing more
    }
    return fate;
  }

  #changed(rule: FaultRule, message: Outgoing): Outgoing {
    const bytes = changed(rule.fault, message);
    if (!bytes.equals(message.bytes)) {
      this.#tell(rule, message, 'struck');
      return message.written(bytes);
    }
    if (!this.#unchanged.has(rule)) {
      this.#unchanged.add(rule);
      this.#tell(rule, message, 'unchanged');
    }
    return message;
  }

  #befalls(index: number, rule: FaultRule, message: Outgoing): boolean {
    if (!matches(rule.match, message)) return false;
    const before = this.#seen[index] ?? 0;
    this.#seen[index] = before + 1;
    const { after = 0, times = Infinity } = rule;
    return before >= after && before < after + times;
  }
}

function changed(fault: Fault, message: Outgoing): Buffer {
  const { bytes, protocol, sip } = message;
  switch (fault.kind) {
    case 'set-header':
      return sip === undefined ? bytes : writeSip(withHeader(sip, fault.header, fault.value));
    case 'replace':
      return sip === undefined ? bytes : writeSip(withText(sip, fault.text, fault.by));
    case 'without-avps':
      return protocol === 'diameter' ? withoutAvps(bytes, fault.names) : bytes;
    case 'result':
      return protocol === 'diameter' ? withResult(bytes, fault.code, fault.experimental) : bytes;
    case 'rcode':
      return protocol === 'dns' ? withRcode(bytes, fault.rcode) : bytes;
    case 'drop':
    case 'duplicate':
    case 'delay':
    case 'reorder':
    case 'corrupt':
      return bytes;
  }
}

function worse(fate: Fate, fault: Fault, random: Random): Fate {
  switch (fault.kind) {
    case 'drop':
      return { ...fate, copies: 0 };
    case 'duplicate':
      return { ...fate, copies: 2 };
    case 'delay':
      return { ...fate, delayMs: fate.delayMs + Math.max(0, fault.byMs) };
    case 'reorder':
      return { ...fate, overtaken: true };
    case 'corrupt':
      return { ...fate, bytes: corrupted(fate.bytes, fault.bytes, random) };
    case 'set-header':
    case 'replace':
    case 'without-avps':
    case 'result':
    case 'rcode':
      return fate;
  }
}

/** So many bytes of it are others, each at a place of its own. The sender's own bytes stay. */
function corrupted(bytes: Buffer, count: number, random: Random): Buffer {
  const out = Buffer.from(bytes);
  const places = new Set<number>();
  const wanted = Math.min(Math.max(0, Math.floor(count)), out.length);
  while (places.size < wanted) {
    let place = random.uint32() % out.length;
    while (places.has(place)) place = (place + 1) % out.length;
    places.add(place);
    out[place] = (out[place] ?? 0) ^ (1 + (random.uint32() % 255));
  }
  return out;
}
