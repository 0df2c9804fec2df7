import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { freePorts, type Lab, withLab } from './lab.js';
import { startMyProxy } from './my-proxy.js';
import { KAMAILIO, SIPP, testWithPeers } from './needs.js';

/** Of wireshark-common. */
const DUMPCAP = ['dumpcap', 'wireshark-common'] as const;
const NAMES = ['DNS', 'PCSCF1', 'ICSCF1', 'SCSCF1', 'HSS1', 'ICSCF2', 'HSS2', 'PS'] as const;
const ACTION = 'UE1 subscribes to sip:bob@home2.net for presence, 600 s';
/** On a busy machine the elements may be quiet for long enough to be a pause of the scenario beside the one action. */
const RECORDED = /recorded {2}[12] actions?, \d+ steps/;

/** Whether this user may capture on the loopback. */
function mayCapture(): boolean {
  return spawnSync('dumpcap', ['-L', '-i', 'lo']).status === 0;
}

async function sipp(lab: Lab, pcscf: number): Promise<void> {
  const scenario = lab.template('recorded/ue.xml', { CREDENTIALS: 'password=sesame' });
  const { own } = await freePorts('own');
  const address = ['-t', 'u1', '-i', '127.0.0.1', '-p', String(own)];
  const once = ['-m', '1', '-max_recv_loops', '1', '-recv_timeout', '6000', '-timeout', '20s', '-nostdin'];
  const run = lab.start('sipp', [`127.0.0.1:${pcscf}`, ...address, '-sf', scenario, ...once]);
  if ((await run.ended) !== 0) throw new Error(`SIPp did not play:\n${run.output()}`);
}

interface Ran {
  readonly status: number | null;
  readonly output: string;
}

async function ims(lab: Lab, ...args: readonly string[]): Promise<Ran> {
  const run = lab.ims(...args);
  return { status: await run.ended, output: run.output() };
}

describe('a capture of SIPp and Kamailio', () => {
  const title = 'is recorded into a scenario that passes, and fails where Kamailio does otherwise';
  const run = (): Promise<void> =>
    withLab(async (lab) => {
      const ports = await freePorts(...NAMES, 'SCSCF2', 'COLLECTOR');
      const kamailio = await startMyProxy(lab, ports);
      await lab.network('recorded/network.yaml', ports);
      const network = join(lab.folder, 'network.yaml');

      const capture = join(lab.folder, 'call.pcapng');
      const filter = [...NAMES, 'SCSCF2' as const].map((name) => `port ${ports[name]}`).join(' or ');
      const dumpcap = lab.start('dumpcap', ['-i', 'lo', '-q', '-f', filter, '-w', capture]);
      await dumpcap.says(/^File: /m);
      await sipp(lab, ports.PCSCF1);
      await dumpcap.stop();

      const recorded = join(lab.folder, 'recorded.yaml');
      const made = await ims(lab, 'record', capture, '--network', network, '--out', recorded);
      expect(made.output).toMatch(RECORDED);
      const scenario = readFileSync(recorded, 'utf8');
      expect(scenario).toContain(ACTION);
      expect(scenario).toContain('NOTIFY: S-CSCF#2 to S-CSCF#1');

      const attached = ['--attach', '--network', network];
      const again = await ims(lab, 'run', recorded, ...attached, '--out', join(lab.folder, 'out'));
      expect(again.output).toMatch(/passed: (\d+) of \1 steps right/);
      expect(again.status).toBe(0);

      await kamailio.stop();
      await startMyProxy(lab, ports, (config) =>
        config.replace('record_route_preset("scscf2.home2.net")', 'record_route_preset("other.home2.net")'),
      );
      const broken = await ims(lab, 'run', recorded, ...attached, '--out', join(lab.folder, 'broken'));
      expect(broken.output).toMatch(/step \d+, SUBSCRIBE: S-CSCF#2 to PS: Record-Route/);
      expect(broken.output).toContain('written by scscf2.home2.net');
      expect(broken.status).toBe(1);
    });
  if (mayCapture() || process.env['IMS_PEERS_REQUIRED'] !== undefined) {
    testWithPeers([DUMPCAP, SIPP, KAMAILIO], title, run, 120_000);
  } else {
    test.skip(`${title} [needs wireshark-common, and to be let capture]`, run);
  }
});

describe('what elements report by HEP while SIPp and Kamailio play', () => {
  testWithPeers([SIPP, KAMAILIO], 'is recorded into a scenario that passes', () =>
    withLab(async (lab) => {
      const ports = await freePorts(...NAMES, 'SCSCF2', 'COLLECTOR');
      await startMyProxy(lab, ports);
      const network = lab.template('recorded/network.yaml', ports);
      const recorded = join(lab.folder, 'heard.yaml');
      const at = `127.0.0.1:${ports.COLLECTOR}`;
      const record = lab.ims('record', '--listen', at, '--network', network, '--out', recorded);
      await record.says(/listening for HEP/);
      await lab.network('recorded/network.yaml', ports);
      await sipp(lab, ports.PCSCF1);
      await record.stop();
      expect(record.output()).toMatch(RECORDED);
      expect(readFileSync(recorded, 'utf8')).toContain(ACTION);
      const again = await ims(lab, 'run', recorded, '--attach', '--network', network);
      expect(again.output).toMatch(/passed: (\d+) of \1 steps right/);
      expect(again.status).toBe(0);
    }),
  );
});
