/**
 * An I-CSCF's question, a process of its own: `node lookups.mjs '{"hss", "users", "times"}'`. Asks the HSS at `hss`
 * (address:port) over a Diameter connection where a user is (LIR, TS 29.228 6.1.4), `times` times, one after the other, each for
 * any of the first `users` users; writes percentiles in ms as one JSON line. Fails where one is not served by an S-CSCF.
 */
import { performance } from 'node:perf_hooks';
import { cxApplication, cxClient } from '@ims-sim/cx';
import { startDiameterNode } from '@ims-sim/diameter';
import { nodeNet, noTrace, silentLog, systemClock, systemRandom } from '@ims-sim/host';
import { percentiles } from './percentiles.mjs';
import { subscriber } from './subscribers.mjs';

/** Before anything is measured: Node compiles what is hot. */
const WARM_UP = 2000;

const { hss, users, times } = JSON.parse(process.argv[2] ?? '{}');
const [address, port] = hss.split(':');
const name = 'icscf-of-the-bench.home1.net';
const node = await startDiameterNode({
  host: { name, net: nodeNet, clock: systemClock, random: systemRandom, trace: noTrace, log: silentLog },
  originHost: name,
  originRealm: 'home1.net',
  applications: [cxApplication],
  peers: [{ host: 'hss1.home1.net', realm: 'home1.net', connect: () => [{ address, port: Number(port) }] }],
});
await node.ready();
const cx = cxClient({ node, destinationRealm: 'home1.net' });

const tookMs = [];
for (let asked = 0; asked < WARM_UP + times; asked++) {
  const { impu } = subscriber(Math.floor(Math.random() * users));
  const beganMs = performance.now();
  const answer = await cx.locationInfo({ publicIdentity: impu });
  if (asked >= WARM_UP) {
    tookMs.push(performance.now() - beganMs);
  }
  if (answer.kind !== 'served') {
    throw new Error(`${impu} is not registered: ${JSON.stringify(answer)}`);
  }
}
await node.close();
process.stdout.write(`${JSON.stringify(percentiles(tookMs))}\n`);
