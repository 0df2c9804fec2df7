import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from '@jest/globals';
import { freePorts, withLab } from './lab.js';
import { LINPHONE, testWithPeers } from './needs.js';
import { endpointOf, NOTE, publishPresence, withOurUe } from './our-ue.js';
import { withTrace } from './trace.js';

const LOOK_EVERY_MS = 100;
const SAYS_WITHIN_MS = 60_000;

/** Resolves once the file matches; rejects, with what there is, after a minute. */
async function fileSays(path: string, what: RegExp): Promise<void> {
  const read = (): string => (existsSync(path) ? readFileSync(path, 'latin1') : '');
  for (let waitedMs = 0; !what.test(read()); waitedMs += LOOK_EVERY_MS) {
    if (waitedMs >= SAYS_WITHIN_MS) {
      const sip = read().match(/^(?:[A-Z]+ sips?:|SIP\/2\.0 ).*$/gm) ?? [];
      throw new Error(`${path} does not say ${String(what)}:\n${sip.join('\n')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

describe('Linphone as the UE', () => {
  testWithPeers([LINPHONE], 'registers by Digest, subscribes to presence and is notified', () =>
    withLab((lab) =>
      withTrace(async (trace) => {
        const ready = await lab.network('ue/digest-network.yaml', { COLLECTOR: trace.port });
        await withOurUe(ready, 'sip:bob@home2.net', { digest: { password: 'barley' } }, async (bob) => {
          await publishPresence(bob, 'sip:bob@home2.net');
          mkdirSync(join(lab.folder, '.local/share/linphone'), { recursive: true }); // it does not make it
          const rc = lab.template('linphone/linphonerc', {
            SIP: (await freePorts('own')).own,
            PCSCF: endpointOf(ready.elements['pcscf1.home1.net']?.sip).port,
            PASSWORD: 'sesame',
          });
          const log = join(lab.folder, 'linphone.log');
          lab.start('linphonec', ['-c', rc, '-d', '6', '-l', log], { HOME: lab.folder });
          await fileSays(log, /^SIP\/2\.0 200 (?:.+\r?\n)*CSeq: \d+ REGISTER/m);
          await fileSays(log, /^NOTIFY sip:alice/m);
          await fileSays(log, new RegExp(`<note>${NOTE}</note>`));
          await fileSays(log, /^SIP\/2\.0 200 (?:.+\r?\n)*CSeq: \d+ NOTIFY/m);
        });
        expect(await trace.registrationsAt('hss1.home1.net')).toBe(1);
      }),
    ),
  );
});
