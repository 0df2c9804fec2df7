import type { Host } from '@ims-sim/host';
import type { LinkEvents } from './link.js';
import { Link } from './link.js';
import type { PeerOptions } from './options.js';

/**
 * Connects to the first endpoint of a peer that takes the connection, all within `timeoutMs`; undefined if none does:
 * `onFailure` is told why. Never rejects.
 */
export async function openLink(
  host: Host,
  peer: PeerOptions,
  timeoutMs: number,
  maxMessageBytes: number,
  events: LinkEvents,
  onFailure: (reason: string) => void,
): Promise<Link | undefined> {
  const deadlineMs = host.clock.now() + timeoutMs;
  let reason: unknown = 'no address is known';
  try {
    for (const endpoint of await peer.connect()) {
      const leftMs = deadlineMs - host.clock.now();
      if (leftMs <= 0) break;
      let link: Link | undefined;
      try {
        await host.net.connect(endpoint, leftMs, (connection) => {
          link = new Link(connection, host, maxMessageBytes, events);
          return link.receiver;
        });
        return link;
      } catch (error) {
        reason = error;
      }
    }
  } catch (error) {
    reason = error;
  }
  onFailure(String(reason));
  return undefined;
}
