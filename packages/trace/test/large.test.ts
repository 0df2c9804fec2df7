import { describe, expect, test } from '@jest/globals';
import {
  buildLadder,
  fromJsonLine,
  readPcap,
  renderLadderSvg,
  renderLadderText,
  toJsonLine,
  writePcapng,
  type MessageRecord,
} from '../src/index.js';
import { merger, type MessageReport } from '../src/merge.js';
import { dnsQuery, locationInfo, participants, sip } from './flow.js';

const FEW = 10_000;
const MANY = 40_000;
/** What grows with the number of messages takes four times as long for four times as many, what grows with its square sixteen. */
const MAX_RATIO = 10;

/** Processor time, which other processes do not add to. */
function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** By how much longer `MANY` take than `FEW`. */
function growth(work: (count: number) => void): number {
  work(FEW / 5); // Compiled by now.
  let least = Infinity;
  for (let times = 0; times < 3 && least >= MAX_RATIO; times++) {
    const few = cpuMs(() => work(FEW)); // somebody else's cache misses are its own, too
    least = Math.min(least, cpuMs(() => work(MANY)) / Math.max(few, 1));
  }
  return least;
}

const NAMES = ['ue1', 'pcscf1.home1.net', 'scscf1.home1.net', 'icscf2.home2.net', 'hss2.home2.net'];

function record(index: number): MessageRecord {
  const [protocol, bytes] = (
    [
      ['sip', sip(`OPTIONS sip:${index}@home1.net SIP/2.0`, 'OPTIONS')],
      ['diameter', locationInfo(index % 2 === 0)],
      ['dns', dnsQuery(`n${index}.home1.net`, 35)],
    ] as const
  )[index % 3] ?? ['sip', Buffer.alloc(0)];
  return {
    kind: 'message',
    id: index + 1,
    atUs: 1_700_000_000_000_000 + index * 100,
    from: NAMES[index % NAMES.length] ?? '',
    to: NAMES[(index + 1) % NAMES.length] ?? '',
    source: { address: '127.0.0.1', port: 40_000 + (index % 100) },
    destination: { address: '127.0.0.1', port: 5060 },
    protocol,
    transport: protocol === 'diameter' ? 'tcp' : 'udp',
    bytes,
  };
}

const records = Array.from({ length: MANY }, (_, index) => record(index));

describe('a long run', () => {
  test.each<[string, (some: readonly MessageRecord[]) => void]>([
    ['text', (some) => renderLadderText(buildLadder(some, { participants, maxRows: MANY }))],
    ['SVG', (some) => renderLadderSvg(buildLadder(some, { participants, maxRows: MANY }))],
    ['JSON lines and back', (some) => some.map((one) => fromJsonLine(toJsonLine(one)))],
    ['a capture and back', (some) => readPcap(writePcapng(some))],
  ])('as %s takes time in proportion', (_, work) => {
    expect(growth((count) => work(records.slice(0, count)))).toBeLessThan(MAX_RATIO);
  });

  test('is whole in each of them', () => {
    const ladder = buildLadder(records, { participants, maxRows: MANY });
    expect(ladder.rows.length).toBe(MANY);
    expect(renderLadderText(ladder).split('\n').length).toBeGreaterThan(MANY);
    const svg = renderLadderSvg(ladder);
    expect(svg.split('>OPTIONS</text>').length).toBeGreaterThan(MANY / 3);
    // The heads stand again every so often: at the top and the bottom alone they would be out of sight.
    expect(svg.split('>P-CSCF#1</text>').length).toBeGreaterThan(MANY / 50);
    const { messages, complaints } = readPcap(writePcapng(records));
    expect(complaints).toEqual([]);
    expect(messages.length).toBe(MANY);
  });
});

describe('reports of messages', () => {
  const report = (of: MessageRecord | undefined, more: Partial<MessageReport>): MessageReport => {
    const { atUs, protocol, transport, source, destination, bytes } = of ?? record(0);
    const common = { atUs, protocol, transport, source, destination, bytes };
    return { ...common, direction: 'sent', reporter: 'a', node: 'a', ...more };
  };

  test.each<[string, (report: MessageReport) => MessageReport]>([
    ['each another', (one) => one],
    ['all the same bytes', (one) => ({ ...report(records[0], {}), atUs: one.atUs })],
  ])('of one end alone, %s, are merged in proportion', (_, of) => {
    const reports = records.map((one) => of(report(one, {})));
    const merge = (count: number): boolean[] => {
      const { add } = merger(2000, FEW / 2);
      return reports.slice(0, count).map((one, index) => add(one, index).isNew);
    };
    expect(growth(merge)).toBeLessThan(MAX_RATIO);
    expect(merge(MANY)).not.toContain(false);
  });

  test('what one end alone reported long ago does not stand in the way of the same bytes from both ends', () => {
    const merge = merger(2000, 20_000);
    const atUs = 1_700_000_000_000_000;
    for (let index = 0; index < 500; index += 1) {
      merge.add(report(records[0], { atUs: atUs + index * 30_000_000 }), index);
    }
    const now = { atUs: atUs + 500 * 30_000_000 };
    const { message } = merge.add(report(records[0], now), 500);
    const other = merge.add(
      report(records[0], { ...now, direction: 'received', reporter: 'b', node: 'b' }),
      501,
    );
    expect(other).toEqual({ message, isNew: false });
  });
});
