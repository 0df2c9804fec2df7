import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { encodeHep, HEP_TYPE, readPcap, writePcapng, type MessageRecord } from '../../src/index.js';
import { udpPacket, tcpPacket, TCP_FLAG } from '../../src/ip-packet.js';
import { dnsQuery, locationInfo, mainFlow, sip } from '../flow.js';
import { fragmented, fragmentedIpv6, interfacesFile, LINKS, pcapFile, pcapngFile } from './files.js';

const AT_NS = 1_700_000_000_123_456_789n;
const AT_US = 1_700_000_000_123_456;
const A = { address: Buffer.of(192, 0, 2, 1), port: 5060 };
const B = { address: Buffer.of(192, 0, 2, 2), port: 5070 };
const options = sip('OPTIONS sip:b.home1.net SIP/2.0', 'OPTIONS');

const raw = (packets: readonly Buffer[]): Buffer =>
  pcapFile(
    packets.map((data, index) => ({ atNs: AT_NS + BigInt(index) * 1_000_000n, data })),
    { isLittle: true, isNano: false, linkType: 101 },
  );
const texts = (file: Buffer): string[] =>
  readPcap(file).messages.map(({ bytes }) => bytes.toString('latin1'));

describe('readPcap', () => {
  test('reads what writePcapng wrote: each message with its time, ends and names, and nothing else', () => {
    const { records } = mainFlow();
    const written = records.filter((record): record is MessageRecord => record.kind === 'message');
    const { messages, complaints } = readPcap(writePcapng(records));
    expect(complaints).toEqual([]);
    expect(
      messages.map(({ atUs, from, to, protocol, transport, bytes }) => ({
        atUs,
        from,
        to,
        protocol,
        transport,
        bytes,
      })),
    ).toEqual(
      written.map(({ atUs, from, to, protocol, transport, bytes }) => ({
        atUs,
        from,
        to,
        protocol,
        transport,
        bytes,
      })),
    );
  });

  test.each(
    [true, false].flatMap((isLittle) =>
      [true, false].map((isNano): [boolean, boolean] => [isLittle, isNano]),
    ),
  )('pcap, little-endian %s, nanoseconds %s', (isLittle, isNano) => {
    const packet = { atNs: AT_NS, data: udpPacket(A, B, options) };
    const { messages, packets, complaints } = readPcap(
      pcapFile([packet], { isLittle, isNano, linkType: 101 }),
    );
    expect({ packets, complaints }).toEqual({ packets: 1, complaints: [] });
    expect(messages).toEqual([
      {
        kind: 'message',
        atUs: AT_US,
        source: { address: '192.0.2.1', port: 5060 },
        destination: { address: '192.0.2.2', port: 5070 },
        protocol: 'sip',
        transport: 'udp',
        bytes: options,
      },
    ]);
  });

  test.each([true, false])('pcapng with times in nanoseconds, little-endian %s', (isLittle) => {
    const packet = { atNs: AT_NS, data: udpPacket(A, B, options) };
    const { messages, complaints } = readPcap(pcapngFile([packet], { isLittle, linkType: 101 }));
    expect(messages.map(({ atUs }) => atUs)).toEqual([AT_US]);
    expect(complaints).toEqual(['A block of type 2989 is not read']);
  });

  test('several interfaces of different links, and several sections of different byte orders, are read as one', () => {
    const data = udpPacket(A, B, options);
    const links = Object.values(LINKS);
    const first = interfacesFile(
      links.map(({ type, frame }, index) => ({
        atNs: AT_NS + BigInt(index) * 1_000_000n,
        data: frame(data),
        linkType: type,
      })),
    );
    const second = pcapngFile([{ atNs: AT_NS - 1_000_000_000n, data }], { isLittle: false, linkType: 101 });
    const { messages, complaints } = readPcap(Buffer.concat([first, second, first.subarray(0, -20)]));
    expect(messages.every(({ bytes }) => bytes.equals(options))).toBe(true);
    // The section in the middle is the earliest; of the last one the last packet is cut.
    expect(messages.map(({ atUs }) => atUs - AT_US)).toEqual(
      [-1_000_000, ...links.flatMap((_, index) => [index * 1000, index * 1000])].slice(0, 2 * links.length),
    );
    expect(complaints).toEqual([
      'A block of type 2989 is not read',
      expect.stringContaining('The file ends within a block'),
    ]);
  });

  test('a Simple Packet Block is read, and its missing time is told', () => {
    const packet = { atNs: AT_NS, data: udpPacket(A, B, options) };
    const { messages, complaints } = readPcap(
      pcapngFile([packet], { isLittle: true, linkType: 101, isSimple: true }),
    );
    expect(messages.map(({ bytes }) => bytes)).toEqual([options]);
    expect(complaints.join()).toContain('has no time');
  });

  test.each(Object.keys(LINKS))('IPv4 and IPv6 over %s', (name) => {
    const link = LINKS[name];
    const six = (last: number, port: number) => ({
      address: Buffer.from(`20010db8${'0'.repeat(22)}0${last}`, 'hex'),
      port,
    });
    const packets = [udpPacket(A, B, options), udpPacket(six(1, 5060), six(2, 5070), options)];
    const framed = packets.map((packet) => ({ atNs: AT_NS, data: link?.frame(packet) ?? packet }));
    const file = pcapFile(framed, { isLittle: true, isNano: false, linkType: link?.type ?? 0 });
    const { messages, complaints } = readPcap(file);
    expect(messages.map(({ source }) => source.address)).toEqual(['192.0.2.1', '2001:db8::1']);
    expect(messages.every(({ bytes }) => bytes.equals(options))).toBe(true);
    expect(complaints).toEqual([]);
  });

  test('what is not IP, not UDP or TCP, of another link, or of no protocol that is read, is told', () => {
    const arp = Buffer.concat([Buffer.alloc(12), Buffer.of(8, 6), Buffer.alloc(28)]);
    const sctp = udpPacket(A, B, options);
    sctp.writeUInt8(132, 9);
    const frame = (data: Buffer) => LINKS['ethernet']?.frame(data) ?? data;
    const frames = [
      arp,
      frame(sctp),
      frame(udpPacket(A, B, Buffer.from('something else'))),
      frame(udpPacket(A, B, Buffer.from('\r\n\r\n'))),
    ];
    const file = pcapFile(
      frames.map((data) => ({ atNs: AT_NS, data })),
      { isLittle: false, isNano: false, linkType: 1 },
    );
    expect(readPcap(file)).toMatchObject({
      messages: [],
      packets: 4,
      complaints: [
        'A packet of EtherType 0x0806 is not IP',
        'IP protocol 132 is not read',
        'UDP port 5060 to 5070: not SIP, DNS or HEP',
      ],
    });
    const wlan = pcapFile([{ atNs: AT_NS, data: arp }], { isLittle: false, isNano: false, linkType: 105 });
    expect(readPcap(wlan).complaints).toEqual(['Packets of link type 105 are not read']);
  });

  test('on `any` a packet of the loopback interface is there twice, and one message', () => {
    const cooked = (direction: number, packet: Buffer) => {
      const frame = Buffer.from(LINKS['linux cooked']?.frame(packet) ?? packet);
      frame.writeUInt16BE(direction, 0);
      return frame;
    };
    const packet = udpPacket(A, B, options);
    const frames = [cooked(4, packet), cooked(0, packet), cooked(4, packet), cooked(0, packet)];
    const file = pcapFile(
      frames.map((data, index) => ({ atNs: AT_NS + BigInt(index >> 1) * 500_000_000n, data })),
      { isLittle: true, isNano: false, linkType: 113 },
    );
    expect(readPcap(file).messages.length).toBe(2); // The second pair is a retransmission.
  });

  test('fragments are put together, in whatever order they came; a missing one is told', () => {
    const long = sip('MESSAGE sip:b SIP/2.0', 'MESSAGE', 'x'.repeat(4000));
    const six = (last: number) => ({
      address: Buffer.from(`20010db8${'0'.repeat(22)}0${last}`, 'hex'),
      port: 5060,
    });
    for (const parts of [
      fragmented(udpPacket(A, B, long), 1480),
      fragmentedIpv6(udpPacket(six(1), six(2), long), 1448),
    ]) {
      expect(parts.length).toBe(3);
      expect(texts(raw(parts))).toEqual([long.toString('latin1')]);
      expect(texts(raw([...parts].reverse()))).toEqual([long.toString('latin1')]);
      const [first, , last] = parts;
      expect(readPcap(raw([first, last].flatMap((part) => part ?? [])))).toMatchObject({
        messages: [],
        complaints: ['A fragmented datagram is not read: a fragment is missing'],
      });
    }
  });

  test('DNS at port 53 and at the ports asked for', () => {
    const query = dnsQuery('home2.net', 35);
    const at = (port: number) => raw([udpPacket({ ...A, port: 40000 }, { ...B, port }, query)]);
    expect(readPcap(at(53)).messages.map(({ protocol }) => protocol)).toEqual(['dns']);
    expect(readPcap(at(5353)).messages).toEqual([]);
    expect(readPcap(at(5353), { dnsPorts: [5353] }).messages.map(({ bytes }) => bytes)).toEqual([query]);
  });

  test('HEP: what two agents report of one message is one message, with the names they gave; decisions too', () => {
    const report = (node: string, direction: 'sent' | 'received', atUs: number) =>
      encodeHep({
        source: { address: '192.0.2.1', port: 5060 },
        destination: { address: '192.0.2.2', port: 5070 },
        ...{ ipProtocol: 17, type: HEP_TYPE.sip, payload: options, node, direction, atUs },
      }) ?? Buffer.alloc(0);
    const agent = { ...A, port: 9061 };
    const collector = { ...B, port: 9060 };
    const packets = [
      udpPacket(agent, collector, report('a.home1.net', 'sent', AT_US)),
      udpPacket(agent, collector, report('b.home1.net', 'received', AT_US + 300)),
    ];
    const { messages, complaints } = readPcap(raw(packets));
    expect(complaints).toEqual([]);
    expect(messages).toEqual([
      expect.objectContaining({
        atUs: AT_US,
        from: 'a.home1.net',
        to: 'b.home1.net',
        protocol: 'sip',
        bytes: options,
      }),
    ]);
  });

  test('bounds: packets and messages past them are left out and told', () => {
    const file = raw([1, 2, 3, 4].map(() => udpPacket(A, B, options)));
    expect(readPcap(file, { maxPackets: 2 })).toMatchObject({
      packets: 2,
      complaints: [expect.stringContaining('more than 2 packets')],
    });
    const few = readPcap(file, { maxMessages: 3 });
    expect(few.messages.length).toBe(3);
    expect(few.complaints).toEqual([expect.stringContaining('more than 3 messages')]);
  });

  test('garbage, and a good file with bytes changed or cut off, never throws', () => {
    const good = [
      writePcapng(mainFlow().records),
      raw([udpPacket(A, B, options), ...fragmented(udpPacket(A, B, options), 80)]),
      pcapngFile([{ atNs: AT_NS, data: udpPacket(A, B, options) }], { isLittle: true, linkType: 1 }),
    ];
    const change = fc.record({ at: fc.nat(), value: fc.nat(255) });
    fc.assert(
      fc.property(
        fc.nat(good.length - 1),
        fc.array(change, { maxLength: 20 }),
        fc.nat(),
        (which, changes, end) => {
          const file = good[which] ?? Buffer.alloc(0);
          const bytes = Buffer.from(end % 3 === 0 ? file.subarray(0, end % file.length) : file);
          for (const { at, value } of bytes.length === 0 ? [] : changes) {
            bytes.writeUInt8(value, at % bytes.length);
          }
          expect(readPcap(bytes).messages.length).toBeLessThan(1000);
        },
      ),
      { numRuns: 400 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(readPcap(Buffer.from(bytes)).messages).toEqual([]);
      }),
    );
  });

  test.each([
    ['IPv4, cut within its header', udpPacket(A, B, options).subarray(0, 10)],
    [
      'IPv4, with a header of less than 20 bytes',
      Buffer.concat([Buffer.of(0x44), udpPacket(A, B, options).subarray(1)]),
    ],
    ['IPv6, cut within its header', Buffer.concat([Buffer.of(0x60), Buffer.alloc(20)])],
    ['nothing', Buffer.alloc(0)],
  ])('an IP packet that is %s: told, and what follows is read', (_, packet) => {
    const { messages, complaints } = readPcap(raw([packet, udpPacket(A, B, options)]));
    expect(messages.length).toBe(1);
    expect(complaints).toEqual([expect.stringContaining('An IP packet is not to be read')]);
  });

  test('what is no capture, or ends too soon, is told', () => {
    expect(readPcap(Buffer.from('{"kind":"message"}')).complaints).toEqual([
      'The file is neither pcap nor pcapng',
    ]);
    expect(readPcap(Buffer.alloc(0)).complaints).toEqual(['The file is too short to be a capture']);
    const file = raw([udpPacket(A, B, options), udpPacket(A, B, options)]);
    const cut = readPcap(file.subarray(0, -5));
    expect(cut.messages.length).toBe(1);
    expect(cut.complaints).toEqual([expect.stringContaining('ends within a packet')]);
  });
});

