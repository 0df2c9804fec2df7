import { type Cx, cxApplication, cxClient } from '@ims-sim/cx';
import type { DiameterNodeOptions } from '@ims-sim/diameter';
import type { ElementStart } from '@ims-sim/element';
import type { ElementHost } from './element-host.js';
import { hssPeer, type HssPeer } from './hss-peer.js';

/** A CSCF's end of Cx. */
export interface CxPeer extends HssPeer {
  readonly cx: Cx;
}

/** Connects to the HSSs of the element's operator; `onRequest` answers what they ask. */
export async function cxPeer(
  world: ElementHost,
  start: ElementStart,
  operator: string,
  onRequest?: DiameterNodeOptions['onRequest'],
): Promise<CxPeer> {
  const peer = await hssPeer(world, start, operator, cxApplication, onRequest);
  return { ...peer, cx: cxClient({ node: peer.node, destinationRealm: operator }) };
}
