import { nodeNet, noTrace, silentLog, systemClock, systemRandom } from '@ims-sim/host';
import { openStore, startHss } from '../src/index.js';
import { subscriptionOf } from './kill-subscription.js';
import { aka } from './lab.js';

/** An HSS in a process of its own, to be killed: `node hss-process.js FILE COUNT`. Prints its port. */
const [, , path = '', count = '0'] = process.argv;
const name = 'hss1.home1.net';
const hss = await startHss({
  host: { name, net: nodeNet, clock: systemClock, random: systemRandom, trace: noTrace, log: silentLog },
  listen: { address: '127.0.0.1', port: 0 },
  originRealm: 'home1.net',
  homeDomain: 'home1.net',
  store: await openStore({ kind: 'lowdb', path }),
  initial: Array.from({ length: Number(count) }, (_, i) => {
    const subscription = subscriptionOf(i);
    return { ...subscription, privateIdentities: [{ ...subscription.privateIdentities[0], aka }] };
  }),
});
process.stdout.write(`${String(hss.listening.port)}\n`);
