import type { Endpoint, TraceProtocol } from '@ims-sim/host';
import { decodeHep } from '../hep.js';
import { merger, type MergedMessage } from '../merge.js';
import type { DecisionRecord } from '../record.js';
import { reportOf } from '../report.js';
import type { StreamProtocol } from './stream-messages.js';

/** An application's message out of a capture. */
export interface CapturedMessage {
  readonly kind: 'message';
  /** Microseconds since the epoch: of its packet, over TCP of the one that made it whole. */
  readonly atUs: number;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  /** Names that the capture itself gives the two: an agent's in HEP, a pcapng file's for the address. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly protocol: TraceProtocol;
  readonly transport: 'udp' | 'tcp';
  /** A copy: the file need not be kept. */
  readonly bytes: Buffer;
}

/** Of one message that two agents report by HEP. */
const HEP_WINDOW_MS = 2000;
const MAX_HEP_WAITING = 20_000;

/** A message as it was found, a view of the file. */
export interface Found {
  readonly atUs: number;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly bytes: Buffer;
}

/** What a capture has in it, gathered while it is read. */
export interface CapturedMessages {
  add(protocol: StreamProtocol, transport: 'udp' | 'tcp', message: Found): void;
  /** In the order of time, and of the file where times are equal. */
  result(): {
    readonly messages: readonly CapturedMessage[];
    readonly decisions: readonly Omit<DecisionRecord, 'id'>[];
  };
}

/**
 * Gathers at most `maxMessages` messages and decisions, those that HEP reports from both ends once; `complain` is told of what is
 * left out. `names`, by address, are read when the result is asked for.
 */
export function capturedMessages(
  names: ReadonlyMap<string, string>,
  maxMessages: number,
  complain: (reason: string) => void,
): CapturedMessages {
  const messages: CapturedMessage[] = [];
  const reports = hepReports(complain);

  return {
    add(protocol, transport, message) {
      if (messages.length + reports.size >= maxMessages) {
        complain(`There are more than ${maxMessages} messages: one after them is not read`);
      } else if (protocol === 'hep') {
        reports.add(message);
      } else {
        const { atUs, source, destination } = message;
        const bytes = Buffer.from(message.bytes);
        messages.push({ kind: 'message', atUs, source, destination, protocol, transport, bytes });
      }
    },
    result() {
      const named = messages.map((message) => ({
        ...message,
        from: names.get(message.source.address),
        to: names.get(message.destination.address),
      }));
      const all: CapturedMessage[] = [...named, ...reports.messages.map(ofHep)];
      return {
        messages: all.sort((a, b) => a.atUs - b.atUs),
        decisions: reports.decisions.toSorted((a, b) => a.atUs - b.atUs),
      };
    },
  };
}

interface HepReports {
  add(packet: Found): void;
  readonly messages: readonly MergedMessage[];
  readonly decisions: readonly Omit<DecisionRecord, 'id'>[];
  /** Of both together. */
  readonly size: number;
}

function hepReports(complain: (reason: string) => void): HepReports {
  const messages: MergedMessage[] = [];
  const decisions: Omit<DecisionRecord, 'id'>[] = [];
  const merge = merger(HEP_WINDOW_MS, MAX_HEP_WAITING);
  return {
    messages,
    decisions,
    get size() {
      return messages.length + decisions.length;
    },
    add({ bytes, source }) {
      const decoded = decodeHep(bytes);
      const report =
        decoded.kind === 'packet' ? reportOf(decoded.packet, `${source.address} ${source.port}`) : undefined;
      if (report === undefined) {
        complain(
          decoded.kind === 'malformed' ? decoded.reason : 'A HEP packet is of a protocol that is not read',
        );
      } else if (!('bytes' in report)) {
        decisions.push(report);
      } else {
        const { message, isNew } = merge.add(report, messages.length);
        if (isNew) {
          messages.push(message);
        }
      }
    },
  };
}

function ofHep({ atUs, source, destination, sender, receiver, report }: MergedMessage): CapturedMessage {
  const { protocol, transport, bytes } = report;
  return {
    kind: 'message',
    atUs,
    source,
    destination,
    from: sender,
    to: receiver,
    protocol,
    transport,
    bytes,
  };
}
