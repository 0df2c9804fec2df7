import { existsSync } from 'node:fs';
import { describe, expect } from '@jest/globals';
import { base, get } from '@ims-sim/diameter';
import { startKamailio } from './kamailio.js';
import { freePorts, type Lab, type Ready, withLab } from './lab.js';
import { KAMAILIO, KAMAILIO_IMS, KAMAILIO_PRESENCE, RESOLV_WRAPPER, testWithPeers } from './needs.js';
import { NOTE, publishPresence, withOurUe } from './our-ue.js';
import { deregister, registrationAt } from './provisioning.js';
import { type DiameterTrace, isRequest, withTrace } from './trace.js';

const NEEDED = [KAMAILIO, KAMAILIO_IMS, KAMAILIO_PRESENCE, RESOLV_WRAPPER];
const ALICE = 'sip:alice@home1.net';
const BOB = 'sip:bob@home1.net';
// TS 35.208 4.3.1 and 4.3.2.
const ALICE_AKA = { aka: { k: '465b5ce8b199b49faa5f0a2ee238a6bc', opc: 'cd63cb71954a9f4e48a5994e37a02baf' } };
const BOB_AKA = { aka: { k: 'fec86ba6eb707ed08905757b1bb44b8f', opc: '1006020f0a478bf6b699f15c062e42b3' } };
/** Of Debian's kamailio; images without documentation do not have it. */
const XSD = '/usr/share/doc/kamailio/examples/ims/scscf/CxDataType_Rel7.xsd';
const RTR = 304;

type Cscf = 'icscf' | 'scscf';

/** The network with these of home1.net's CSCFs Kamailio's, up to where they have their HSS. */
async function start(
  lab: Lab,
  trace: DiameterTrace,
  theirs: readonly Cscf[],
  ALGORITHM = 'AKAv1-MD5',
): Promise<Ready> {
  const ports = await freePorts('PCSCF', 'ICSCF', 'SCSCF', 'HSS', 'PS');
  const at = (cscf: Cscf, port: number): Record<string, string> => ({
    [`${cscf.toUpperCase()}_KEY`]: theirs.includes(cscf) ? 'external' : 'listen',
    [`${cscf.toUpperCase()}_AT`]: `${theirs.includes(cscf) ? 'udp:' : ''}127.0.0.1:${port}`,
  });
  const ready = await lab.network('kamailio-cscf/network.yaml', {
    ...ports,
    COLLECTOR: trace.port,
    ...at('icscf', ports.ICSCF),
    ...at('scscf', ports.SCSCF),
  });
  for (const table of ['version', 's_cscf', 's_cscf_capabilities', 'nds_trusted_domains']) {
    lab.template(`kamailio-cscf/${table}`, {});
  }
  const names = lab.template('kamailio-cscf/names', ports);
  for (const cscf of theirs) {
    const CDP = lab.template('kamailio-cscf/cdp.xml', { ...ports, CSCF: `${cscf}1` }, `${cscf}-cdp.xml`);
    const config = lab.template(`kamailio-cscf/${cscf}.cfg`, { ...ports, CDP, XSD, ALGORITHM });
    const kamailio = await startKamailio(lab, { config, names, define: existsSync(XSD) ? ['WITH_XSD'] : [] });
    await kamailio.says(/Peer localhost:\d+ connected/);
  }
  return ready;
}

async function registers(ready: Ready): Promise<void> {
  await withOurUe(ready, ALICE, ALICE_AKA, async (ue) => {
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
        const ready = await start(lab, trace, ['icscf']);
        await registers(ready);
        const asked = await trace.commandsAt('hss1.home1.net', 'icscf1.home1.net');
        expect(asked.filter((command) => command === 'UAR').length).toBeGreaterThanOrEqual(4);
        expect(await trace.registrationsAt('hss1.home1.net')).toBeGreaterThanOrEqual(1);
      }),
    ),
  );

  testWithPeers(NEEDED, 'S-CSCF: authenticates by the AKA vectors of MAR, and takes the profile of SAA', () =>
    withLab((lab) =>
      withTrace(async (trace) => {
        const ready = await start(lab, trace, ['scscf']);
        await registers(ready);
        const asked = await trace.commandsAt('hss1.home1.net', 'scscf1.home1.net');
        expect(asked.slice(0, 2)).toEqual(['MAR', 'SAR']);
        expect(await trace.registrationsAt('hss1.home1.net')).toBeGreaterThanOrEqual(1);
      }),
    ),
  );

  testWithPeers(NEEDED, 'S-CSCF: authenticates by the HA1 of MAR where it asks for SIP Digest', () =>
    withLab((lab) =>
      withTrace(async (trace) => {
        const ready = await start(lab, trace, ['scscf'], '3GPP-Digest'); // Kamailio's name of the scheme
        await withOurUe(ready, 'sip:carol@home1.net', { digest: { password: 'sesame' } }, async (ue) => {
          expect(await ue.register({ expiresS: 600 })).toMatchObject({ response: { status: 200 } });
        });
        await withOurUe(ready, 'sip:carol@home1.net', { digest: { password: 'wheat' } }, async (ue) => {
          expect(await ue.register({ expiresS: 600 })).not.toMatchObject({ response: { status: 200 } });
        });
      }),
    ),
  );

  testWithPeers(NEEDED, 'S-CSCF: is found for an RTR by the connection that it made, and answers it', () =>
    withLab((lab) =>
      withTrace(async (trace) => {
        const ready = await start(lab, trace, ['scscf']);
        await withOurUe(ready, ALICE, ALICE_AKA, async (ue) => {
          expect(await ue.register({ expiresS: 600 })).toMatchObject({ response: { status: 200 } });
          expect(await registrationAt(ready, 'hss1.home1.net', 'alice@home1.net')).toEqual({
            server: 'sip:scscf1.home1.net',
            registeredBy: ['alice@home1.net'],
          });
          expect(await deregister(ready, 'hss1.home1.net', 'alice@home1.net')).toContain('deregistered');
          const { registeredBy } = await registrationAt(ready, 'hss1.home1.net', 'alice@home1.net');
          expect(registeredBy).toEqual([]);
        });
        const received = await trace.received('hss1.home1.net');
        const answer = received.find((message) => message.command === RTR && !isRequest(message));
        expect(answer && get(answer, base.resultCode)).toBe(2001);
      }),
    ),
  );

  testWithPeers(
    NEEDED,
    'both, with no CSCF of ours but the P-CSCF: registered, published, subscribed, notified',
    () =>
      withLab((lab) =>
        withTrace(async (trace) => {
          const ready = await start(lab, trace, ['icscf', 'scscf']);
          await registers(ready);
          await withOurUe(ready, BOB, BOB_AKA, (bob) =>
            withOurUe(ready, ALICE, ALICE_AKA, async (alice) => {
              await publishPresence(bob, BOB);
              await alice.register();
              const subscription = alice.subscribe({ uri: BOB, event: 'presence', expiresS: 600 });
              expect(await subscription.response).toMatchObject({ response: { status: 200 } });
              expect((await subscription.notification(0, 20_000))?.body).toContain(NOTE);
            }),
          );
          expect(await trace.commandsAt('hss1.home1.net', 'icscf1.home1.net')).toContain('LIR');
        }),
      ),
  );
});
