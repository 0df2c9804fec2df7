import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from '@jest/globals';
import { freePorts, type Lab, type Ready, withLab } from './lab.js';
import { SIPP, testWithPeers } from './needs.js';
import { endpointOf, publishPresence, withOurUe } from './our-ue.js';
import { withTrace } from './trace.js';

// TS 35.208 4.3.2 and 4.3.1. SIPp puts the octets into its scenario before it reads that: none may be [ or 0, as in an AMF of 8000.
const AKA = {
  alice: { k: 'fec86ba6eb707ed08905757b1bb44b8f', op: 'dbc59adcb6f9a0ef735477b7fadf8374', amf: 'b9b9' },
  bob: { k: '465b5ce8b199b49faa5f0a2ee238a6bc', opc: 'cd63cb71954a9f4e48a5994e37a02baf' },
};

interface Kind {
  readonly auth: 'aka' | 'digest';
  readonly alice: string;
  readonly bob: string;
  /** What SIPp has. */
  readonly credentials: string;
  /** What it then must have been asked for. */
  readonly algorithm: string;
}

const KINDS: Readonly<Record<string, Kind>> = {
  'AKAv1-MD5 (RFC 3310)': {
    auth: 'aka',
    alice: `aka: { k: ${AKA.alice.k}, op: ${AKA.alice.op}, amf: ${AKA.alice.amf} }`,
    bob: `aka: { k: ${AKA.bob.k}, opc: ${AKA.bob.opc} }`,
    credentials: `aka_K=0x${AKA.alice.k} aka_OP=0x${AKA.alice.op} aka_AMF=0x${AKA.alice.amf}`,
    algorithm: 'AKAv1-MD5',
  },
  'Digest with MD5 (TS 33.203 Annex N)': {
    auth: 'digest',
    alice: 'digest: { password: sesame }',
    bob: 'digest: { password: barley }',
    credentials: 'password=sesame',
    algorithm: 'MD5',
  },
};

/** SIPp plays the scenario once: whether it went as it says, and every message that it saw. */
async function sipp(lab: Lab, ready: Ready, credentials: string): Promise<{ status: number | null; log: string }> {
  const scenario = lab.template('ue/register-subscribe.xml', { CREDENTIALS: credentials });
  const { address, port } = endpointOf(ready.elements['pcscf1.home1.net']?.sip);
  const { own } = await freePorts('own');
  const log = join(lab.folder, 'sipp.log');
  const run = lab.start('sipp', [
    `${address}:${port}`,
    ...['-i', '127.0.0.1', '-p', String(own), '-sf', scenario, '-m', '1', '-max_recv_loops', '1'],
    ...['-recv_timeout', '6000', '-timeout', '20s', '-nostdin', '-trace_msg', '-message_file', log],
  ]);
  const status = await run.ended;
  if (!existsSync(log)) throw new Error(`SIPp did not play:\n${run.output()}`);
  return { status, log: readFileSync(log, 'latin1') };
}

describe('SIPp as the UE', () => {
  for (const [name, kind] of Object.entries(KINDS)) {
    testWithPeers(
      [SIPP],
      `registers with ${name}, subscribes to presence and is notified`,
      () =>
        withLab((lab) =>
          withTrace(async (trace) => {
            const ready = await lab.network('ue/network.yaml', {
              AUTH: kind.auth,
              ALICE: kind.alice,
              BOB: kind.bob,
              COLLECTOR: trace.port,
            });
            const bob = kind.auth === 'aka' ? { aka: AKA.bob } : { digest: { password: 'barley' } };
            await withOurUe(ready, 'sip:bob@home2.net', bob, async (ue) => {
              await publishPresence(ue, 'sip:bob@home2.net');
              const { status, log } = await sipp(lab, ready, kind.credentials);
              expect(log).toMatch(new RegExp(`WWW-Authenticate: .*algorithm=${kind.algorithm}`));
              expect(status === 0 ? '' : log).toBe('');
            });
            // Not just let in: the HSS has stored who serves alice.
            expect(await trace.commands('scscf1.home1.net', 'hss1.home1.net')).toEqual(['MAR', 'SAR']);
          }),
        ),
    );
  }

  testWithPeers([SIPP], 'with a wrong password is not registered (403), and nothing is assigned at the HSS', () =>
    withLab((lab) =>
      withTrace(async (trace) => {
        const kind = KINDS['Digest with MD5 (TS 33.203 Annex N)'] as Kind;
        const ready = await lab.network('ue/network.yaml', {
          AUTH: kind.auth,
          ALICE: kind.alice,
          BOB: kind.bob,
          COLLECTOR: trace.port,
        });
        const { status, log } = await sipp(lab, ready, 'password=wheat');
        expect(status).toBe(1);
        expect(log).toMatch(/^SIP\/2\.0 (401|403)/m);
        expect(log).not.toMatch(/^SIP\/2\.0 200/m);
        expect(await trace.registrationsAt('hss1.home1.net')).toBe(0);
      }),
    ),
  );
});
