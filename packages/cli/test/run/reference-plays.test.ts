import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ims, newFolder, SCENARIOS } from '../ims.js';

const LONG_MS = 120_000;
const reference = readFileSync(join(SCENARIOS, '../docs/scenario-file.md'), 'utf8');
const [whole = ''] = [...reference.matchAll(/```yaml\n([^]*?)```/g)].map(([, text = '']) => text);

describe('the reference of the scenario file', () => {
  test(
    'the file that it begins with passes as it stands',
    async () => {
      expect(whole).toMatch(/^network: network\.yaml$/m);
      const folder = newFolder();
      for (const name of ['network.yaml', 'user2-presence.xml']) {
        copyFileSync(join(SCENARIOS, name), join(folder, name));
      }
      const file = join(folder, 'first.yaml');
      writeFileSync(file, whole);
      const { status, stdout } = await ims('run', file, '--simulate').ended;
      expect(stdout).toContain('passed: 1 of 1 step right');
      expect(status).toBe(0);
      writeFileSync(file, whole.replace('Max-Forwards: 70', 'Max-Forwards: 71'));
      expect((await ims('run', file, '--simulate').ended).status).toBe(1);
    },
    LONG_MS,
  );
});
