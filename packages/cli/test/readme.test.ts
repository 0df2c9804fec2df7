import { execFile } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { newFolder, SCENARIOS } from './ims.js';

const README = fileURLToPath(new URL('../../../../README.md', import.meta.url));
const IMS = fileURLToPath(new URL('../../bin/ims.js', import.meta.url));

/** What stands behind `$` in one indented block, and the complaint that it leads to. */
function shown(): [command: string, complaint: string][] {
  return readFileSync(README, 'utf8')
    .split(/\n(?! {4})/)
    .filter((block) => block.includes('\n    $ ') && block.includes('\n    ims: '))
    .map((block): [string, string] => {
      const lines = block.split('\n').flatMap((line) => (line.startsWith('    ') ? [line.slice(4)] : []));
      const said = lines.findIndex((line) => line.startsWith('ims: '));
      const commands = lines.slice(0, said).map((line) => line.replace(/^\$ /, ''));
      return [commands.join('\n'), lines.slice(said).join(' ')];
    });
}

describe('what the README shows of complaints', () => {
  test('there are some', () => {
    expect(shown()).toHaveLength(2);
  });

  test.each(shown())('%s', async (command, complaint) => {
    const folder = newFolder();
    cpSync(SCENARIOS, join(folder, 'scenarios'), { recursive: true });
    const script = command.replaceAll('npx ims', `'${process.execPath}' '${IMS}'`);
    const { status, stderr } = await new Promise<{ status: unknown; stderr: string }>((resolve) => {
      execFile('bash', ['-c', script], { cwd: folder }, (error, _, text) => {
        resolve({ status: error?.code, stderr: text });
      });
    });
    expect(stderr.replaceAll(/\s+/g, ' ').trim()).toBe(complaint.replaceAll(/\s+/g, ' ').trim());
    expect(status).toBe(2);
  });
});
