import type { Net } from './net.js';
import { nodeUdp } from './node-udp.js';
import { nodeConnect, nodeListen } from './node-tcp.js';

/** The operating system's network. An IPv6 socket takes IPv6 only, also at `::`, so that no `::ffff:` address comes up. */
export const nodeNet: Net = { udp: nodeUdp, listen: nodeListen, connect: nodeConnect };
