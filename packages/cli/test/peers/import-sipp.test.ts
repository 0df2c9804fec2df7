import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ims, newFolder, SCENARIOS } from '../ims.js';
import { SIPP, testWithPeers } from './needs.js';

const NETWORK = join(SCENARIOS, 'presence-network.yaml');

interface Imported {
  readonly file: string;
  readonly stdout: string;
  readonly status: number | null;
}

/** One of the scenarios that SIPp has built in, taken over. */
async function imported(name: string): Promise<Imported> {
  const xml = join(newFolder(), `${name}.xml`);
  writeFileSync(xml, spawnSync('sipp', ['-sd', name]).stdout);
  const { status, stdout, stderr } = await ims('import', 'sipp', xml, '--network', NETWORK).ended;
  expect(stderr).toBe('');
  return { file: xml.replace(/xml$/, 'yaml'), stdout, status };
}

/** The commands of the SIPp file that were complained of. */
function complained({ file, stdout }: Imported): string[] {
  const lines = readFileSync(file.replace(/yaml$/, 'xml'), 'utf8').split('\n');
  return [...stdout.matchAll(/\.xml:(\d+): /g)].map(([, line]) => (lines[Number(line) - 1] ?? '').trim());
}

/** What each has that cannot be taken over: the line that is named. */
const BUILT_IN: readonly [name: string, complaints: readonly string[]][] = [
  ['uac', ['<pause/>']],
  ['uas', []],
  ['regexp', ['<ereg regexp="[0-9]{1,3}[.][0-9]{1,3}[.][0-9]{1,3}[.][0-9]{1,3}[:][0-9]{1,5}"']],
  [
    'branchc',
    ['<send retrans="500">', '<recv response="403" optional="true" next="1">', '<send next="1" test="8">'],
  ],
  ['branchs', ['<recv request="REGISTER">', '<send next="1" test="3">']],
  ['uac_pcap', ['<nop>', '<nop>']],
  ['3pcc-A', []],
  ['3pcc-B', []],
  ['3pcc-C-A', ['<sendCmd>', '<recvCmd>']],
  ['3pcc-C-B', ['<recvCmd>', '<sendCmd>']],
];

describe("SIPp's own scenarios, imported", () => {
  testWithPeers(
    [SIPP],
    'each passes in simulation, with somebody at the other side; what was not taken is said by its line',
    async () => {
      for (const [name, complaints] of BUILT_IN) {
        const one = await imported(name);
        expect([name, complained(one)]).toEqual([name, complaints]);
        expect([name, one.stdout]).toEqual([
          name,
          expect.stringContaining('it passes in simulation, each action went through'),
        ]);
        expect([name, one.status]).toEqual([name, 0]);
        expect(readFileSync(one.file, 'utf8')).toContain(`Taken over from ${name}.xml`);
      }
    },
    120_000,
  );

  testWithPeers(
    [SIPP],
    'branchs: the way on which the call is answered; the other is a comment',
    async () => {
      const one = await imported('branchs');
      expect(one.stdout).toContain('taken as if variable 3 had a value');
      expect(one.stdout).toContain('1 command of other ways left out');
      const scenario = readFileSync(one.file, 'utf8');
      expect(scenario).toMatch(/^# +line \d+: <send> SIP\/2\.0 403 Error$/m);
      expect(scenario).not.toContain('var_3');
      expect(scenario).not.toContain('UE1 rejects');
    },
  );

  testWithPeers(
    [SIPP],
    'ooc_default: what answers anything at all is no action, and the way to have it is said',
    async () => {
      const xml = join(newFolder(), 'ooc_default.xml');
      writeFileSync(xml, spawnSync('sipp', ['-sd', 'ooc_default']).stdout);
      const { status, stderr } = await ims('import', 'sipp', xml, '--network', NETWORK).ended;
      expect(stderr).toMatch(/any request at all \(`\.\*`\).*an actor's `on`/);
      expect(stderr.trim().split('\n')).toHaveLength(2);
      expect(status).toBe(2);
    },
  );

  testWithPeers([SIPP], 'uas on real processes; and it fails where he who calls is refused', async () => {
    const { file } = await imported('uas');
    const out = newFolder();
    const real = await ims('run', file, '--out', out).ended;
    expect(real.stdout + real.stderr).toContain('passed');
    expect(real.status).toBe(0);
    writeFileSync(file, readFileSync(file, 'utf8').replace(/UE1 answers.*/, 'UE1 rejects with 486'));
    const refused = await ims('run', file, '--simulate', '--out', out).ended;
    expect(refused.stdout).toContain('486');
    expect(refused.status).toBe(1);
  });
});

describe('ims import sipp', () => {
  test('a file that is none of SIPp is said, and nothing is written', async () => {
    const folder = newFolder();
    const file = join(folder, 'page.xml');
    writeFileSync(file, '<html/>');
    const { status, stderr } = await ims('import', 'sipp', file, '--network', NETWORK).ended;
    expect(stderr).toContain('page.xml: not a SIPp scenario: its first element is html');
    expect(status).toBe(2);
    expect(() => readFileSync(join(folder, 'page.yaml'))).toThrow();
  });

  test('without a network file at hand there is a small one within the scenario', async () => {
    const folder = newFolder();
    const file = join(folder, 'options.xml');
    const message = 'OPTIONS sip:[service]@[remote_ip] SIP/2.0\nCSeq: 1 OPTIONS';
    writeFileSync(
      file,
      `<scenario name="is he there"><send>${message}</send><recv response="200"/></scenario>`,
    );
    const { status, stdout } = await ims('import', 'sipp', file).ended;
    expect(stdout).toContain('it passes in simulation');
    expect(status).toBe(0);
    const scenario = readFileSync(join(folder, 'options.yaml'), 'utf8');
    expect(scenario).toContain('\nnetwork:\n  profile: ts-24.141\n');
    expect(scenario).toContain('target: sip:user2@home1.net');
  });
});
