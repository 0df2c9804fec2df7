import type { Endpoint, TraceProtocol } from '@ims-sim/host';
import { isWildcard } from './address.js';

/** What one end of a message said of it. */
export interface MessageReport {
  readonly atUs: number;
  /** Which end; undefined where a stranger's agent does not say and its name does not tell. */
  readonly direction: 'sent' | 'received' | undefined;
  /** Who reported: two reports without a direction are one message only if they come from two reporters. */
  readonly reporter: string;
  /** The name of the element that reported, where it has one. */
  readonly node: string | undefined;
  readonly protocol: TraceProtocol;
  readonly transport: 'udp' | 'tcp';
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly bytes: Buffer;
}

/** A message, from one report or from both. `report` is the first one. */
export interface MergedMessage {
  readonly kind: 'message';
  /** Order of arrival, for messages of the same microsecond. */
  readonly order: number;
  readonly report: MessageReport;
  atUs: number;
  source: Endpoint;
  destination: Endpoint;
  sender: string | undefined;
  receiver: string | undefined;
  complete: boolean;
}

export interface Merger {
  /** The message that this report completes, or a new one with `order`. */
  add(report: MessageReport, order: number): { readonly message: MergedMessage; readonly isNew: boolean };
}

/**
 * Makes one message of the sender's and the receiver's report: same protocol, ports and bytes, addresses that agree, and
 * times no more than `windowMs` apart. Reports are matched one to one in order of arrival, so that a message that was sent
 * twice (a retransmission) and received twice stays two. At most `maxWaiting` messages wait for their other report.
 */
export function merger(windowMs: number, maxWaiting: number): Merger {
  /** Messages by what their first report said, its direction included: the other end looks in another list than its own. */
  const waiting = new Map<string, MergedMessage[]>();
  let waitingCount = 0;

  const take = (report: MessageReport, content: string): MergedMessage | undefined => {
    for (const direction of OTHER_ENDS[report.direction ?? 'unknown']) {
      const key = `${direction} ${content}`;
      const candidates = waiting.get(key);
      if (candidates === undefined) {
        continue;
      }
      waitingCount -= forgetStale(candidates, report.atUs - windowMs * 1000);
      const index = candidates
        .slice(0, MAX_TRIED)
        .findIndex((message) => belongs(report, message, windowMs * 1000));
      const [match] = index < 0 ? [] : candidates.splice(index, 1);
      if (candidates.length === 0) {
        waiting.delete(key);
      }
      if (match !== undefined) {
        waitingCount -= 1;
        return match;
      }
    }
    return undefined;
  };

  return {
    add(report, order) {
      const content = keyOf(report);
      const match = take(report, content);
      if (match !== undefined) {
        complete(match, report);
        return { message: match, isNew: false };
      }
      if (waitingCount >= maxWaiting) {
        waitingCount -= forgetOldest(waiting);
      }
      const message = messageOf(report, order);
      const key = `${report.direction ?? 'unknown'} ${content}`;
      const list = waiting.get(key);
      if (list === undefined) {
        waiting.set(key, [message]);
      } else {
        list.push(message);
      }
      waitingCount += 1;
      return { message, isNew: true };
    },
  };
}

/** Where the report of the other end may wait. */
const OTHER_ENDS = {
  sent: ['received', 'unknown'],
  received: ['sent', 'unknown'],
  unknown: ['sent', 'received', 'unknown'],
} as const;
/** Among so many equal messages the other report is looked for; a flood of them must not take the square of its number. */
const MAX_TRIED = 64;

/** The top Via's branch, the identifiers of Diameter and DNS stand in it: what is alike so far is seldom of two messages. */
const TELLING_BYTES = 160;

/** Under which a message waits: equal for equal messages. `belongs` compares the rest. */
function keyOf({ protocol, transport, source, destination, bytes }: MessageReport): string {
  const start = bytes.toString('latin1', 0, TELLING_BYTES);
  return `${protocol} ${transport} ${source.port} ${destination.port} ${bytes.length} ${start}`;
}

function belongs(report: MessageReport, message: MergedMessage, windowUs: number): boolean {
  const first = message.report;
  const otherEnd =
    report.direction === undefined || first.direction === undefined
      ? report.reporter !== first.reporter
      : report.direction !== first.direction;
  return (
    otherEnd &&
    Math.abs(report.atUs - message.atUs) <= windowUs &&
    report.bytes.equals(first.bytes) &&
    sameAddress(report.source, first.source) &&
    sameAddress(report.destination, first.destination)
  );
}

/** A socket that listens on every address reports the wildcard as its own; the other end knows the real one. */
function sameAddress(a: Endpoint, b: Endpoint): boolean {
  return a.address === b.address || isWildcard(a.address) || isWildcard(b.address);
}

function messageOf(report: MessageReport, order: number): MergedMessage {
  return {
    kind: 'message',
    order,
    report,
    atUs: report.atUs,
    source: report.source,
    destination: report.destination,
    sender: report.direction === 'sent' ? report.node : undefined,
    receiver: report.direction === 'received' ? report.node : undefined,
    complete: false,
  };
}

function complete(message: MergedMessage, report: MessageReport): void {
  const { direction, node } = report;
  const isSender = direction === 'sent' || (direction === undefined && report.atUs < message.atUs);
  if (isSender) {
    message.atUs = report.atUs; // The sender's time is the message's.
  }
  message.sender ??= direction === 'sent' ? node : undefined;
  message.receiver ??= direction === 'received' ? node : undefined;
  message.source = isWildcard(message.source.address) ? report.source : message.source;
  message.destination = isWildcard(message.destination.address) ? report.destination : message.destination;
  message.complete = true;
}

/** Messages that are too old to belong with any report to come must not stand before those that do; how many they were. */
function forgetStale(candidates: MergedMessage[], beforeUs: number): number {
  const fresh = candidates.findIndex(({ atUs }) => atUs >= beforeUs);
  const count = fresh < 0 ? candidates.length : fresh;
  candidates.splice(0, count);
  return count;
}

/** Forgets the messages of the key that has waited longest; how many they were. */
function forgetOldest(waiting: Map<string, MergedMessage[]>): number {
  for (const [key, messages] of waiting) {
    waiting.delete(key);
    return messages.length;
  }
  return 0;
}
