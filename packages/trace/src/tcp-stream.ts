import { TCP_FLAG, tcpPacket, type PacketEnd } from './ip-packet.js';

/** A TCP connection as it may have looked on the wire, made up from the messages that went over it. */
export interface TcpStream {
  /** The packets that carry `bytes` from one end to the other; before the first, the three of the handshake. */
  send(direction: 'from-client' | 'from-server', bytes: Buffer): Buffer[];
}

/** 1,280, IPv6's least MTU, less 40 and 20 bytes of headers. */
const MAX_SEGMENT_BYTES = 1220;
/** Before this much is under way its receiver acknowledges it, so that the window of 65,535 is never full. */
const MAX_UNACKNOWLEDGED_BYTES = 32_000;
const NOTHING = Buffer.alloc(0);

interface Side {
  readonly end: PacketEnd;
  /** The sequence number of its next byte. */
  next: number;
  /** Up to where the other side has acknowledged it. */
  acknowledged: number;
}

/**
 * Between those two ends, the client's opening it; both count from sequence number 0 (RFC 9293 3.4), and nothing
 * is lost.
 */
export function tcpStream(clientEnd: PacketEnd, serverEnd: PacketEnd): TcpStream {
  const client: Side = { end: clientEnd, next: 0, acknowledged: 0 };
  const server: Side = { end: serverEnd, next: 0, acknowledged: 0 };
  let open = false;
  return {
    send(direction, bytes) {
      const packets = open ? [] : handshake(client, server);
      open = true;
      const [from, to] = direction === 'from-client' ? [client, server] : [server, client];
      for (let at = 0; at < bytes.length; at += MAX_SEGMENT_BYTES) {
        const payload = bytes.subarray(at, at + MAX_SEGMENT_BYTES);
        const isLast = at + payload.length === bytes.length;
        packets.push(segment(from, to, TCP_FLAG.ack | (isLast ? TCP_FLAG.push : 0), payload));
        if (from.next - from.acknowledged > MAX_UNACKNOWLEDGED_BYTES) {
          packets.push(segment(to, from, TCP_FLAG.ack, NOTHING));
        }
      }
      return packets;
    },
  };
}

function handshake(client: Side, server: Side): Buffer[] {
  const { syn, ack } = TCP_FLAG;
  const first = { from: client.end, to: server.end, sequence: 0, acknowledgement: 0, flags: syn };
  const second = { from: server.end, to: client.end, sequence: 0, acknowledgement: 1, flags: syn | ack };
  client.next = client.acknowledged = 1;
  server.next = server.acknowledged = 1;
  return [
    tcpPacket({ ...first, maxSegmentBytes: MAX_SEGMENT_BYTES, payload: NOTHING }),
    tcpPacket({ ...second, maxSegmentBytes: MAX_SEGMENT_BYTES, payload: NOTHING }),
    segment(client, server, ack, NOTHING),
  ];
}

/** The next segment of a side; it acknowledges all that the other has sent. */
function segment(from: Side, to: Side, flags: number, payload: Buffer): Buffer {
  const packet = tcpPacket({
    from: from.end,
    to: to.end,
    sequence: from.next,
    acknowledgement: to.next,
    flags,
    payload,
  });
  from.next += payload.length;
  to.acknowledged = to.next;
  return packet;
}
