import { event, vias } from '@ims-sim/sip';
import type { RecordedEntry } from './recorded.js';
import { type AwaitedRequest, awaitedRequests } from './awaited-requests.js';
import type { SipSeen } from './select.js';

/** Nothing for as long as this between two actions is a pause of the scenario. */
const QUIET_US = 100_000;
const TENTH_US = 100_000;
const SECOND_US = 1_000_000;
/** What an element begins by itself comes later where the machine is busy: so much longer than it took is waited for it. */
const AT_LEAST_S = 5;
/** What a registration brings about behind it is over by then, and nothing says when: the next one may not come into the midst of it. */
const AFTER_REGISTRATION_US = 2 * SECOND_US;

/** What passes between actions: requests that UEs get, and time. To be asked in the order of time. */
export class Pauses {
  readonly #times: readonly number[];
  readonly #awaited: readonly AwaitedRequest[];
  /** When elements began something because of a registration. */
  readonly #behind: readonly number[];
  /** How many NOTIFYs each UE was said to receive. */
  readonly #received = new Map<string, number>();

  /** `ues`: by their names; `firstId`: the first record of the flow. */
  constructor(sip: readonly SipSeen[], ues: ReadonlySet<string>, firstId: number) {
    this.#times = sip.map(({ record }) => record.atUs);
    this.#awaited = awaitedRequests(sip, ues, firstId);
    this.#behind = sip.flatMap((seen) => (isBehindRegistration(seen, ues) ? [seen.record.atUs] : []));
  }

  /** What passed between an action and the next one, which may have waited for it. */
  between(sinceUs: number, untilUs: number): RecordedEntry[] {
    const quiet = this.#quiet(sinceUs, untilUs) ?? Infinity;
    const heard = this.#awaited.filter(
      ({ atUs, method }) => atUs > (method === 'NOTIFY' ? sinceUs : quiet) && atUs < untilUs,
    );
    const passed = this.#passed(heard, sinceUs, untilUs);
    const isBehind = this.#behind.some((atUs) => atUs > sinceUs && atUs < untilUs);
    return isBehind && passed.length === 0 ? [wait(AFTER_REGISTRATION_US)] : passed;
  }

  /** The same behind the last action, until nothing more came: an element may begin something late, and nothing waits for the end of this. */
  atTheEnd(sinceUs: number): RecordedEntry[] {
    const lastUs = this.#times.at(-1) ?? sinceUs;
    const quiet = this.#quiet(sinceUs, lastUs) ?? Infinity;
    const heard = this.#awaited.filter(({ atUs }) => atUs > quiet);
    return this.#passed(heard, sinceUs, lastUs, SECOND_US);
  }

  #passed(heard: readonly AwaitedRequest[], sinceUs: number, untilUs: number, marginUs = 0): RecordedEntry[] {
    const entries: RecordedEntry[] = [];
    let reachedUs = sinceUs;
    for (const one of heard) {
      const withinS = AT_LEAST_S + 2 * Math.ceil((one.atUs - reachedUs) / SECOND_US);
      const sentence = `${one.actor} receives ${one.method} within ${withinS} s`;
      const entry: RecordedEntry = { sentence, options: {} };
      entries.push(...Array.from({ length: this.#count(one) }, () => entry));
      reachedUs = one.atUs;
    }
    const quiet = this.#quiet(reachedUs, untilUs);
    return quiet === undefined ? entries : [...entries, wait(untilUs - quiet + marginUs)];
  }

  /** `receives` takes the first that nobody took: those of the actions that subscribe, too. */
  #count({ actor, method, nth }: AwaitedRequest): number {
    if (method !== 'NOTIFY') {
      return 1;
    }
    const before = this.#received.get(actor) ?? 0;
    this.#received.set(actor, nth);
    return nth - before;
  }

  #quiet(sinceUs: number, untilUs: number): number | undefined {
    const between = this.#times.filter((atUs) => atUs >= sinceUs && atUs <= untilUs);
    return between.find((atUs, index) => (between[index + 1] ?? atUs) - atUs >= QUIET_US);
  }
}

/** TS 24.229 5.2.3, 5.4.1.7: the P-CSCF subscribes to the registration state, the S-CSCF registers the user at application servers. */
function isBehindRegistration({ record, message, cseq }: SipSeen, ues: ReadonlySet<string>): boolean {
  const isBegun = message.kind === 'request' && vias(message).length === 1 && !ues.has(record.from);
  return (
    isBegun &&
    (cseq.method === 'REGISTER' || (cseq.method === 'SUBSCRIBE' && event(message)?.package === 'reg'))
  );
}

function wait(forUs: number): RecordedEntry {
  return { sentence: `wait ${Math.ceil(forUs / TENTH_US) / 10} s`, options: {} };
}
