import { describe, expect, test } from '@jest/globals';
import {
  MemoryNetwork,
  nodeNet,
  seededRandom,
  systemClock,
  VirtualClock,
  type Endpoint,
  type TracedMessage,
} from '@ims-sim/host';
import {
  encodeHep,
  HEP_TYPE,
  hepTrace,
  startCollector,
  type HepTraceOptions,
  type TraceRecord,
} from '../src/index.js';

const RUNNER: Endpoint = { address: '127.0.0.9', port: 9060 };
const PCSCF: Endpoint = { address: '127.0.0.1', port: 5060 };
const SCSCF: Endpoint = { address: '127.0.0.1', port: 5061 };
const NAMES = new Map([
  [5060, 'pcscf1.home1.net'],
  [5061, 'scscf1.home1.net'],
]);
const names = ({ port }: Endpoint) => NAMES.get(port);

function network() {
  const clock = new VirtualClock();
  const memory = new MemoryNetwork({ clock, random: seededRandom(1), maxSegmentBytes: 100 });
  const runner = memory.host(RUNNER.address);
  const elements = memory.host('127.0.0.1');
  const start = (onRecord?: (record: TraceRecord) => void) =>
    clock.until(startCollector({ net: runner, listen: RUNNER, clock, names, ...(onRecord && { onRecord }) }));
  const element = (name: string, more: Partial<HepTraceOptions> = {}) =>
    hepTrace({ net: elements, clock, name, collector: RUNNER, ...more });
  return { clock, runner, elements, start, element };
}

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

