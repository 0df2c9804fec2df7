import { describe, expect } from '@jest/globals';
import { base, get } from '@ims-sim/diameter';
import type { UeOptions } from '@ims-sim/ue';
import { startKamailio } from './kamailio.js';
import { freePorts, type Lab, type Ready, withLab } from './lab.js';
import { KAMAILIO, KAMAILIO_IMS, KAMAILIO_PRESENCE, RESOLV_WRAPPER, testWithPeers } from './needs.js';
import { withOurUe } from './our-ue.js';
import { deregister } from './provisioning.js';
import { type DiameterTrace, isRequest, withTrace } from './trace.js';

const NEEDED = [KAMAILIO, KAMAILIO_IMS, KAMAILIO_PRESENCE, RESOLV_WRAPPER];
const ALICE = 'sip:alice@home1.net';
// TS 35.208 4.3.1.
const AKA = { k: '465b5ce8b199b49faa5f0a2ee238a6bc', opc: 'cd63cb71954a9f4e48a5994e37a02baf' };
const BY_AKA = { auth: 'aka', ALGORITHM: 'AKAv1-MD5', yaml: `aka: { k: ${AKA.k}, opc: ${AKA.opc} }`, ue: { aka: AKA } };

const RTR = 304;

type Cscf = 'icscf' | 'scscf';

/** The network with these of home1.net's CSCFs Kamailio's, up to where they have their HSS. */
async function start(
  lab: Lab,
  trace: DiameterTrace,
  theirs: readonly Cscf[],
  { auth, ALGORITHM, yaml }: { auth: string; ALGORITHM: string; yaml: string },
): Promise<Ready> {
  const ports = await freePorts('PCSCF', 'ICSCF', 'SCSCF', 'HSS');
  const at = (cscf: Cscf, port: number): string =>
    theirs.includes(cscf) ? `external: 'udp:127.0.0.1:${port}'` : `listen: '127.0.0.1:${port}'`;
  const ready = await lab.network('kamailio-cscf/network.yaml', {
    ...ports,
    AUTH: auth,
    CREDENTIALS: yaml,
    COLLECTOR: trace.port,
    ICSCF_AT: at('icscf', ports.ICSCF),
    SCSCF_AT: at('scscf', ports.SCSCF),
  });
  for (const table of ['version', 's_cscf', 's_cscf_capabilities', 'nds_trusted_domains']) {
    lab.template(`kamailio-cscf/${table}`, {});
  }
  const names = lab.template('kamailio-cscf/names', ports);
  for (const cscf of theirs) {
    const CDP = lab.template('kamailio-cscf/cdp.xml', { ...ports, CSCF: `${cscf}1` }, `${cscf}-cdp.xml`);
    const config = lab.template(`kamailio-cscf/${cscf}.cfg`, { ...ports, CDP, ALGORITHM });
    const kamailio = await startKamailio(lab, { config, names });
    await kamailio.says(/Peer localhost:\d+ connected/);
  }
  return ready;
}

async function registers(ready: Ready, credentials: UeOptions['credentials']): Promise<void> {
  await withOurUe(ready, ALICE, credentials, async (ue) => {
    expect(await ue.register({ expiresS: 600 })).toMatchObject({ response: { status: 200 } });
    const associated = ue.registration?.associatedUris.map(({ uriText }) => uriText);
    expect(associated).toEqual([ALICE, 'tel:+1-212-555-1111']);
    // A second time: protected, and now known to the HSS as registered.
    expect(await ue.register({ expiresS: 600 })).toMatchObject({ response: { status: 200 } });
    expect(await ue.register({ expiresS: 0 })).toMatchObject({ response: { status: 200 } });
  });
}

describe("Kamailio's CSCFs against our HSS", () => {
  testWithPeers(NEEDED, 'I-CSCF: finds the S-CSCF by UAR, for one that is new and for one that has one', () =>
    withLab((lab) =>
      withTrace(async (trace) => {
        const ready = await start(lab, trace, ['icscf'], BY_AKA);
        await registers(ready, BY_AKA.ue);
        const asked = await trace.commands('*', 'hss1.home1.net');
        expect(asked.filter((command) => command === 'UAR').length).toBeGreaterThanOrEqual(4);
        expect(await trace.registrationsAt('hss1.home1.net')).toBeGreaterThanOrEqual(1);
      }),
    ),
  );

  testWithPeers(NEEDED, 'S-CSCF: authenticates by the AKA vectors of MAR, and takes the profile of SAA', () =>
    withLab((lab) =>
      withTrace(async (trace) => {
        const ready = await start(lab, trace, ['scscf'], BY_AKA);
        await registers(ready, BY_AKA.ue);
        expect(await trace.commands('*', 'hss1.home1.net')).toEqual(expect.arrayContaining(['UAR', 'MAR', 'SAR']));
        expect(await trace.registrationsAt('hss1.home1.net')).toBeGreaterThanOrEqual(1);
      }),
    ),
  );

  testWithPeers(NEEDED, 'S-CSCF: takes an RTR, and has the user no more', () =>
    withLab((lab) =>
      withTrace(async (trace) => {
        const ready = await start(lab, trace, ['scscf'], BY_AKA);
        await withOurUe(ready, ALICE, BY_AKA.ue, async (ue) => {
          expect(await ue.register({ expiresS: 600 })).toMatchObject({ response: { status: 200 } });
          expect(await deregister(ready, 'hss1.home1.net', 'alice@home1.net')).toContain('deregistered');
        });
        const received = await trace.received('hss1.home1.net');
        const answer = received.find((message) => message.command === RTR && !isRequest(message));
        expect(answer && get(answer, base.resultCode)).toBe(2001);
      }),
    ),
  );

  testWithPeers(NEEDED, 'both: with no CSCF of ours but the P-CSCF', () =>
    withLab((lab) =>
      withTrace(async (trace) => {
        const ready = await start(lab, trace, ['icscf', 'scscf'], BY_AKA);
        await registers(ready, BY_AKA.ue);
        expect(await trace.registrationsAt('hss1.home1.net')).toBeGreaterThanOrEqual(1);
      }),
    ),
  );
});
