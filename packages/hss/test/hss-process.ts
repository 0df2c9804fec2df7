import { nodeNet, noTrace, silentLog, systemClock, systemRandom } from '@ims-sim/host';
import { startHss } from '../src/index.js';

/** An HSS in a process of its own, to be killed: `node hss-process.js DATABASE COUNT`. Prints its port. */
const [, , databasePath = '', count = '0'] = process.argv;
const name = 'hss1.home1.net';
const hss = await startHss({
  host: { name, net: nodeNet, clock: systemClock, random: systemRandom, trace: noTrace, log: silentLog },
  listen: { address: '127.0.0.1', port: 0 },
  originRealm: 'home1.net',
  subscribers: Array.from({ length: Number(count) }, (_, i) => ({
    privateIdentity: `user${String(i)}`,
    publicIdentities: [{ identity: `sip:user${String(i)}@home1.net` }],
  })),
  databasePath,
});
process.stdout.write(`${String(hss.listening.port)}\n`);
