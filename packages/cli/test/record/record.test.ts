import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { freePorts } from '../peers/lab.js';
import { report, throwGarbage } from './hep.js';
import { ims, MAIN_FLOW, newFolder, SCENARIOS } from '../ims.js';

const NETWORK = join(SCENARIOS, 'network.yaml');

const PIDF = '<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:user2_public1@home2.net"/>\n';

function serverThatTells(network: string): string {
  return `title: A server that tells
profile: ts-24.141
network: ${network}
actors:
  UE1: { ue: 'sip:user1_public1@home1.net', privateIdentity: user1_private@home1.net, proxy: pcscf1.home1.net }
  UE2: { ue: 'sip:user2_public1@home2.net', privateIdentity: user2_private@home2.net, proxy: pcscf2.home2.net }
  PS: { as: ps.home2.net }
before: [UE1 registers, UE2 registers]
play:
  - parallel:
      - [UE1 subscribes to sip:user2_public1@home2.net for presence]
      - - PS answers SUBSCRIBE with 200
        - PS notifies active with pidf.xml: { contentType: application/pidf+xml }
others: allowed
`;
}

describe('ims record', () => {
  test('the trace of the main flow becomes a scenario that passes, simulated and on processes', async () => {
    const folder = newFolder();
    const seen = await ims('run', MAIN_FLOW, '--simulate', '--out', join(folder, 'seen')).ended;
    expect(seen.status).toBe(0);

    const recorded = join(folder, 'recorded.yaml');
    const trace = join(folder, 'seen', 'trace.jsonl');
    const made = await ims('record', trace, '--network', NETWORK, '--out', recorded).ended;
    expect(made.stderr).toBe('');
    expect(made.stdout).toContain('recorded  1 action,');
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

  test('what an application server of the scenario does is recorded with it', async () => {
    const folder = newFolder();
    const network = join(SCENARIOS, 'presence-network.yaml');
    writeFileSync(join(folder, 'pidf.xml'), PIDF);
    writeFileSync(join(folder, 'seen.yaml'), serverThatTells(network));
    const seen = await ims('run', join(folder, 'seen.yaml'), '--simulate', '--out', join(folder, 'seen'))
      .ended;
    expect(seen.stdout).toContain('passed');

    const recorded = join(folder, 'recorded.yaml');
    const trace = join(folder, 'seen', 'trace.pcapng');
    const made = await ims('record', trace, '--network', network, '--out', recorded).ended;
    expect(made.stdout).toMatch(/it passes in simulation, \d+ steps/);
    const text = readFileSync(recorded, 'utf8');
    expect(text).toContain('  PS:\n    as: ps.home2.net\n');
    expect(text).toMatch(
      /parallel:\n +- - UE1 subscribes .*\n +- - PS answers SUBSCRIBE with 200\n +- PS notifies active with recorded-body-1.xml/,
    );
  }, 60_000);

  test('one call out of many: with the registrations that it needs, and it passes', async () => {
    const folder = newFolder();
    const network = join(SCENARIOS, 'presence-network.yaml');
    const message = join(SCENARIOS, 'message-across-networks.yaml');
    await ims('run', message, '--simulate', '--out', join(folder, 'seen')).ended;
    const trace = join(folder, 'seen', 'trace.jsonl');
    const [, callId = ''] = /MESSAGE [^"]*?\\r\\nCall-ID: ([^\\]+)/.exec(readFileSync(trace, 'utf8')) ?? [];
    const recorded = join(folder, 'recorded.yaml');
    const one = ['--call-id', callId, '--network', network, '--out', recorded];
    const { stdout, status } = await ims('record', trace, ...one).ended;
    expect(stdout).toMatch(/taken {5}1 of \d+ calls/);
    expect(stdout).toContain('it passes in simulation');
    expect(status).toBe(0);
    const text = readFileSync(recorded, 'utf8');
    expect(text.match(/registers/g)).toHaveLength(2);
    expect(text.match(/sends a message/g)).toHaveLength(1);

    const none = await ims('record', trace, '--call-id', 'nobody', '--network', network).ended;
    expect(none.stderr).toMatch(/--call-id nobody: none of the calls in trace.jsonl \(\d+\) has it/);
    expect(none.status).toBe(2);
  }, 60_000);

  test('a recorded run that is cut in the middle of a line is read up to there, and that is said', async () => {
    const folder = newFolder();
    await ims('run', MAIN_FLOW, '--simulate', '--out', join(folder, 'seen')).ended;
    const trace = join(folder, 'seen', 'trace.jsonl');
    writeFileSync(trace, `${readFileSync(trace, 'utf8')}{"kind":"mess`);
    const out = join(folder, 'recorded.yaml');
    const { stderr, stdout } = await ims('record', trace, '--network', NETWORK, '--out', out).ended;
    expect(stderr).toMatch(/^ {2}not read: line \d+: not JSON\n$/);
    expect(stdout).toContain('it passes in simulation');

    const when = await ims('record', trace, '--from', 'noon', '--network', NETWORK).ended;
    expect(when.stderr).toContain('--from noon: expected seconds since the first message');
    const late = await ims('record', trace, '--from', '9999', '--network', NETWORK).ended;
    expect(late.stderr).toMatch(/none of its calls \(\d+\) begins in that time/);
    expect([when.status, late.status]).toEqual([2, 2]);
  }, 60_000);

  test('by HEP: a network that `ims run` starts reports to the `collector` of its file too', async () => {
    const folder = newFolder();
    const { heard } = await freePorts('heard');
    const network = join(folder, 'network.yaml');
    writeFileSync(network, `${readFileSync(NETWORK, 'utf8')}\ncollector: '127.0.0.1:${heard}'\n`);
    const out = join(folder, 'heard.yaml');
    const record = ims('record', '--listen', `127.0.0.1:${heard}`, '--network', network, '--out', out);
    await record.says('listening for HEP at');
    const run = await ims('run', MAIN_FLOW, '--network', network).ended;
    expect(run.stdout).toContain('passed: 25 of 25');
    record.child.kill('SIGINT');
    const { stdout, stderr, status } = await record.ended;
    expect(stderr).toBe('');
    expect(stdout).toMatch(/recorded {2}\d+ actions?, \d+ steps: /);
    expect(stdout).toMatch(/checked {3}it passes in simulation/);
    expect(status).toBe(0);
  });

  test('by HEP: garbage is counted, and what is reported beside it is not lost', async () => {
    const folder = newFolder();
    const out = join(folder, 'heard.yaml');
    const { heard } = await freePorts('heard');
    const at = ['--listen', `127.0.0.1:${heard}`, '--for', '4'];
    const record = ims('record', ...at, '--network', NETWORK, '--out', out);
    await record.says('listening for HEP at');
    await throwGarbage(heard);
    await report(heard);
    const { stdout, stderr } = await record.ended;
    expect(stderr).toMatch(/not read: \d+ reports that were no HEP/);
    expect(stdout).toContain('recorded  1 action, 1 step: ');
    expect(readFileSync(out, 'utf8')).toContain('UE1 asks sip:user2_public1@home2.net for its options');
  }, 60_000);

  test.each([
    ['a device', ['/dev/zero'], '/dev/zero: this is no file'],
    ['a folder', [SCENARIOS], ': this is a folder, not a file'],
    ['a file of something else', [MAIN_FLOW], 'neither a capture (pcap, pcapng) nor a recorded run'],
    ['a file that is not there', ['nowhere.pcap'], 'nowhere.pcap: there is no such file'],
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
