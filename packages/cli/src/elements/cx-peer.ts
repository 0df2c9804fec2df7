import { type Cx, cxApplication, cxClient } from '@ims-sim/cx';
import type { DiameterNodeOptions } from '@ims-sim/diameter';
import type { Resolver } from '@ims-sim/dns';
import type { ElementStart } from '@ims-sim/element';
import type { Host } from '@ims-sim/host';
import { hssPeer, type HssPeer } from './hss-peer.js';

/** A CSCF's end of Cx. */
export interface CxPeer extends HssPeer {
  readonly cx: Cx;
}

/** Connects to the HSSs of the element's operator; `onRequest` answers what they ask. */
export async function cxPeer(
  host: Host,
  resolver: Resolver,
  start: ElementStart,
  operator: string,
  onRequest?: DiameterNodeOptions['onRequest'],
): Promise<CxPeer> {
  const peer = await hssPeer(host, resolver, start, operator, cxApplication, onRequest);
  return { ...peer, cx: cxClient({ node: peer.node, destinationRealm: operator }) };
}
