import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { encodeHep, HEP_TYPE } from '@ims-sim/trace';

const HOST = '127.0.0.1';
const MAGIC = Buffer.from('HEP3', 'latin1');
const length = (bytes: number): Buffer => Buffer.of(bytes >> 8, bytes & 0xff);
const OPTIONS = [
  'OPTIONS sip:user2_public1@home2.net SIP/2.0',
  'Via: SIP/2.0/UDP 10.0.0.1:5061;branch=z9hG4bK1',
  'Max-Forwards: 70',
  'Route: <sip:pcscf1.home1.net;lr>',
  'From: <sip:user1_public1@home1.net>;tag=1',
  'To: <sip:user2_public1@home2.net>',
  'Call-ID: heard',
  'CSeq: 1 OPTIONS',
  'Content-Length: 0',
].join('\r\n');

/** Wrong magic, lengths beyond the datagram and before its header, a chunk that is none, another version, 64 KiB, and nothing at all. */
const GARBAGE: readonly Buffer[] = [
  Buffer.from('garbage'),
  Buffer.alloc(0),
  MAGIC,
  Buffer.concat([MAGIC, length(0xffff), Buffer.alloc(50)]),
  Buffer.concat([MAGIC, length(3)]),
  Buffer.concat([MAGIC, length(20), Buffer.of(0, 0, 0, 1, 0xff, 0xff), Buffer.alloc(8)]),
  Buffer.concat([Buffer.from('HEP2'), Buffer.alloc(40)]),
  Buffer.concat([MAGIC, length(65_000), Buffer.alloc(65_000 - 6, 1)]),
];

/** All of it, by datagrams and each on a connection of its own, which ends in the middle where it has an end to come. */
export async function throwGarbage(port: number): Promise<number> {
  const socket = createSocket('udp4');
  for (const bytes of GARBAGE) {
    await new Promise((resolve) => {
      socket.send(bytes, port, HOST, resolve);
    });
    const connection = connect(port, HOST);
    connection.on('error', () => undefined); // it is closed on us
    await once(connection, 'connect');
    const closed = once(connection, 'close');
    connection.end(bytes);
    connection.resume();
    await closed;
  }
  socket.close();
  return GARBAGE.length;
}

/** One message that can be read, by a datagram. */
export async function report(port: number): Promise<void> {
  const bytes = encodeHep({
    source: { address: '10.0.0.1', port: 5061 },
    destination: { address: '10.0.0.2', port: 5060 },
    ipProtocol: 17,
    atUs: 1_000_000,
    type: HEP_TYPE.sip,
    payload: Buffer.from(`${OPTIONS}\r\n\r\n`, 'latin1'),
  });
  const socket = createSocket('udp4');
  await new Promise((resolve) => {
    socket.send(bytes ?? Buffer.alloc(0), port, HOST, resolve);
  });
  socket.close();
}
