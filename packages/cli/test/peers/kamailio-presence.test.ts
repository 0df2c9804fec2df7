import { describe, expect } from '@jest/globals';
import { startKamailio } from './kamailio.js';
import { freePorts, withLab } from './lab.js';
import { KAMAILIO, KAMAILIO_PRESENCE, RESOLV_WRAPPER, testWithPeers } from './needs.js';
import { NOTE, publishPresence, withOurUe } from './our-ue.js';

describe("Kamailio's presence server as the AS", () => {
  testWithPeers(
    [KAMAILIO, KAMAILIO_PRESENCE, RESOLV_WRAPPER],
    'takes what bob publishes and notifies alice of it, each through their own CSCFs',
    () =>
      withLab(async (lab) => {
        const ports = await freePorts('PS', 'PCSCF1', 'SCSCF1', 'SCSCF2');
        await startKamailio(lab, {
          config: lab.template('kamailio-presence/ps.cfg', ports),
          names: lab.template('kamailio-presence/names', ports),
        });
        const ready = await lab.network('kamailio-presence/network.yaml', ports);
        await withOurUe(ready, 'sip:bob@home2.net', { digest: { password: 'barley' } }, (bob) =>
          withOurUe(ready, 'sip:alice@home1.net', { digest: { password: 'sesame' } }, async (alice) => {
            await publishPresence(bob, 'sip:bob@home2.net');
            await alice.register();
            const subscription = alice.subscribe({
              uri: 'sip:bob@home2.net',
              event: 'presence',
              expiresS: 600,
            });
            expect(await subscription.response).toMatchObject({ response: { status: 200 } });
            const first = await subscription.notification(0, 20_000);
            expect(first).toMatchObject({ contentType: 'application/pidf+xml', state: { value: 'active' } });
            expect(first?.body).toContain(NOTE);
            // In the dialog: it leads back to Kamailio by its Contact.
            expect(await subscription.unsubscribe()).toMatchObject({ response: { status: 200 } });
            expect((await subscription.notification(1, 20_000))?.state).toMatchObject({
              value: 'terminated',
            });
          }),
        );
      }),
  );
});
