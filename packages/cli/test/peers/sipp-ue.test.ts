import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from '@jest/globals';
import type { UeOptions } from '@ims-sim/ue';
import { freePorts, type Lab, type Ready, withLab } from './lab.js';
import { SIPP, testWithPeers } from './needs.js';
import { endpointOf, publishPresence, withOurUe } from './our-ue.js';
import { withTrace } from './trace.js';

interface Kind {
  readonly auth: 'aka' | 'digest';
  /** SIPp's name for UDP, or for one TCP connection. */
  readonly transport: 'u1' | 't1';
  /** What bob's UE, ours, has. */
  readonly bob: UeOptions['credentials'];
  /** What SIPp has of what the network file gives alice. */
  readonly credentials: string;
  /** What it then must have been asked for. */
  readonly algorithm: string;
}

const DIGEST: Kind = {
  auth: 'digest',
  transport: 'u1',
  bob: { digest: { password: 'barley' } },
  credentials: 'password=sesame',
  algorithm: 'MD5',
};
const AKA: Kind = {
  auth: 'aka',
  transport: 'u1',
  bob: { aka: { k: '465b5ce8b199b49faa5f0a2ee238a6bc', opc: 'cd63cb71954a9f4e48a5994e37a02baf' } },
  credentials: `aka_K=0xfec86ba6eb707ed08905757b1bb44b8f aka_OP=0xdbc59adcb6f9a0ef735477b7fadf8374 aka_AMF=0xb9b9`,
  algorithm: 'AKAv1-MD5',
};
const KINDS = [
  ['AKAv1-MD5 (RFC 3310)', AKA],
  ['AKAv1-MD5 over TCP', { ...AKA, transport: 't1' }],
  ['Digest with MD5 (TS 33.203 Annex N)', DIGEST],
] as const satisfies readonly (readonly [string, Kind])[];

/** SIPp plays the scenario once: whether it went as it says, and every message that it saw. */
async function sipp(
  lab: Lab,
  ready: Ready,
  { credentials, transport }: Pick<Kind, 'credentials' | 'transport'>,
): Promise<{ status: number | null; log: string }> {
  const scenario = lab.template('ue/register-subscribe.xml', { CREDENTIALS: credentials });
  const { address, port } = endpointOf(ready.elements['pcscf1.home1.net']?.sip);
  const { own } = await freePorts('own');
  const log = join(lab.folder, 'sipp.log');
  const run = lab.start('sipp', [
    `${address}:${port}`,
    ...[
      '-t',
      transport,
      '-i',
      '127.0.0.1',
      '-p',
      String(own),
      '-sf',
      scenario,
      '-m',
      '1',
      '-max_recv_loops',
      '1',
    ],
    ...['-recv_timeout', '20000', '-timeout', '60s', '-nostdin', '-trace_msg', '-message_file', log],
  ]);
  const status = await run.ended;
  if (!existsSync(log)) throw new Error(`SIPp did not play:\n${run.output()}`);
  return { status, log: readFileSync(log, 'latin1') };
}

describe('SIPp as the UE', () => {
  for (const [name, kind] of KINDS) {
    testWithPeers([SIPP], `registers with ${name}, subscribes to presence and is notified`, () =>
      withLab((lab) =>
        withTrace(async (trace) => {
          const ready = await lab.network(`ue/${kind.auth}-network.yaml`, { COLLECTOR: trace.port });
          await withOurUe(ready, 'sip:bob@home2.net', kind.bob, async (ue) => {
            await publishPresence(ue, 'sip:bob@home2.net');
            const { status, log } = await sipp(lab, ready, kind);
            expect(log).toMatch(new RegExp(`WWW-Authenticate: .*algorithm=${kind.algorithm}`));
            expect(status === 0 ? '' : log).toBe('');
          });
          // Not just let in: the HSS has stored who serves alice.
          const asked = await trace.commandsAt('hss1.home1.net', 'scscf1.home1.net');
          expect(asked.slice(0, 2)).toEqual(['MAR', 'SAR']); // then one for the P-CSCF's subscription
        }),
      ),
    );
  }

  testWithPeers(
    [SIPP],
    'with a wrong password is not registered (403), and nothing is assigned at the HSS',
    () =>
      withLab((lab) =>
        withTrace(async (trace) => {
          const ready = await lab.network('ue/digest-network.yaml', { COLLECTOR: trace.port });
          const { status, log } = await sipp(lab, ready, { ...DIGEST, credentials: 'password=wheat' });
          expect(status).toBe(1);
          expect(log).toMatch(/^SIP\/2\.0 (401|403)/m);
          expect(log).not.toMatch(/^SIP\/2\.0 200/m);
          expect(await trace.registrationsAt('hss1.home1.net')).toBe(0);
        }),
      ),
  );
});
