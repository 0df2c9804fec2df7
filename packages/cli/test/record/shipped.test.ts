import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { ims, newFolder, SCENARIOS } from '../ims.js';

const NETWORKS = new Map(
  readdirSync(SCENARIOS)
    .filter((name) => name.endsWith('.yaml'))
    .flatMap((name): [string, string][] => {
      const [, network] = /^network: (\S+)$/m.exec(readFileSync(join(SCENARIOS, name), 'utf8')) ?? [];
      return network === undefined ? [] : [[basename(name, '.yaml'), network]];
    }),
);
const folder = newFolder();

describe('each shipped scenario, recorded', () => {
  beforeAll(async () => {
    const files = [...NETWORKS.keys()].map((name) => join(SCENARIOS, `${name}.yaml`));
    const { status } = await ims('run', ...files, '--simulate', '--out', folder).ended;
    expect(status).toBe(0);
  }, 120_000);

  test('there are all of them', () => {
    expect(NETWORKS.size).toBeGreaterThan(25);
  });

  test.each([...NETWORKS])(
    '%s passes in simulation',
    async (name, network) => {
      const file = join(SCENARIOS, network);
      const recorded = join(folder, `recorded-${name}.yaml`);
      const trace = join(folder, name, 'trace.jsonl');
      const { status, stdout, stderr } = await ims('record', trace, '--network', file, '--out', recorded)
        .ended;
      expect(stderr).toBe('');
      expect(stdout).toMatch(/checked {3}it passes in simulation, \d+ steps/);
      expect(status).toBe(0);
    },
    30_000,
  );

  test('a capture does not say that the HSS was killed: its recording does not pass, and that is told', async () => {
    const capture = join(folder, 'refused-hss-down', 'trace.pcapng');
    const { status, stdout } = await ims(
      'record',
      capture,
      ...['--network', join(SCENARIOS, NETWORKS.get('refused-hss-down') ?? '')],
      ...['--out', join(folder, 'captured.yaml')],
    ).ended;
    expect(stdout).toMatch(/it does NOT pass.*\n[^]*expected 480, got 200 OK/);
    expect(status).toBe(1);
  });

  test('what operators did and what was lost passes on processes too', async () => {
    const names = [
      'refused-hss-down',
      'refused-hss-silent',
      'ts-24.229-5.3.1.3',
      'ts-24.228-deregistration-hss',
      'ts-24.228-deregistration-s-cscf',
      'ts-24.228-reauthentication',
    ];
    const files = names.map((name) => join(folder, `recorded-${name}.yaml`));
    const { status, stdout } = await ims('run', ...files, '--out', join(folder, 'real')).ended;
    expect(stdout).toContain('6 of 6');
    expect(status).toBe(0);
  }, 90_000);

  test('what actors and operators did is in their words', () => {
    const text = (name: string): string => readFileSync(join(folder, `recorded-${name}.yaml`), 'utf8');
    expect(text('as-silent-continued')).toMatch(/as: ps\.home2\.net\n +on:\n +SUBSCRIBE: silent/);
    expect(text('ts-24.228-deregistration-hss')).toContain(
      '\n  - hss1.home1.net terminates user1_private@home1.net\n',
    );
    expect(text('ts-24.228-deregistration-s-cscf')).toContain(
      '\n  - scscf1.home1.net deregisters sip:user1_public1@home1.net\n',
    );
    expect(text('refused-hss-down')).toContain('\nplay:\n  - kill hss2.home2.net\n');
    expect(text('refused-hss-silent')).toMatch(
      /\nfaults:\n {2}- drops LIA from hss2\.home2\.net to icscf2\.home2\.net, /,
    );
    const again = text('ts-24.228-reauthentication');
    expect(again).toContain(
      '\n  - scscf1.home1.net reauthenticates sip:user1_public1@home1.net within 60 s\n',
    );
    expect(again.match(/UE1 registers/g)).toHaveLength(1); // the second time by itself
  });
});
