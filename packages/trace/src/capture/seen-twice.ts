/** Packets that are remembered, and for how long. No retransmission comes this soon (RFC 3261 17.1.1.1: T1 is 500 ms). */
const MAX_REMEMBERED = 64;
const WINDOW_US = 2000;

/**
 * Whether a packet is one that was captured already: on `any`, what goes over the loopback interface is captured where it is
 * sent and where it comes in. The same bytes within 2 ms, in another direction.
 */
export function seenTwice(): (atUs: number, direction: number, packet: Buffer) => boolean {
  const recent: { readonly atUs: number; readonly direction: number; readonly packet: Buffer }[] = [];
  return (atUs, direction, packet) => {
    const index = recent.findIndex(
      (other) =>
        other.direction !== direction &&
        Math.abs(atUs - other.atUs) <= WINDOW_US &&
        other.packet.equals(packet),
    );
    if (index >= 0) {
      recent.splice(index, 1);
      return true;
    }
    recent.push({ atUs, direction, packet });
    if (recent.length > MAX_REMEMBERED) {
      recent.shift();
    }
    return false;
  };
}
