import type { TracedMessage } from '@ims-sim/host';

/** A capture file with each message as one TCP segment between the IPv4 addresses and ports of its trace. */
export function pcap(messages: readonly TracedMessage[]): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(101, 20); // LINKTYPE_RAW
  const sequence = new Map<string, number>();
  return Buffer.concat([header, ...messages.flatMap((message, i) => packet(message, i, sequence))]);
}

function packet(message: TracedMessage, i: number, sequences: Map<string, number>): Buffer[] {
  const { local, remote, direction, bytes } = message;
  const [from, to] = direction === 'sent' ? [local, remote] : [remote, local];
  const key = `${from.address}:${String(from.port)}`;
  const sequence = sequences.get(key) ?? 1;
  const acknowledged = sequences.get(`${to.address}:${String(to.port)}`) ?? 1;
  sequences.set(key, sequence + bytes.length);
  const ip = Buffer.alloc(40);
  const length = 40 + bytes.length;
  ip.writeUInt8(0x45, 0);
  ip.writeUInt16BE(length, 2);
  ip.writeUInt8(64, 8);
  ip.writeUInt8(6, 9);
  Buffer.from(from.address.split('.').map(Number)).copy(ip, 12);
  Buffer.from(to.address.split('.').map(Number)).copy(ip, 16);
  ip.writeUInt16BE(from.port, 20);
  ip.writeUInt16BE(to.port, 22);
  ip.writeUInt32BE(sequence, 24);
  ip.writeUInt32BE(acknowledged, 28);
  ip.writeUInt8(0x50, 32);
  ip.writeUInt8(0x18, 33);
  ip.writeUInt16BE(65_535, 34);
  const record = Buffer.alloc(16);
  record.writeUInt32LE(1_700_000_000 + i, 0);
  record.writeUInt32LE(length, 8);
  record.writeUInt32LE(length, 12);
  return [record, ip, Buffer.from(bytes)];
}