describe('elements report to a collector over HEP', () => {
  test('a message that sender and receiver report is one record, decisions stand between', async () => {
    const { clock, start, element } = network();
    const collector = await start();
    const pcscf = element('pcscf1.home1.net');
    const scscf = element('scscf1.home1.net');
    await clock.advance(10);
    const sentUs = clock.now() * 1000;
    pcscf.message(message('sent', PCSCF, SCSCF, 'A'));
    await clock.advance(1);
    scscf.message(message('received', SCSCF, PCSCF, 'A'));
    scscf.decision({ callId: 'call-1', clause: 'TS 24.229 5.4.3.2', text: 'originating' });
    await clock.advance(1);
    scscf.message(message('sent', SCSCF, PCSCF, 'B'));
    pcscf.message(message('received', PCSCF, SCSCF, 'B'));
    await clock.until(collector.settle(50));

    const records = collector.records();
    expect(summary(records)).toEqual([
      '1 pcscf1.home1.net > scscf1.home1.net A',
      '2 scscf1.home1.net: originating',
      '3 scscf1.home1.net > pcscf1.home1.net B',
    ]);
    expect(records[0]).toMatchObject({ atUs: sentUs, source: PCSCF, destination: SCSCF, transport: 'udp' });
    expect(records[1]).toMatchObject({ callId: 'call-1', clause: 'TS 24.229 5.4.3.2' });
    expect(collector.rejected).toBe(0);
    collector.close();
  });

  test('both ends of a TCP connection get their names from their own reports', async () => {
    const { clock, start, element } = network();
    const collector = await start();
    const icscf = element('icscf2.home2.net');
    const hss = element('hss2.home2.net');
    const ephemeral = { address: '127.0.0.1', port: 41234 };
    const server = { address: '127.0.0.1', port: 9999 };
    const lir = { protocol: 'diameter', transport: 'tcp', bytes: Buffer.alloc(20) } as const;
    hss.message({ ...lir, direction: 'received', local: server, remote: ephemeral });
    icscf.message({ ...lir, direction: 'sent', local: ephemeral, remote: server });
    await clock.until(collector.settle(50));
    expect(collector.records()).toMatchObject([
      { from: 'icscf2.home2.net', to: 'hss2.home2.net', transport: 'tcp' },
    ]);
    collector.close();
  });

  test('before there is a collector records are held back, and tried again for', async () => {
    const { clock, start, element } = network();
    const pcscf = element('pcscf1.home1.net');
    pcscf.message(message('sent', PCSCF, SCSCF, 'A'));
    await clock.advance(300);
    const collector = await start();
    pcscf.message(message('sent', PCSCF, SCSCF, 'B'));
    await clock.advance(1000);
    expect(summary(collector.records())).toEqual([
      '1 pcscf1.home1.net > scscf1.home1.net A',
      '2 pcscf1.home1.net > scscf1.home1.net B',
    ]);
    expect(pcscf.dropped).toBe(0);
    collector.close();
  });

  test('what is held back has a bound, and what was dropped is counted and said', async () => {
    const { clock, start, element } = network();
    const pcscf = element('pcscf1.home1.net', { maxBufferedBytes: 1000 });
    for (let count = 0; count < 100; count += 1) {
      pcscf.message(message('sent', PCSCF, SCSCF, `${'x'.repeat(100)}${count}`));
    }
    expect(pcscf.dropped).toBeGreaterThan(90);
    const collector = await start();
    await clock.advance(3000);
    const kept = 100 - pcscf.dropped;
    const records = collector.records();
    expect(records.filter(({ kind }) => kind === 'message')).toHaveLength(kept);
    expect(records).toContainEqual(
      expect.objectContaining({
        kind: 'decision',
        text: `trace incomplete: ${pcscf.dropped} records were dropped`,
      }),
    );
    collector.close();
  });

  test('what is lost on its way to a TCP client goes to the element that was heard of at that end', async () => {
    const { clock, start, element } = network();
    const collector = await start();
    const [icscf, hss] = [element('icscf1.home1.net'), element('hss1.home1.net')];
    const client = { address: '127.0.0.1', port: 47_274 };
    const server = { address: '127.0.0.1', port: 3868 };
    const tcp = { protocol: 'diameter', transport: 'tcp' } as const;
    await clock.advance(10);
    icscf.message({ ...message('sent', client, server, 'LIR'), ...tcp });
    hss.message({ ...message('received', server, client, 'LIR'), ...tcp });
    hss.message({ ...message('sent', server, client, 'LIA'), ...tcp });
    hss.message({ ...message('sent', server, { ...client, port: 47_275 }, 'other'), ...tcp });
    await clock.advance(5000);
    expect(summary(collector.records())).toEqual([
      '1 icscf1.home1.net > hss1.home1.net LIR',
      '2 hss1.home1.net > icscf1.home1.net LIA',
      '3 hss1.home1.net > 127.0.0.1:47275 other',
    ]);
    collector.close();
  });

  test('a note that somebody waits for comes through, however much is held back', async () => {
    const { clock, start, element } = network();
    const pcscf = element('pcscf1.home1.net', { maxBufferedBytes: 1000 });
    pcscf.message(message('sent', PCSCF, SCSCF, 'x'.repeat(900)));
    pcscf.decision({ clause: '', text: 'too late' });
    pcscf.note('ready');
    const collector = await start();
    await clock.advance(3000);
    const texts = (): string[] =>
      collector.records().flatMap((record) => (record.kind === 'decision' ? [record.text] : []));
    expect(texts()).toContain('ready');
    expect(texts()).not.toContain('too late');
    pcscf.note('and again');
    await clock.advance(100);
    expect(texts()).toContain('and again');
    collector.close();
  });

  test('a message too long for HEP is dropped and said, and does not stop the others', async () => {
    const { clock, start, element } = network();
    const collector = await start();
    const pcscf = element('pcscf1.home1.net');
    pcscf.message(message('sent', PCSCF, SCSCF, 'x'.repeat(65500)));
    pcscf.message(message('sent', PCSCF, SCSCF, 'A'));
    await clock.advance(100);
    expect(pcscf.dropped).toBe(1);
    expect(collector.records().map(({ kind }) => kind)).toEqual(['message', 'decision']);
    collector.close();
  });

  test('after the collector went away the element goes on, and reports to the next one', async () => {
    const { clock, start, element } = network();
    const first = await start();
    const pcscf = element('pcscf1.home1.net');
    await clock.advance(10);
    first.close();
    await clock.advance(10);
    pcscf.message(message('sent', PCSCF, SCSCF, 'A'));
    await clock.advance(500);
    const second = await start();
    await clock.advance(3000);
    expect(summary(second.records())).toEqual([
      '1 pcscf1.home1.net > scscf1.home1.net A',
      expect.stringContaining('connection was lost'),
    ]);
    second.close();
  });

  test('close sends what is held back first', async () => {
    const { clock, start, element } = network();
    const collector = await start();
    const pcscf = element('pcscf1.home1.net');
    pcscf.message(message('sent', PCSCF, SCSCF, 'A'));
    await clock.until(pcscf.close());
    pcscf.message(message('sent', PCSCF, SCSCF, 'too late'));
    await clock.advance(100);
    expect(summary(collector.records())).toEqual(['1 pcscf1.home1.net > scscf1.home1.net A']);
    expect(pcscf.dropped).toBe(1);
    collector.close();
  });

  test('close ends in time without a collector, and leaves no timer', async () => {
    const { clock, element } = network();
    const pcscf = element('pcscf1.home1.net');
    pcscf.message(message('sent', PCSCF, SCSCF, 'A'));
    await clock.advance(10);
    await clock.until(pcscf.close(), 1500);
    expect(pcscf.dropped).toBe(1);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('on real sockets', () => {
  test('what an element reported before it closed arrives, and the records are merged', async () => {
    let told: (record: TraceRecord) => void = () => undefined;
    const first = new Promise<TraceRecord>((resolve) => (told = resolve));
    const listen = { address: '127.0.0.1', port: 0 };
    const collector = await startCollector({
      net: nodeNet,
      listen,
      clock: systemClock,
      names,
      onRecord: (r) => told(r),
    });
    const options = { net: nodeNet, clock: systemClock, collector: collector.local };
    const pcscf = hepTrace({ ...options, name: 'pcscf1.home1.net' });
    const scscf = hepTrace({ ...options, name: 'scscf1.home1.net' });
    pcscf.message(message('sent', PCSCF, SCSCF, 'x'.repeat(60_000)));
    scscf.message(message('received', SCSCF, PCSCF, 'x'.repeat(60_000)));
    await Promise.all([pcscf.close(), scscf.close()]);
    expect(await first).toMatchObject({ from: 'pcscf1.home1.net', to: 'scscf1.home1.net' });
    expect([collector.records().length, pcscf.dropped, scscf.dropped]).toEqual([1, 0, 0]);
    collector.close();
  });
});

describe('what others send to the collector', () => {
  test('a stranger without a name is its address; its agent needs not say which end it is', async () => {
    const { clock, elements, start } = network();
    const collector = await start();
    const stranger = { address: '198.51.100.3', port: 5060 + 20 };
    const bytes = encodeHep({
      source: stranger,
      destination: SCSCF,
      ipProtocol: 17,
      atUs: clock.now() * 1000,
      type: HEP_TYPE.sip,
      payload: Buffer.from('A'),
    });
    const silent = { onData: () => undefined, onClose: () => undefined };
    const connection = await clock.until(elements.connect(RUNNER, 1000, () => silent));
    connection.write(bytes ?? Buffer.alloc(0));
    await clock.until(collector.settle(50));
    expect(summary(collector.records())).toEqual(['1 198.51.100.3:5080 > scscf1.home1.net A']);
    collector.close();
  });

  test('a connection that does not speak HEP is closed and counted', async () => {
    const { clock, elements, start } = network();
    const collector = await start();
    let closed = 0;
    const connection = await clock.until(
      elements.connect(RUNNER, 1000, () => ({ onData: () => undefined, onClose: () => (closed += 1) })),
    );
    connection.write(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
    await clock.advance(100);
    expect([closed, collector.rejected]).toEqual([1, 1]);
    collector.close();
  });
});

describe('HEP over UDP', () => {
  const packet = (text: string): Buffer | undefined =>
    encodeHep({
      source: PCSCF,
      destination: SCSCF,
      ipProtocol: 17,
      atUs: 1_000_000,
      type: HEP_TYPE.sip,
      payload: Buffer.from(text),
    });

  test('one packet a datagram; what is no HEP is counted', async () => {
    const { clock, runner, elements } = network();
    const collector = await clock.until(
      startCollector({ net: runner, listen: RUNNER, clock, names, udp: true }),
    );
    const agent = await clock.until(
      elements.udp({ address: '127.0.0.1', port: 0 }, { onDatagram: () => undefined }),
    );
    agent.send(packet('A') ?? Buffer.alloc(0), RUNNER);
    agent.send(Buffer.from('HEP3, or so it says'), RUNNER);
    await clock.until(collector.settle(50));
    expect(summary(collector.records())).toEqual(['1 pcscf1.home1.net > scscf1.home1.net A']);
    expect(collector.rejected).toBe(1);
    collector.close();
    agent.send(packet('B') ?? Buffer.alloc(0), RUNNER);
    await clock.advance(10);
    expect(collector.records()).toHaveLength(1);
    agent.close();
  });

  test('is not taken unless told', async () => {
    const { clock, elements, start } = network();
    const collector = await start();
    const agent = await clock.until(
      elements.udp({ address: '127.0.0.1', port: 0 }, { onDatagram: () => undefined }),
    );
    agent.send(packet('A') ?? Buffer.alloc(0), RUNNER);
    await clock.advance(10);
    expect(collector.records()).toEqual([]);
    agent.close();
    collector.close();
  });
});
