import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ims, newFolder, SCENARIOS } from './ims.js';

/** A run takes about two seconds; on a machine that is busy with other tests, several times that. */
const LONG_MS = 60_000;

/** The files that are played: the others are networks. */
const played = readdirSync(SCENARIOS).filter(
  (name) => name.endsWith('.yaml') && /^flow:$/m.test(readFileSync(join(SCENARIOS, name), 'utf8')),
);

describe('every scenario that comes with the project', () => {
  test('there are the TR and the flows of TS 24.228 clause 6', () => {
    expect(played.length).toBeGreaterThanOrEqual(9);
    expect(played).toContain('tr-24.841-6.1.1.yaml');
    expect(played).toContain('ts-24.228-6.2.yaml');
  });

  test.each(played)(
    '%s: each step is right, and nothing comes that no step has',
    async (name) => {
      const folder = newFolder();
      const { status, stdout, stderr } = await ims('run', join(SCENARIOS, name), '--out', folder).ended;
      const wrong = stdout.split('\n').filter((line) => line.includes('✗'));
      expect({ wrong, stderr }).toEqual({ wrong: [], stderr: '' });
      expect(stdout).toMatch(/^passed: (\d+) of \1 steps right(?:, \d+ retransmissions)?$/m);
      expect(status).toBe(0);
      expect(readFileSync(join(folder, 'junit.xml'), 'utf8')).toContain('failures="0"');
      expect(existsSync(join(folder, 'trace.pcapng'))).toBe(true);
    },
    LONG_MS,
  );
});
