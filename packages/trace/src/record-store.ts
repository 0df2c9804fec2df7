import { prettyEndpoint, type Endpoint, type Timer } from '@ims-sim/host';
import { merger, type MergedMessage, type Merger, type MessageReport } from './merge.js';
import type { CollectorOptions } from './collector.js';
import type { TraceRecord } from './record.js';
import type { DecisionReport, Report } from './report.js';

/** The records of a run, in memory, within bounds. */
export interface RecordStore {
  add(report: Report): void;
  records(): TraceRecord[];
  /** Hands `onRecord` the messages that still wait for their other report. */
  announceAll(): void;
  /** Forgets all records. What is still reported of a message that it had is not taken for another one. */
  forget(): void;
  readonly lastArrivalMs: number;
  readonly arrived: number;
  readonly dropped: number;
  rejected: number;
}

interface Decision {
  readonly kind: 'decision';
  readonly order: number;
  readonly atUs: number;
  readonly report: DecisionReport;
}
type Entry = MergedMessage | Decision;

const MAX_WAITING = 20_000;

/**
 * Bounds: 200,000 records and 256 MiB of messages unless told, and 20,000 messages that wait for their other
 * report; what is beyond is counted in `dropped`.
 */
export function recordStore(options: CollectorOptions): RecordStore {
  const {
    clock,
    onRecord,
    mergeWindowMs = 2000,
    maxRecords = 200_000,
    maxBytes = 256 * 1024 * 1024,
  } = options;
  const { names, learn } = learnedNames(options.names);
  const entryOf = entryMaker(merger(mergeWindowMs, MAX_WAITING), names);
  const entries: Entry[] = [];
  const announcer = onRecord === undefined ? undefined : announce({ clock, names }, mergeWindowMs, onRecord);
  let bytes = 0;
  let lastArrivalMs = -Infinity;
  let arrived = 0;
  let dropped = 0;

  const add = (report: Report): void => {
    lastArrivalMs = clock.now();
    arrived += 1;
    const size = 'bytes' in report ? report.bytes.length : report.text.length;
    if (entries.length >= maxRecords || bytes + size > maxBytes) {
      dropped += 1;
      return;
    }
    if ('bytes' in report) {
      learn(report);
    }
    const { entry, isNew } = entryOf(report, entries.length);
    if (isNew) {
      entries.push(entry);
      bytes += size;
    }
    if (isNew && entry.kind === 'message') {
      announcer?.later(entry);
    } else {
      announcer?.now(entry);
    }
  };

  return {
    add,
    records() {
      const sorted = entries.toSorted((a, b) => a.atUs - b.atUs || a.order - b.order);
      return sorted.map((entry, index) => toRecord(entry, index + 1, names));
    },
    announceAll: () => announcer?.all(),
    forget() {
      announcer?.all();
      entries.length = 0;
      bytes = 0;
    },
    get lastArrivalMs() {
      return lastArrivalMs;
    },
    get arrived() {
      return arrived;
    },
    get dropped() {
      return dropped;
    },
    rejected: 0,
  };
}

/** TCP ends that are known by who reported from there. */
const MAX_LEARNED = 10_000;

/**
 * `names`, and of TCP connections who has reported from which end of one: nobody else knows whose a client's port is, and what is lost on
 * the way to it only the other end reports.
 */
function learnedNames(names: CollectorOptions['names']): {
  readonly names: CollectorOptions['names'];
  learn(report: MessageReport): void;
} {
  const ends = new Map<string, string>();
  return {
    names: (endpoint, transport) =>
      names(endpoint, transport) ?? (transport === 'tcp' ? ends.get(prettyEndpoint(endpoint)) : undefined),
    learn({ direction, node, transport, source, destination }) {
      const own = direction === 'sent' ? source : direction === 'received' ? destination : undefined;
      if (
        transport !== 'tcp' ||
        own === undefined ||
        node === undefined ||
        names(own, transport) !== undefined
      ) {
        return;
      }
      if (ends.size >= MAX_LEARNED) {
        ends.clear(); // connections that are up are learned again with their next message
      }
      ends.set(prettyEndpoint(own), node);
    },
  };
}

/** What becomes of a report: a decision, a message, or with `isNew` false the message that it was the other report of. */
function entryMaker(merge: Merger, names: CollectorOptions['names']) {
  return (report: Report, order: number): { readonly entry: Entry; readonly isNew: boolean } => {
    if (!('bytes' in report)) {
      return { entry: { kind: 'decision', order, atUs: report.atUs, report }, isNew: true };
    }
    const { message, isNew } = merge.add(withDirection(report, names), order);
    return { entry: message, isNew };
  };
}

/** A stranger's agent does not say which end it is: its name does, where one end of the message has it. */
function withDirection(report: MessageReport, names: CollectorOptions['names']): MessageReport {
  if (report.direction !== undefined || report.node === undefined) {
    return report;
  }
  if (names(report.source, report.transport) === report.node) {
    return { ...report, direction: 'sent' };
  }
  return names(report.destination, report.transport) === report.node
    ? { ...report, direction: 'received' }
    : report;
}

function toRecord(entry: Entry, id: number, names: CollectorOptions['names']): TraceRecord {
  if (entry.kind === 'decision') {
    return { ...entry.report, id };
  }
  const { protocol, transport, bytes } = entry.report;
  const { atUs, source, destination } = entry;
  const name = (endpoint: Endpoint): string => names(endpoint, transport) ?? prettyEndpoint(endpoint);
  return {
    kind: 'message',
    id,
    atUs,
    from: entry.sender ?? name(source),
    to: entry.receiver ?? name(destination),
    source,
    destination,
    protocol,
    transport,
    bytes,
  };
}

interface Announcer {
  now(entry: Entry): void;
  later(message: MergedMessage): void;
  all(): void;
}

/** Tells of each record once; one timer waits for the message that came first. */
function announce(
  { clock, names }: Pick<CollectorOptions, 'clock' | 'names'>,
  mergeWindowMs: number,
  onRecord: (record: TraceRecord) => void,
): Announcer {
  /** In order of arrival, with when the wait for the other report is over. */
  const waiting = new Map<MergedMessage, number>();
  let timer: Timer | undefined;
  let count = 0;

  const tell = (entry: Entry): void => {
    count += 1;
    onRecord(toRecord(entry, count, names));
  };
  const arm = (dueMs: number): void => {
    timer = clock.timer(Math.max(0, dueMs - clock.now()), () => {
      timer = undefined;
      for (const [message, nextMs] of waiting) {
        if (nextMs > clock.now()) {
          arm(nextMs);
          return;
        }
        waiting.delete(message);
        tell(message);
      }
    });
  };

  return {
    now(entry) {
      if (entry.kind === 'decision' || waiting.delete(entry)) {
        tell(entry);
      }
    },
    later(message) {
      const dueMs = clock.now() + mergeWindowMs;
      waiting.set(message, dueMs);
      if (timer === undefined) {
        arm(dueMs);
      }
    },
    all() {
      timer?.cancel();
      timer = undefined;
      const messages = [...waiting.keys()];
      waiting.clear();
      messages.forEach(tell);
    },
  };
}
