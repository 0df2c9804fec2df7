import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { nodeNet, noTrace, silentLog, systemClock, systemRandom } from '@ims-sim/host';
import { boundByUdp, freePort } from '@ims-sim/host/test-kit';
import { forward, startProxy, type Decide } from '../../src/index.js';
import { zone } from '../resolve/zone.js';

const isThere = (program: string) =>
  process.env['IMS_PEERS_REQUIRED'] !== undefined || spawnSync(program, ['-v']).error === undefined;
const withSipp = isThere('sipp') ? test : test.skip;
const directory = mkdtempSync(join(tmpdir(), 'sipp-'));

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Calls a SIPp makes, and how many a second. */
const CALLS = 100;
const CALLS_A_SECOND = 100;

describe('between SIPp and SIPp', () => {
  withSipp.each([
    ['its calls', []],
    ['its calls, with a tenth of the datagrams lost', ['-lost', '10']],
  ])(
    '%s [needs sipp]',
    async (_title, loss) => {
      const uasPort = await freePort();
      const decide: Decide = ({ request, ownRoutes }) => {
        // SIPp's own scenarios send everything to the first hop: it is this proxy that knows where the callee is.
        const uri = request.uri.startsWith('sip:service@') ? `sip:service@127.0.0.1:${uasPort}` : request.uri;
        const recordRoute = ownRoutes.length === 0 ? 'sip:p1.example;lr' : undefined;
        return forward(
          { kind: 'request', method: request.method, uri, headers: request.headers, body: request.body },
          { recordRoute },
        );
      };
      const proxy = await startProxy({
        host: {
          name: 'p1.example',
          net: nodeNet,
          clock: systemClock,
          random: systemRandom,
          trace: noTrace,
          log: silentLog,
        },
        listen: { address: '127.0.0.1', port: 0 },
        resolver: zone({}),
        names: ['p1.example'],
        trying: 'never',
        decide,
      });
      const uas = sipp(['-sn', 'uas', '-p', String(uasPort), '-m', String(CALLS), '-timeout', '60s']);
      await boundByUdp(uasPort);
      const uac = sipp([
        ...[
          '-sn',
          'uac',
          `127.0.0.1:${proxy.stack.listening.port}`,
          '-m',
          String(CALLS),
          '-r',
          String(CALLS_A_SECOND),
        ],
        ...['-d', '50', '-timeout', '60s', ...loss],
      ]);
      try {
        expect(await uac.ended).toBe(0);
      } finally {
        uac.stop();
        uas.stop();
        await proxy.close();
      }
    },
    180_000,
  );
});

function sipp(args: readonly string[]): { readonly ended: Promise<number | null>; stop(): void } {
  const child = execFile('sipp', ['-i', '127.0.0.1', '-nostdin', ...args], {
    cwd: directory,
    maxBuffer: 64 * 1024 * 1024,
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { ended, stop: () => void child.kill('SIGKILL') };
}
