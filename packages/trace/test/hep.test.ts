import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeHep, encodeHep, HEP_TYPE, hepFramer, MAX_HEP_BYTES, type HepPacket } from '../src/index.js';

const ipv4: HepPacket = {
  source: { address: '127.0.0.1', port: 5060 },
  destination: { address: '192.0.2.7', port: 5061 },
  ipProtocol: 17,
  atUs: 1_700_000_000_123_456,
  type: HEP_TYPE.sip,
  payload: Buffer.from('OPTIONS sip:ps.home2.net SIP/2.0\r\n\r\n'),
  node: 'pcscf1.home1.net',
  correlationId: 'b89rjhnedlrfjflslj40a222',
  agentId: 7,
  authKey: 'secret',
  direction: 'sent',
};

function encoded(packet: HepPacket): Buffer {
  const bytes = encodeHep(packet);
  if (bytes === undefined) {
    throw new Error('does not fit');
  }
  return bytes;
}

const anyPacket: fc.Arbitrary<HepPacket> = fc.record({
  source: fc.record({ address: fc.ipV4(), port: fc.nat(65535) }),
  destination: fc.record({ address: fc.ipV4(), port: fc.nat(65535) }),
  ipProtocol: fc.constantFrom(6, 17),
  atUs: fc.nat(4_294_967_295_999_999),
  type: fc.nat(255),
  payload: fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes)),
  node: fc.option(fc.string(), { nil: undefined }),
  correlationId: fc.option(fc.string(), { nil: undefined }),
  agentId: fc.option(fc.nat(0xffffffff), { nil: undefined }),
  authKey: fc.option(fc.string(), { nil: undefined }),
  direction: fc.constantFrom('sent', 'received', undefined),
});

describe('HEP v3', () => {
  test('a packet is what it was after encoding and decoding', () => {
    expect(decodeHep(encoded(ipv4))).toEqual({ kind: 'packet', packet: ipv4 });
    fc.assert(
      fc.property(anyPacket, (packet) => {
        expect(decodeHep(encoded(packet))).toEqual({ kind: 'packet', packet });
      }),
      { numRuns: 200 },
    );
  });

  test('the bytes are as the specification has them: magic, length, then chunks of vendor, type, length', () => {
    const bytes = encoded(ipv4);
    expect(bytes.toString('latin1', 0, 4)).toBe('HEP3');
    expect(bytes.readUInt16BE(4)).toBe(bytes.length);
    // 1 IP family AF_INET, 2 UDP, 3 IPv4 source
    expect(bytes.subarray(6, 30).toString('hex')).toBe(
      '00000001000702' + '00000002000711' + '00000003000a7f000001',
    );
  });

  test('IPv6 is chunk 5 and 6, and is spelled as RFC 5952 wants it', () => {
    const source = { address: '5555::aaa:bbb:ccc:ddd', port: 5060 };
    const destination = { address: '2001:db8:0:0:1:0:0:1', port: 5060 };
    const decoded = decodeHep(encoded({ ...ipv4, source, destination }));
    expect(decoded).toMatchObject({ packet: { source, destination: { address: '2001:db8::1:0:0:1' } } });
  });

  test('chunks of other vendors and of unknown types are skipped', () => {
    const bytes = encoded(ipv4);
    const more = Buffer.from('002a0001000a01020304' + '0000ffff000801020000000a', 'hex').subarray(0, 18);
    const longer = Buffer.concat([bytes, more]);
    longer.writeUInt16BE(longer.length, 4);
    expect(decodeHep(longer)).toEqual({ kind: 'packet', packet: ipv4 });
  });

  test.each([
    ['empty', ''],
    ['not HEP', '534950322f302e30'],
    ['a length past the end', '48455033ffff'],
    ['a length below its header', '484550330002'],
    ['a chunk past the end', '48455033000c000000010fff'],
    ['a chunk shorter than its header', '48455033000c000000010005'],
    ['half a chunk header', '48455033000900000001'],
    ['nothing in it', '484550330006'],
  ])('malformed: %s', (_, hex) => {
    expect(decodeHep(Buffer.from(hex, 'hex')).kind).toBe('malformed');
  });

  test('no bytes make the decoder or the framer throw', () => {
    const header = fc.constant(Buffer.from('HEP3'));
    const noise = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
    const spoiled = fc.tuple(anyPacket, fc.nat(), fc.nat(255)).map(([packet, at, value]) => {
      const bytes = encoded(packet);
      bytes[at % bytes.length] = value;
      return bytes;
    });
    const withHeader = fc.tuple(header, noise).map((parts) => Buffer.concat(parts));
    fc.assert(
      fc.property(fc.oneof(noise, withHeader, spoiled), (bytes) => {
        decodeHep(bytes);
        hepFramer((packet) => decodeHep(packet)).push(bytes);
      }),
      { numRuns: 500 },
    );
  });

  test('what does not fit into 65,535 bytes is not encoded', () => {
    expect(encodeHep({ ...ipv4, payload: Buffer.alloc(MAX_HEP_BYTES) })).toBeUndefined();
    expect(encodeHep({ ...ipv4, payload: Buffer.alloc(MAX_HEP_BYTES - 300) })?.length).toBeLessThanOrEqual(
      MAX_HEP_BYTES,
    );
  });
});

describe('HEP over TCP', () => {
  test('packets come out whole however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(anyPacket, { maxLength: 5 }),
        fc.integer({ min: 1, max: 700 }),
        (packets, size) => {
          const stream = Buffer.concat(packets.map(encoded));
          const seen: unknown[] = [];
          const framer = hepFramer((bytes) => seen.push(decodeHep(Buffer.from(bytes))));
          for (let at = 0; at < stream.length; at += size) {
            expect(framer.push(stream.subarray(at, at + size))).toBe(true);
          }
          expect(seen).toEqual(packets.map((packet) => ({ kind: 'packet', packet })));
        },
      ),
      { numRuns: 50 },
    );
  });

  test('a stream that is not HEP is given up at once', () => {
    let count = 0;
    const framer = hepFramer(() => (count += 1));
    expect(framer.push(Buffer.concat([encoded(ipv4), Buffer.from('GET / HTTP/1.1\r\n')]))).toBe(false);
    expect(framer.push(encoded(ipv4))).toBe(false);
    expect(count).toBe(1);
  });
});
