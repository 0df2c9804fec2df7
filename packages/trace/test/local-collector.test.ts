import { describe, expect, test } from '@jest/globals';
import { VirtualClock, type Endpoint, type TracedMessage } from '@ims-sim/host';
import { localCollector, type MessageRecord, type TraceRecord } from '../src/index.js';

const PCSCF: Endpoint = { address: '127.0.0.1', port: 5060 };
const SCSCF: Endpoint = { address: '127.0.0.1', port: 5061 };
const NAMES = new Map([
  [5060, 'pcscf1.home1.net'],
  [5061, 'scscf1.home1.net'],
]);
const names = ({ port }: Endpoint) => NAMES.get(port);

function message(
  direction: 'sent' | 'received',
  local: Endpoint,
  remote: Endpoint,
  text: string,
): TracedMessage {
  return { protocol: 'sip', transport: 'udp', direction, local, remote, bytes: Buffer.from(text) };
}

function summary(records: readonly TraceRecord[]): string[] {
  return records.map((record) =>
    record.kind === 'message'
      ? `${record.id} ${record.from} > ${record.to} ${record.bytes.toString()}`
      : `${record.id} ${record.element}: ${record.text}`,
  );
}

describe('onRecord and settle', () => {
  test('a record is told once: when both ends have reported, or when the wait for the other is over', async () => {
    const clock = new VirtualClock();
    const told: string[] = [];
    const collector = localCollector({ clock, names, onRecord: (record) => told.push(...summary([record])) });
    const pcscf = collector.trace('pcscf1.home1.net');
    const scscf = collector.trace('scscf1.home1.net');
    pcscf.message(message('sent', PCSCF, SCSCF, 'alone'));
    pcscf.message(message('sent', PCSCF, SCSCF, 'A'));
    expect(told).toEqual([]);
    scscf.message(message('received', SCSCF, PCSCF, 'A'));
    expect(told).toEqual(['1 pcscf1.home1.net > scscf1.home1.net A']);
    await clock.advance(1999);
    expect(told).toHaveLength(1);
    await clock.advance(1);
    expect(told).toEqual([
      '1 pcscf1.home1.net > scscf1.home1.net A',
      '2 pcscf1.home1.net > scscf1.home1.net alone',
    ]);
    expect(summary(collector.records())[0]).toContain('1 pcscf1.home1.net > scscf1.home1.net alone');
    pcscf.message(message('sent', PCSCF, SCSCF, 'last'));
    collector.close();
    expect(told).toHaveLength(3);
    expect(clock.pendingTimers).toBe(0);
  });

  test('what is forgotten is in no later records, and the late report of a message is no new one', () => {
    const collector = localCollector({ clock: new VirtualClock(), names });
    const pcscf = collector.trace('pcscf1.home1.net');
    pcscf.message(message('sent', PCSCF, SCSCF, 'before'));
    collector.forget();
    collector.trace('scscf1.home1.net').message(message('received', SCSCF, PCSCF, 'before'));
    expect(collector.records()).toEqual([]);
    pcscf.message(message('sent', PCSCF, SCSCF, 'after'));
    expect(summary(collector.records())).toEqual(['1 pcscf1.home1.net > scscf1.home1.net after']);
  });

  test('settle waits for quiet, and no longer than its limit', async () => {
    const clock = new VirtualClock();
    const collector = localCollector({ clock, names });
    const trace = collector.trace('pcscf1.home1.net');
    const startMs = clock.now();
    const quiet = collector.settle(100).then(() => clock.now() - startMs);
    const limited = collector.settle(100, 150).then(() => clock.now() - startMs);
    for (let count = 0; count < 4; count += 1) {
      await clock.advance(60);
      trace.message(message('sent', PCSCF, SCSCF, String(count)));
    }
    await clock.advance(1000);
    expect([await quiet, await limited]).toEqual([340, 150]);
  });

  test('records over the bound are dropped and counted', () => {
    const collector = localCollector({ clock: new VirtualClock(), names, maxRecords: 3 });
    const trace = collector.trace('pcscf1.home1.net');
    for (let count = 0; count < 5; count += 1) {
      trace.message(message('sent', PCSCF, SCSCF, String(count)));
    }
    expect([collector.records().length, collector.dropped]).toEqual([3, 2]);
  });
});

describe('merging two reports into one record', () => {
  function run(...reports: [atMs: number, element: string, TracedMessage][]): MessageRecord[] {
    const clock = new VirtualClock(0);
    let nowMs = 0;
    const steered = { now: () => nowMs, timer: clock.timer.bind(clock) };
    const collector = localCollector({ clock: steered, names });
    for (const [atMs, element, report] of reports) {
      nowMs = atMs;
      collector.trace(element).message(report);
    }
    return collector.records().filter((record) => record.kind === 'message');
  }
  const sent = message('sent', PCSCF, SCSCF, 'A');
  const received = message('received', SCSCF, PCSCF, 'A');
  const P = 'pcscf1.home1.net';
  const S = 'scscf1.home1.net';

  test('the time is the sender’s, whoever reported first', () => {
    expect(run([12, S, received], [10, P, sent])).toMatchObject([{ atUs: 10_000, from: P, to: S }]);
  });

  test.each<[string, [number, string, TracedMessage][], number]>([
    [
      'sent twice, received twice',
      [
        [0, P, sent],
        [500, P, sent],
        [501, S, received],
        [502, S, received],
      ],
      2,
    ],
    [
      'sent twice, received once: one was lost',
      [
        [0, P, sent],
        [500, P, sent],
        [501, S, received],
      ],
      2,
    ],
    [
      'sent, received, sent, received',
      [
        [0, P, sent],
        [1, S, received],
        [500, P, sent],
        [501, S, received],
      ],
      2,
    ],
    [
      'further apart than the bound',
      [
        [0, P, sent],
        [2001, S, received],
      ],
      2,
    ],
    ['only received', [[0, S, received]], 1],
  ])('%s', (_, reports, count) => {
    expect(run(...reports)).toHaveLength(count);
  });

  test('a socket that listens on every address agrees with the address that the other end saw', () => {
    const everywhere = { address: '0.0.0.0', port: PCSCF.port };
    const records = run([0, P, { ...sent, local: everywhere }], [1, S, received]);
    expect(records).toMatchObject([{ source: PCSCF, destination: SCSCF }]);
  });

  test('IPv6 spelled in two ways is one address', () => {
    const long = { address: '5555:0:0:0:aaa:bbb:ccc:ddd', port: 5060 };
    const short = { address: '5555::aaa:bbb:ccc:ddd', port: 5060 };
    const records = run(
      [0, 'ue1', message('sent', long, SCSCF, 'A')],
      [1, S, message('received', SCSCF, short, 'A')],
    );
    expect(records).toMatchObject([{ from: 'ue1', to: S, source: short }]);
  });
});
