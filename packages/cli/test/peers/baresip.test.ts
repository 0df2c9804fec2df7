import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from '@jest/globals';
import { freePorts, type Lab, type Program, type Ready, withLab } from './lab.js';
import { BARESIP, testWithPeers } from './needs.js';
import { endpointOf, NOTE, publishPresence, withOurUe } from './our-ue.js';
import { withTrace } from './trace.js';

interface Account {
  readonly user: string;
  readonly password: string;
  readonly pcscf: string;
  /** Account parameters. */
  readonly more?: string;
  /** Whom it has among its contacts. */
  readonly contact?: string;
}

/** A baresip with one account, its SIP trace in its output. */
async function startBaresip(lab: Lab, ready: Ready, account: Account): Promise<Program> {
  const { user, password, pcscf, more = '', contact = '' } = account;
  const folder = join(lab.folder, user);
  mkdirSync(folder);
  lab.template(
    'baresip/config',
    { ...(await freePorts('SIP')), MODULES: '/usr/lib/baresip/modules' },
    `${user}/config`,
  );
  lab.template('baresip/contacts', { CONTACT: contact }, `${user}/contacts`);
  const values = {
    IDENTITY: `sip:${user}`,
    USER: user,
    PASSWORD: password,
    PCSCF: endpointOf(ready.elements[pcscf]?.sip).port,
    MORE: more,
  };
  lab.template('baresip/accounts', values, `${user}/accounts`);
  return lab.start('baresip', ['-4', '-s', '-f', folder]);
}

describe('baresip as the UE', () => {
  testWithPeers([BARESIP], 'registers by Digest, subscribes to presence and is notified', () =>
    withLab((lab) =>
      withTrace(async (trace) => {
        const ready = await lab.network('ue/digest-network.yaml', { COLLECTOR: trace.port });
        await withOurUe(ready, 'sip:bob@home2.net', { digest: { password: 'barley' } }, async (bob) => {
          await publishPresence(bob, 'sip:bob@home2.net');
          const alice = await startBaresip(lab, ready, {
            user: 'alice@home1.net',
            password: 'sesame',
            pcscf: 'pcscf1.home1.net',
            contact: '"Bob" <sip:bob@home2.net>;presence=p2p',
          });
          await alice.says(/alice@home1\.net: .*200 OK .*1 binding/);
          await alice.says(/^NOTIFY sip:alice/m);
          await alice.says(new RegExp(`<note>${NOTE}</note>`));
          await alice.says(/^SIP\/2\.0 200 OK\r\n(?:.+\r\n)*CSeq: \d+ NOTIFY\r\n/m);
          expect(alice.output()).not.toMatch(/^SIP\/2\.0 (403|415|[56])/m);
        });
        expect(await trace.registrationsAt('hss1.home1.net')).toBe(1);
      }),
    ),
  );

  testWithPeers([BARESIP], 'publishes presence that one of our UEs is notified of', () =>
    withLab((lab) =>
      withTrace(async (trace) => {
        const ready = await lab.network('ue/digest-network.yaml', { COLLECTOR: trace.port });
        const bob = await startBaresip(lab, ready, {
          user: 'bob@home2.net',
          password: 'barley',
          pcscf: 'pcscf2.home2.net',
          more: ';pubint=300',
        });
        await bob.says(/bob@home2\.net: .*200 OK .*1 binding/);
        await bob.says(/^SIP-ETag: /m);
        await withOurUe(ready, 'sip:alice@home1.net', { digest: { password: 'sesame' } }, async (alice) => {
          await alice.register();
          const subscription = alice.subscribe({
            uri: 'sip:bob@home2.net',
            event: 'presence',
            expiresS: 600,
          });
          expect((await subscription.notification(0, 20_000))?.body).toMatch(/<basic>open<\/basic>/);
        });
      }),
    ),
  );
});
