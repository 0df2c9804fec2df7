import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ims, MAIN_FLOW, newFolder, SCENARIOS } from '../ims.js';

const NETWORK = join(SCENARIOS, 'network.yaml');

describe('ims record', () => {
  test('the trace of the main flow becomes a scenario that passes, simulated and on processes', async () => {
    const folder = newFolder();
    const seen = await ims('run', MAIN_FLOW, '--simulate', '--out', join(folder, 'seen')).ended;
    expect(seen.status).toBe(0);

    const recorded = join(folder, 'recorded.yaml');
    const trace = join(folder, 'seen', 'trace.jsonl');
    const made = await ims('record', trace, '--network', NETWORK, '--out', recorded).ended;
    expect(made.stderr).toBe('');
    expect(made.stdout).toContain('1 actions');
    expect(readFileSync(recorded, 'utf8')).toContain(
      'UE1 subscribes to tel:+1-212-555-2222 for presence, 7200 s',
    );

    const simulated = await ims('run', recorded, '--simulate').ended;
    expect(simulated.stdout + simulated.stderr).toMatch(/passed: (\d\d) of \1 steps right/);
    const real = await ims('run', recorded).ended;
    expect(real.stdout + real.stderr).toMatch(/passed: (\d\d) of \1 steps right/);
    expect([simulated.status, real.status]).toEqual([0, 0]);

    const fault = "faults: ['sets Max-Forwards: 9 in SUBSCRIBE from scscf1.home1.net']\n";
    appendFileSync(recorded, fault);
    const broken = await ims('run', recorded, '--simulate').ended;
    expect(broken.stdout + broken.stderr).toMatch(
      /step \d+, SUBSCRIBE: S-CSCF#1 to I-CSCF#2: Max-Forwards: another value/,
    );
    expect(broken.status).toBe(1);
  }, 120_000);

  test('the capture that a run on processes leaves does so too, two UEs at one address of the machine', async () => {
    const folder = newFolder();
    const message = join(SCENARIOS, 'message-across-networks.yaml');
    expect((await ims('run', message, '--out', join(folder, 'seen')).ended).status).toBe(0);

    const recorded = join(folder, 'recorded.yaml');
    const capture = join(folder, 'seen', 'trace.pcapng');
    const network = join(SCENARIOS, 'presence-network.yaml');
    expect((await ims('record', capture, '--network', network, '--out', recorded).ended).stderr).toBe('');
    for (const way of [['--simulate'], []]) {
      const { stdout, status } = await ims('run', recorded, ...way, '--out', join(folder, 'again')).ended;
      expect(stdout).toMatch(/passed: (\d\d) of \1 steps right/);
      expect(status).toBe(0);
    }
  }, 120_000);

  test.each([
    ['a file that is not there', ['nowhere.pcap'], 'nowhere.pcap: cannot be read'],
    ['a place that is none', ['--listen', 'here'], '--listen here: expected ADDRESS:PORT'],
    ['nothing that was heard', ['--listen', '127.0.0.1:0', '--for', '0.1'], 'nothing to record'],
    ['a time that is none', ['--for', 'ever'], 'expected a number above 0'],
  ])('%s is said, and nothing is written', async (_, args, complaint) => {
    const out = join(newFolder(), 'recorded.yaml');
    const { status, stderr } = await ims('record', ...args, '--network', NETWORK, '--out', out).ended;
    expect(stderr).toContain(complaint);
    expect(status).toBe(2);
    expect(() => readFileSync(out)).toThrow();
  });
});
