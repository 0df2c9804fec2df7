import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { nodeNet, noTrace, silentLog, systemClock, systemRandom } from '@ims-sim/host';
import { freePort } from '@ims-sim/host/test-kit';
import { startUe, type Ue } from '../src/index.js';

const isThere = (program: string) =>
  process.env['IMS_PEERS_REQUIRED'] !== undefined || spawnSync(program, ['-v']).error === undefined;
const withKamailio = isThere('kamailio') ? test : test.skip;
const directory = mkdtempSync(join(tmpdir(), 'kamailio-'));

afterAll(() => rmSync(directory, { recursive: true, force: true }));

const PASSWORD = 'Circle of Life';

/** Wants a password for every request, checks it, and says no to calls. */
const CONFIG = (port: number) => `#!KAMAILIO
debug=2
log_stderror=yes
children=1
auto_aliases=no
disable_tcp=yes
listen=udp:127.0.0.1:${port}
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "auth.so"
modparam("auth", "qop", "auth")
request_route {
  if (is_method("ACK")) exit;
  if (!pv_proxy_authenticate("home1.net", "${PASSWORD}", "0")) {
    proxy_challenge("home1.net", "1");
    exit;
  }
  if (is_method("INVITE")) sl_send_reply("486", "Busy Here"); else sl_send_reply("200", "OK");
}
`;

async function kamailio(port: number): Promise<ChildProcess> {
  const config = join(directory, 'kamailio.cfg');
  writeFileSync(config, CONFIG(port));
  const files = ['-Y', directory, '-P', join(directory, 'kamailio.pid')];
  const child = spawn('kamailio', ['-f', config, '-DD', '-E', '-m', '32', '-M', '4', ...files]);
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const look = (text: Buffer) => {
      said += text.toString();
      if (said.includes('processes (at least)')) resolve();
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.once('exit', () => reject(new Error(`Kamailio ended: ${said}`)));
  });
  return child;
}

function ueOf(port: number, password: string): Promise<Ue> {
  return startUe({
    host: {
      name: 'ue1',
      net: nodeNet,
      clock: systemClock,
      random: systemRandom,
      trace: noTrace,
      log: silentLog,
    },
    listen: { address: '127.0.0.1', port: 0 },
    resolver: { resolve: () => ({ kind: 'empty' }) },
    identity: {
      impu: 'sip:user1_public1@home1.net',
      impi: 'user1_private@home1.net',
      homeDomain: 'home1.net',
    },
    proxy: { transport: 'UDP', address: '127.0.0.1', port },
    profile: 'ts-24.141',
    credentials: { digest: { password } },
  });
}

describe('Kamailio wants a password of who sends more than REGISTER', () => {
  withKamailio(
    'MESSAGE, SUBSCRIBE and INVITE pass with the right one, none with a wrong one [needs kamailio]',
    async () => {
      const port = await freePort();
      const child = await kamailio(port);
      const [right, wrong] = [await ueOf(port, PASSWORD), await ueOf(port, 'wrong')];
      try {
        const statuses = async (ue: Ue) => {
          const uri = 'sip:b@home1.net';
          const message = await ue.peer.request({
            method: 'MESSAGE',
            uri,
            body: 'hello',
            contentType: 'text/plain',
          });
          const subscribe = await ue.subscribe({ uri, event: 'presence', expiresS: 60 }).response;
          const call = ue.peer.invite({ uri });
          const invite = await ue.peer.watch.until(() => call.outcome, 20_000);
          return [message, subscribe, invite].map((it) =>
            it?.kind === 'response' ? it.response.status : it,
          );
        };
        expect(await statuses(right)).toEqual([200, 200, 486]);
        expect(await statuses(wrong)).toEqual([407, 407, 407]);
      } finally {
        await right.close();
        await wrong.close();
        child.removeAllListeners('exit');
        const ended = new Promise((resolve) => child.once('exit', resolve));
        child.kill();
        await ended;
      }
    },
  );
});
