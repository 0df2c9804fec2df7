import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ims, newFolder, SCENARIOS } from '../ims.js';

interface Line {
  readonly protocol?: string;
  readonly from?: string;
  readonly to?: string;
  readonly summary?: string;
}

function traced(out: string): Line[] {
  return readFileSync(join(out, 'trace.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

/** An HSS is told twice what it cannot do: while it is up, and while it is not. */
function scenario(): string {
  const file = join(newFolder(), 'refused.yaml');
  writeFileSync(
    file,
    `title: an operator at an HSS
network: ${join(SCENARIOS, 'registration-network.yaml')}
profile: ts-24.141
actors:
  UE1: { ue: sip:user1_public1@home1.net, privateIdentity: user1_private@home1.net, proxy: pcscf1.visited1.net }
play:
  - hss1.home1.net terminates nobody@home1.net
  - { hss: hss1.home1.net, provision: user9_private@home1.net, subscriber: { privateIdentities: 7 } }
  - wait 0.5 s # what it has reported by then is not lost with it
  - kill hss1.home1.net
  - hss1.home1.net terminates nobody@home1.net
`,
  );
  return file;
}

describe.each([[['--simulate']], [[]]])('an operator at an HSS, over HTTP: ims run %j', (how) => {
  test('TS 29.228 6.1.3: the request that leads to an RTR, and its answer, are in the trace and the report', async () => {
    const out = newFolder();
    const file = join(SCENARIOS, 'ts-24.228-deregistration-hss.yaml');
    expect(await ims('run', file, ...how, '--out', out).ended).toMatchObject({ status: 0 });
    const lines = traced(out);
    const of = (protocol: string, text: RegExp) =>
      lines.findIndex((line) => line.protocol === protocol && text.test(line.summary ?? ''));
    const asked = of('http', /^HTTP POST \/subscribers\/user1_private%40home1\.net\/deregister$/);
    const answered = of('http', /^HTTP 200 OK$/);
    expect(lines[asked]).toMatchObject({ from: 'operator', to: 'hss1.home1.net' });
    expect(lines[answered]).toMatchObject({ from: 'hss1.home1.net', to: 'operator' });
    expect(asked).toBeLessThan(of('diameter', /RTR/));
    expect(of('diameter', /RTR/)).toBeLessThan(answered);
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('operator');
  });

  test('what an HSS refuses, and one that is not there, are failures in their lines', async () => {
    const out = newFolder();
    const { stdout, status } = await ims('run', scenario(), ...how, '--out', out).ended;
    const said = stdout.replaceAll(/\s+/g, ' ');
    expect(said).toMatch(/refused\.yaml:7: [^/]* no subscriber has the private identity nobody@home1\.net/);
    expect(said).toMatch(/refused\.yaml:8: [^/]* 2 fields are wrong; #\/privateIdentities: /);
    expect(said).toMatch(/refused\.yaml:11: [^/]* no HSS answers at http:/);
    expect(status).toBe(1);
    const arrows = traced(out).filter(({ protocol }) => protocol === 'http');
    expect(arrows.map(({ summary }) => summary)).toEqual([
      'HTTP POST /subscribers/nobody%40home1.net/deregister',
      'HTTP 404 Not Found',
      'HTTP PUT /subscribers/user9_private%40home1.net',
      'HTTP 400 Bad Request',
    ]);
  });
});

test('the same seed is the same trace, byte for byte', async () => {
  const file = join(SCENARIOS, 'ts-24.228-deregistration-hss.yaml');
  const [one, other] = await Promise.all(
    [newFolder(), newFolder()].map(async (out) => {
      await ims('run', file, '--simulate', '--out', out).ended;
      return readFileSync(join(out, 'trace.jsonl'), 'utf8');
    }),
  );
  expect(one).toBe(other);
});
