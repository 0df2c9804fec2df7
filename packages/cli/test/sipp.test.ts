import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect } from '@jest/globals';
import { cachingResolver } from '@ims-sim/dns';
import { nodeNet, noTrace, parseEndpoint, silentLog, systemClock, systemRandom } from '@ims-sim/host';
import { startUe, type Ue } from '@ims-sim/ue';
import { ims, newFolder, SCENARIOS, testWith, USIM } from './ims.js';

const SCENARIO = fileURLToPath(new URL('../../test/sipp/subscribe.xml', import.meta.url));
const CALLS = 20;
const run = promisify(execFile);

interface Ready {
  readonly dns: string;
  readonly elements: Readonly<Record<string, { readonly sip?: string }>>;
}

function endpointOf(text = ''): { address: string; port: number } {
  return parseEndpoint(text.replace(/^\w+:/, '')) ?? { address: '', port: 0 };
}

describe('SIPp as the watcher', () => {
  testWith('sipp')(
    'subscribes through both networks and is notified of what the UE published [needs sipp]',
    async () => {
      const file = join(newFolder(), 'ready.json');
      const network = ims('up', join(SCENARIOS, 'network.yaml'), '--ready-file', file);
      await network.says('up; Ctrl-C stops it');
      const ready = JSON.parse(readFileSync(file, 'utf8')) as Ready;
      const host = {
        name: 'test',
        net: nodeNet,
        clock: systemClock,
        random: systemRandom,
        trace: noTrace,
        log: silentLog,
      };
      const resolver = cachingResolver({ host, server: endpointOf(ready.dns) });
      const ues: Ue[] = [];
      const ue = async (user: string, domain: string, proxy: string): Promise<Ue> => {
        const started = await startUe({
          host,
          listen: { address: '127.0.0.1', port: 0 },
          resolver,
          identity: {
            impu: `sip:${user}_public1@${domain}`,
            impi: `${user}_private@${domain}`,
            homeDomain: domain,
          },
          proxy,
          profile: 'tr-24.841',
          credentials: { aka: USIM[user] },
        });
        ues.push(started);
        return started;
      };
      try {
        const presentity = await ue('user2', 'home2.net', 'pcscf2.home2.net');
        await presentity.register();
        const body = readFileSync(join(SCENARIOS, 'user2-presence.xml'), 'utf8');
        const contentType = 'application/cpim-pidf+xml';
        const published = await presentity.publish({ event: 'presence', contentType, body, expiresS: 600 });
        expect(published).toMatchObject({ kind: 'response', response: { status: 200 } });
        const watcher = await ue('user1', 'home1.net', 'pcscf1.home1.net');
        expect(await watcher.register()).toMatchObject({ kind: 'response', response: { status: 200 } });
        const { port } = watcher.stack.listening;
        await watcher.close(); // SIPp takes its place: the registration is for this address and port
        const { address, port: proxyPort } = endpointOf(ready.elements['pcscf1.home1.net']?.sip);
        const sipp = ['-i', '127.0.0.1', '-p', String(port), '-sf', SCENARIO, '-max_recv_loops', '1'];
        const bounds = [
          '-m',
          String(CALLS),
          '-r',
          '20',
          '-recv_timeout',
          '20000',
          '-timeout',
          '60s',
          '-nostdin',
        ];
        const { stdout } = await run('sipp', [`${address}:${proxyPort}`, ...sipp, ...bounds], {
          cwd: newFolder(),
        });
        expect(stdout.slice(stdout.lastIndexOf('Scenario Screen'))).toMatch(
          new RegExp(`Successful call\\s+\\|\\s+\\d+\\s+\\|\\s+${CALLS}\\s`),
        );
      } finally {
        await Promise.all(ues.map((each) => each.close()));
        resolver.close();
        network.child.kill('SIGINT');
        await network.ended;
      }
    },
    180_000,
  );
});
