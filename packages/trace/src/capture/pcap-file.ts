import type { Complaints } from './complaints.js';
import type { CapturedPacket } from './packet.js';
import { readPcapngBlocks } from './pcapng-file.js';

/** The file header's magic number as it reads in big-endian: times in micro- or nanoseconds, in one byte order or the other. */
const MAGIC = {
  microseconds: 0xa1b2c3d4,
  microsecondsSwapped: 0xd4c3b2a1,
  nanoseconds: 0xa1b23c4d,
  nanosecondsSwapped: 0x4d3cb2a1,
} as const;
const PCAPNG_SECTION = 0x0a0d0d0a;
const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;

export interface PacketSink {
  /** False: no more is wanted. */
  packet(packet: CapturedPacket): boolean;
  /** A name that the file gives an address. */
  name(address: string, name: string): void;
  readonly complaints: Complaints;
}

/** Reads a capture file of either kind (draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng) packet by packet; never throws. */
export function readCaptureFile(bytes: Buffer, sink: PacketSink): void {
  if (bytes.length < 4) {
    sink.complaints.add('The file is too short to be a capture');
    return;
  }
  const magic = bytes.readUInt32BE(0);
  switch (magic) {
    case PCAPNG_SECTION:
      readPcapngBlocks(bytes, sink);
      return;
    case MAGIC.microseconds:
    case MAGIC.nanoseconds:
    case MAGIC.microsecondsSwapped:
    case MAGIC.nanosecondsSwapped:
      readClassic(bytes, magic, sink);
      return;
    default:
      sink.complaints.add('The file is neither pcap nor pcapng');
  }
}

function readClassic(bytes: Buffer, magic: number, sink: PacketSink): void {
  const isLittle = magic === MAGIC.microsecondsSwapped || magic === MAGIC.nanosecondsSwapped;
  const isNano = magic === MAGIC.nanoseconds || magic === MAGIC.nanosecondsSwapped;
  const uint32 = (at: number): number => (isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  if (bytes.length < FILE_HEADER_BYTES) {
    sink.complaints.add('The file ends within its header');
    return;
  }
  const linkType = uint32(20) & 0xffff; // The upper bits are about a frame check sequence.
  let at = FILE_HEADER_BYTES;
  while (at + RECORD_HEADER_BYTES <= bytes.length) {
    const fraction = uint32(at + 4);
    const atUs = uint32(at) * 1e6 + (isNano ? Math.floor(fraction / 1000) : fraction);
    const length = uint32(at + 8);
    const start = at + RECORD_HEADER_BYTES;
    if (start + length > bytes.length) {
      break;
    }
    if (!sink.packet({ atUs, linkType, data: bytes.subarray(start, start + length) })) {
      return;
    }
    at = start + length;
  }
  if (at < bytes.length) {
    sink.complaints.add(`The file ends within a packet: ${bytes.length - at} bytes are not read`);
  }
}