describe('TCP in a capture', () => {
  const lir = locationInfo(true);
  /** Segments from A to B, given by their place in the stream. */
  const segment = (at: number, payload: Buffer, flags: number = TCP_FLAG.ack): Buffer =>
    tcpPacket({ from: A, to: B, sequence: (0xfffffff0 + at) >>> 0, acknowledgement: 1, flags, payload });
  const syn = segment(-1, Buffer.alloc(0), TCP_FLAG.syn);
  const stream = Buffer.concat([options, lir, Buffer.from('\r\n\r\n'), options]);
  const part = (from: number, to: number): Buffer => segment(from, stream.subarray(from, to));
  const whole = [options, lir, options].map((bytes) => bytes.toString('latin1'));

  test('messages that are cut into segments anywhere, numbers going round, keep-alives between them', () => {
    for (const size of [1, 7, 100, 1460]) {
      const parts = Array.from({ length: Math.ceil(stream.length / size) }, (_, index) =>
        part(index * size, (index + 1) * size),
      );
      expect(texts(raw([syn, ...parts]))).toEqual(whole);
    }
  });

  test('out of order, twice, and overlapping: in order, each byte once', () => {
    const parts = [part(0, 200), part(100, 300), part(400, stream.length), part(0, 200), part(300, 500)];
    const { messages, complaints } = readPcap(raw([syn, ...parts]));
    expect(messages.map(({ bytes }) => bytes.toString('latin1'))).toEqual(whole);
    expect(complaints).toEqual([]);
  });

  test('a gap is told, and reading goes on where a segment begins with a message', () => {
    const second = options.length + lir.length + 4;
    const { messages, complaints } = readPcap(
      raw([syn, part(0, 100), part(200, second), part(second, stream.length)]),
    );
    expect(messages.map(({ bytes }) => bytes)).toEqual([options]);
    expect(complaints).toEqual([
      'TCP 192.0.2.1:5060 to 192.0.2.2:5070: 100 bytes are missing',
      'TCP port 5060 to 5070: a message is cut by missing bytes',
    ]);
  });

  test('a connection that was there before the capture is read from its first segment that begins with a message', () => {
    const { messages, complaints } = readPcap(
      raw([part(50, options.length), part(options.length, stream.length)]),
    );
    expect(messages.map(({ protocol }) => protocol)).toEqual(['diameter', 'sip']);
    expect(complaints).toEqual(['TCP port 5060 to 5070: what it carries is not SIP, Diameter, DNS or HEP']);
  });

  test('ports that are used again are a new stream', () => {
    const again = tcpPacket({
      from: A,
      to: B,
      sequence: 77,
      acknowledgement: 0,
      flags: TCP_FLAG.syn,
      payload: Buffer.alloc(0),
    });
    const more = tcpPacket({
      from: A,
      to: B,
      sequence: 78,
      acknowledgement: 1,
      flags: TCP_FLAG.ack,
      payload: options,
    });
    expect(texts(raw([syn, part(0, stream.length), again, more]))).toEqual([
      ...whole,
      options.toString('latin1'),
    ]);
  });

  test('DNS over TCP has a length before each message (RFC 1035 4.2.2)', () => {
    const query = dnsQuery('home2.net', 35);
    const framed = Buffer.concat([Buffer.of(0, query.length), query]);
    const payload = Buffer.concat([framed, framed]);
    const packet = tcpPacket({
      from: A,
      to: { ...B, port: 53 },
      ...{ sequence: 1, acknowledgement: 1, flags: TCP_FLAG.ack, payload },
    });
    expect(readPcap(raw([packet])).messages.map(({ bytes }) => bytes)).toEqual([query, query]);
  });

  test('a message without an end is told, and does not grow past its bound', () => {
    const endless = Array.from({ length: 100 }, (_, index) =>
      segment(
        index * 1000,
        Buffer.from(index === 0 ? `OPTIONS sip:b SIP/2.0\r\n${'x'.repeat(977)}` : 'x'.repeat(1000)),
      ),
    );
    const { messages, complaints } = readPcap(raw([syn, ...endless]));
    expect(messages).toEqual([]);
    expect(complaints).toEqual(['TCP port 5060 to 5070: what it carries is not SIP, Diameter, DNS or HEP']);
  });
});
