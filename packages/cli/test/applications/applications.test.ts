import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type Ended, ims, newFolder, SCENARIOS } from '../ims.js';

const LIMIT_MS = 120_000;

/** A network and a scenario in a folder of their own, with `application` in the place of the announcement's. */
function lab(application: string | undefined, play: string, more = ''): { folder: string; scenario: string } {
  const folder = newFolder();
  if (application !== undefined) {
    writeFileSync(join(folder, 'mine.mjs'), application);
  }
  const network = readFileSync(join(SCENARIOS, 'application-network.yaml'), 'utf8')
    .replace('applications/announcement.mjs', `mine.mjs${more}`)
    .replaceAll('application: applications/', `application: ${SCENARIOS}applications/`);
  writeFileSync(join(folder, 'network.yaml'), network);
  const scenario = join(folder, 'mine.yaml');
  const text = `title: mine
profile: ts-24.141
network: network.yaml
actors: { UE1: { ue: 'sip:user1_public1@home1.net', privateIdentity: user1_private@home1.net, proxy: pcscf1.home1.net } }
before: [UE1 registers]
play:
${play}
`;
  writeFileSync(scenario, text);
  return { folder, scenario };
}

function played(
  application: string | undefined,
  play: string,
  ...options: string[]
): Promise<Ended & { out: string }> {
  const { folder, scenario } = lab(application, play);
  const out = join(folder, 'out');
  return ims('run', scenario, ...options, '--out', out).ended.then((ended) => ({ ...ended, out }));
}

const CALL = '  - UE1 invites sip:weather@home2.net and gets 480';

const UNUSABLE: readonly (readonly [what: string, application: string | undefined, complaint: string])[] = [
  ['a module that is not there', undefined, 'there is no such file: `application` names a module'],
  ['a module without a default export', 'export const srf = 1;', 'expected a function as its default export'],
  ['a module that is no JavaScript', 'export default (', 'the application cannot be loaded: '],
  ['a module that throws as it is loaded', "throw new Error('no licence');", 'cannot be loaded: no licence'],
  [
    'one that throws at its start',
    "export default () => { throw new Error('no port'); };",
    'failed at its start: no port',
  ],
  [
    'one whose start rejects',
    "export default async () => { throw new Error('no db'); };",
    'failed at its start: no db',
  ],
];

const WAYS: readonly { readonly way: string; readonly options: readonly string[] }[] = [
  { way: 'simulated', options: ['--simulate'] },
  { way: 'on real processes', options: [] },
];

describe.each(WAYS)('an application, $way', ({ options }) => {
  test.each(UNUSABLE)(
    '%s: one line with the file, and no stack',
    async (_what, application, complaint) => {
      const { status, stderr, out } = await played(application, CALL, ...options);
      expect(status).toBe(2);
      expect(stderr).toContain(complaint);
      expect(stderr).toContain(join(out, '..', 'mine.mjs'));
      expect(stderr.trim().split('\n')).toHaveLength(1);
    },
    LIMIT_MS,
  );

  test(
    'RFC 3261 21.5.1: what a handler throws is a 500 and a decision, and the next request is served',
    async () => {
      const application = `
        let asked = 0;
        export default (srf) => {
          asked = 0;
          srf.invite(async (req, res) => {
            asked += 1;
            if (asked === 1) throw new Error('on the way');
            if (asked === 2) { await null; throw new Error('later'); }
            if (asked === 3) { Promise.reject(new Error('to nobody')); setTimeout(() => { throw new Error('timer'); }, 0); }
            res.send(480);
          });
        };`;
      const play = [500, 500, 480, 480]
        .map((s) => `  - UE1 invites sip:weather@home2.net and gets ${s}`)
        .join('\n  - wait 1 s\n');
      const { status, stdout, stderr, out } = await played(application, play, ...options);
      expect({ status, stdout, stderr }).toMatchObject({ status: 0 });
      const trace = readFileSync(join(out, 'trace.jsonl'), 'utf8');
      for (const why of ['on the way', 'later', 'to nobody', 'timer']) {
        expect(trace).toContain(`the application mine.mjs failed: ${why}`);
      }
    },
    LIMIT_MS,
  );
});

const RECORDING = `
  export default (srf, { say }) => {
    for (const kind of ['attempt', 'start', 'stop']) srf.on('cdr:' + kind, (source) => say('record: ' + kind + ' by the ' + source));
    srf.invite((req, res) => res.send(480));
  };`;

test.each([
  ['cdrs: true', ', cdrs: true', ['record: attempt by the network', 'record: stop by the application']],
  ['nothing said', '', []],
])(
  "drachtio-server's <cdrs>: an application is told of call data records only where the element has `cdrs` (%s)",
  async (_, more, records) => {
    const { folder, scenario } = lab(RECORDING, CALL, more);
    const out = join(folder, 'out');
    const { status } = await ims('run', scenario, '--simulate', '--out', out).ended;
    expect(status).toBe(0);
    const trace = readFileSync(join(out, 'trace.jsonl'), 'utf8');
    expect(trace.match(/record: \w+ by the \w+/g) ?? []).toEqual(records);
  },
  LIMIT_MS,
);

test(
  'an application that is dialled and never hangs up keeps its connections: the simulation says so',
  async () => {
    const answering = 'export default (srf) => srf.invite((req, res) => res.send(480));';
    const { folder, scenario } = lab(answering, CALL, ', connection: outbound');
    const { status, stdout } = await ims('run', scenario, '--simulate', '--out', join(folder, 'out')).ended;
    expect(status).toBe(1);
    expect(stdout).toContain('applications');
  },
  LIMIT_MS,
);
