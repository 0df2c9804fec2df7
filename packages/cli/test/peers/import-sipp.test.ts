import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readScenarioFile } from '@ims-sim/scenario/files';
import { parse, stringify } from 'yaml';
import { ims, newFolder, SCENARIOS } from '../ims.js';
import { SIPP, testWithPeers } from './needs.js';

const NETWORK = join(SCENARIOS, 'presence-network.yaml');

interface Imported {
  readonly file: string;
  readonly stdout: string;
}

/** One of the scenarios that SIPp has built in, taken over. */
async function imported(name: string): Promise<Imported> {
  const xml = join(newFolder(), `${name}.xml`);
  writeFileSync(xml, spawnSync('sipp', ['-sd', name]).stdout);
  const { status, stdout, stderr } = await ims('import', 'sipp', xml, '--network', NETWORK).ended;
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return { file: xml.replace(/xml$/, 'yaml'), stdout };
}

/** The lines of the SIPp file that were complained of. */
function complained({ stdout }: Imported): { readonly line: string; readonly text: string }[] {
  return [...stdout.matchAll(/\.xml:(\d+): (.*)$/gm)].map(([, line = '', text = '']) => ({ line, text }));
}

describe("SIPp's own scenarios, imported", () => {
  testWithPeers([SIPP], 'uac, uas, branchc, regexp: the reader takes each', async () => {
    for (const name of ['uac', 'uas', 'branchc', 'regexp']) {
      const { file } = await imported(name);
      const scenario = readScenarioFile(file);
      expect([name, scenario.play.length > 1]).toEqual([name, true]);
      expect(readFileSync(file, 'utf8')).toContain(`Taken over from ${basename(file, '.yaml')}.xml`);
    }
  });

  testWithPeers([SIPP], 'what could not be taken is said by its line in the file', async () => {
    const branches = await imported('branchc');
    const lines = readFileSync(branches.file.replace(/yaml$/, 'xml'), 'utf8').split('\n');
    expect(complained(branches).map(({ line }) => lines[Number(line) - 1]?.trim())).toEqual([
      '<recv response="200" rtd="true" next="5">',
      '<recv response="403" optional="true" next="1">',
      '<send next="1" test="8">',
    ]);
    const regexp = complained(await imported('regexp'));
    expect(regexp[0]?.text).toContain('<ereg> over the whole message');
    expect(complained(await imported('uas'))).toEqual([]);
  });

  testWithPeers(
    [SIPP],
    "uac passes, simulated, where a second actor answers; fails where it doesn't",
    async () => {
      const { file } = await imported('uac');
      const whole = parse(readFileSync(file, 'utf8')) as {
        actors: Record<string, unknown>;
        before: unknown[];
        play: unknown[];
      };
      const [invite, ...rest] = whole.play;
      const play = (answer: readonly string[]): Promise<{ status: number | null; stdout: string }> => {
        whole.play = [{ parallel: [[invite], answer] }, ...rest];
        writeFileSync(file, stringify(whole));
        return ims('run', file, '--simulate').ended;
      };
      whole.actors['UE2'] = {
        ue: 'sip:user2_public1@home2.net',
        privateIdentity: 'user2_private@home2.net',
        proxy: 'pcscf2.home2.net',
      };
      whole.before.push('UE2 registers');
      const answered = await play(['UE2 rings', 'UE2 answers with uac-body-1.sdp']);
      expect(answered.stdout).toContain('passed');
      expect(answered.status).toBe(0);
      const rejected = await play(['UE2 rejects with 486']);
      expect(rejected.stdout).toContain('486');
      expect(rejected.status).toBe(1);
    },
  );
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
});
