import { type ElementStart, elementsOf } from '@ims-sim/element';
import { type Sh, shApplication, shClient, shNotifications, type ShNotifications } from '@ims-sim/sh';
import type { ElementHost } from './element-host.js';
import { hssPeer, type HssPeer } from './hss-peer.js';

/** An application server's end of Sh. */
export interface ShPeer extends HssPeer {
  readonly sh: Sh;
  /** From now on it takes what the HSS sends of itself. */
  serve(notifications: ShNotifications): void;
}

/** Connects to the HSSs of an AS's operator; undefined where it has none. */
export async function shPeer(
  world: ElementHost,
  start: ElementStart,
  operator: string,
): Promise<ShPeer | undefined> {
  if (elementsOf(start.network, operator, 'hss').length === 0) {
    return undefined;
  }
  let served: ShNotifications | undefined;
  const handler = shNotifications({
    pushNotification: (notification) =>
      served?.pushNotification(notification) ?? { kind: 'no-subscription-to-data' },
  });
  const peer = await hssPeer(world, start, operator, shApplication, handler);
  return {
    ...peer,
    sh: shClient({ node: peer.node, destinationRealm: operator }),
    serve: (notifications) => {
      served = notifications;
    },
  };
}
