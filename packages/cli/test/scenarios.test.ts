import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Ended, ims, newFolder, SCENARIOS } from './ims.js';

/** In one process the folder takes some ten seconds; on real processes about a minute, and several times that on a busy machine. */
const SIMULATED_MS = 240_000;
const REAL_MS = 600_000;

/** The files that are played: the others are networks. */
const played = readdirSync(SCENARIOS).filter(
  (name) => name.endsWith('.yaml') && /^flow:$/m.test(readFileSync(join(SCENARIOS, name), 'utf8')),
);

const SHIPPED = [
  'tr-24.841-6.1.1.yaml',
  'ts-24.141-a.3.2.1.yaml',
  'refused-blocked-watcher.yaml',
  'refused-unknown-user.yaml',
  'refused-number-not-in-enum.yaml',
  'refused-hss-down.yaml',
  'refused-hss-silent.yaml',
  'refused-not-registered.yaml',
  'refused-oversized-body.yaml',
  'refused-max-forwards-spent.yaml',
  'as-silent-continued.yaml',
  'as-silent-terminated.yaml',
  'spoofed-identity.yaml',
  'spoofed-identity-protected.yaml',
  'subscription-expires.yaml',
  'subscription-refreshed.yaml',
  'subscription-ended.yaml',
  'loss-at-each-hop.yaml',
  'loss-of-the-answer.yaml',
  'loss-of-the-notify.yaml',
  'ts-24.228-6.2.yaml',
  'ts-24.228-7-call.yaml',
  'ts-24.228-7-release-by-callee.yaml',
  'ts-24.228-7-cancelled.yaml',
  'ts-24.228-7-busy.yaml',
  'message-across-networks.yaml',
  'as-proxy-hold.yaml',
  'as-b2bua-release.yaml',
  'as-announcement.yaml',
  'as-announcement-cancelled.yaml',
  'as-click-to-dial.yaml',
];

const WAYS = [
  { way: 'simulated in one process', options: ['--simulate'], limitMs: SIMULATED_MS },
  { way: 'on real processes', options: [], limitMs: REAL_MS },
] as const;

test('each flow that is promised is there', () => {
  expect(played).toEqual(expect.arrayContaining(SHIPPED));
});

describe.each(WAYS)('every scenario that comes with the project, $way', ({ options, limitMs }) => {
  let run: Ended;
  const folder = newFolder();

  beforeAll(async () => {
    run = await ims('run', SCENARIOS, ...options, '--out', folder).ended;
  }, limitMs);

  test.each(played)('%s: each step is right, and nothing comes that no step has', (name) => {
    const results = readFileSync(join(folder, name.replace(/\.yaml$/, ''), 'junit.xml'), 'utf8');
    expect(results.match(/<failure [^>]*>[^<]*/g) ?? []).toEqual([]);
    expect(results).toMatch(/<testsuites tests="[1-9]\d*" failures="0"/);
  });

  test('the run says so too', () => {
    expect({ status: run.status, stderr: run.stderr }).toEqual({ status: 0, stderr: '' });
    expect(run.stdout).toContain(`passed: ${String(played.length)} of ${String(played.length)}`);
    expect(readFileSync(join(folder, 'junit.xml'), 'utf8')).not.toMatch(/failures="[1-9]/);
    expect(existsSync(folder)).toBe(true);
  });
});
