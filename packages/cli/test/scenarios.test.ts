import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
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
  'as-outbound.yaml',
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

/** What goes wrong on purpose, whole: the list of faults, and each kill. */
const ON_PURPOSE = /^faults:\n(?: .*\n)+|^ +- kill .*\n/gm;

describe('a scenario that is about what goes wrong fails where nothing does', () => {
  const withoutFaults = played
    .map((name) => [name, readFileSync(join(SCENARIOS, name), 'utf8')] as const)
    .filter(([, text]) => /^faults:|^ +- kill /m.test(text));
  const [folder, out] = [newFolder(), newFolder()];

  beforeAll(async () => {
    cpSync(SCENARIOS, folder, { recursive: true });
    for (const [name, text] of withoutFaults) {
      writeFileSync(join(folder, name), text.replace(ON_PURPOSE, ''));
    }
    const files = withoutFaults.map(([name]) => join(folder, name));
    await ims('run', ...files, '--simulate', '--out', out).ended;
  }, SIMULATED_MS);

  test.each(withoutFaults)('%s', (name, text) => {
    expect(text.replace(ON_PURPOSE, '')).not.toMatch(/^faults:|^ +- kill /m);
    const results = readFileSync(join(out, name.replace(/\.yaml$/, ''), 'junit.xml'), 'utf8');
    // judged, and wrong: a file that cannot be read would be no proof
    expect(results).toMatch(/<testsuites tests="[1-9]\d*" failures="[1-9]\d*" errors="0"/);
    expect(results).toMatch(/name="step \d+: /);
  });

  test('there are such scenarios', () => {
    expect(withoutFaults.length).toBeGreaterThanOrEqual(5);
  });
});

describe('a fault that never took place', () => {
  const SLIPS = [
    '  - drops NOTIFY from scscf1.home1.net to icscf2.home2.net, once',
    '  - \'replaces "not there" by "x" in SUBSCRIBE from UE1\'',
    '  - drops MESSAGE, perhaps',
    '  - drops SUBSCRIBE from UE1, after 9',
    '  - delays 404 of SUBSCRIBE from pcscf1.home1.net to UE1 by 20 ms',
  ];
  const folder = newFolder();
  const file = join(folder, 'slips.yaml');

  beforeAll(() => {
    cpSync(SCENARIOS, folder, { recursive: true });
    const text = readFileSync(join(SCENARIOS, 'refused-unknown-user.yaml'), 'utf8');
    writeFileSync(file, text.replace(/^strictResponses/m, `faults:\n${SLIPS.join('\n')}\n\n$&`));
  });

  test.each(WAYS)(
    'fails the run by file and line, $way',
    async ({ options }) => {
      const out = newFolder();
      const run = await ims('run', file, ...options, '--out', out).ended;
      expect(run.status).toBe(1);
      const first =
        readFileSync(file, 'utf8')
          .split('\n')
          .indexOf(SLIPS[0] ?? '') + 1;
      const results = readFileSync(join(out, 'junit.xml'), 'utf8');
      const [, failure = ''] = /<failure message="([^"]*)"/.exec(results) ?? [];
      const failures = failure.replaceAll('&quot;', '"').split('; ');
      const never = (index: number, what: string, why: string): string =>
        `${file}:${first + index}: fault ${index + 1} \`${what}\` never took place: ${why}`;
      expect(failures).toEqual([
        never(0, 'drops NOTIFY from scscf1.home1.net to icscf2.home2.net, once', 'no such message passed'),
        never(
          1,
          'replaces "not there" by "x" in SUBSCRIBE from UE1',
          'such a message passed, with nothing in it to change',
        ),
        never(3, 'drops SUBSCRIBE from UE1, after 9', 'no more than 9 such messages passed'),
      ]);
      expect(run.stdout).toContain('fault 1 `drops NOTIFY from scscf1.home1.net');
      expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('never took place');
      expect(readFileSync(join(out, 'ladder.txt'), 'utf8')).toMatch(/fault 5 \(slips\.yaml:\d+\)/);
    },
    REAL_MS,
  );
});
