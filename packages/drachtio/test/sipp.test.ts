import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { boundByUdp, freePort } from '@ims-sim/host/test-kit';
import type { Srf } from '../src/index.js';
import { world, type World } from './world.js';

const isThere = (program: string) =>
  process.env['IMS_PEERS_REQUIRED'] !== undefined || spawnSync(program, ['-v']).error === undefined;
const withSipp = isThere('sipp') ? test : test.skip;
const directory = mkdtempSync(join(tmpdir(), 'sipp-'));

afterAll(() => rmSync(directory, { recursive: true, force: true }));

const SDP =
  'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';
const CALLS = 50;

interface Sipp {
  readonly ended: Promise<{ readonly status: number | null; readonly output: string }>;
  stop(): void;
}

function sipp(args: readonly string[]): Sipp {
  const child = execFile(
    'sipp',
    ['-i', '127.0.0.1', '-nostdin', '-timeout', '60s', '-timeout_error', ...args],
    {
      cwd: directory,
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  let output = '';
  child.stderr?.on('data', (text: string) => (output += text));
  const ended = new Promise<{ status: number | null; output: string }>((resolve) =>
    child.once('exit', (status) => resolve({ status, output })),
  );
  return { ended, stop: () => void child.kill('SIGKILL') };
}

/** As a caller, of the world's endpoint. */
const uac = (w: World, ...args: string[]) => sipp([`127.0.0.1:${w.endpointAt.port}`, ...args]);

function scenario(name: string, xml: string): string {
  const file = join(directory, `${name}.xml`);
  writeFileSync(
    file,
    `<?xml version="1.0" encoding="ISO-8859-1" ?>\n<scenario name="${name}">${xml}</scenario>`,
  );
  return file;
}

async function runs(
  register: (srf: Srf) => void,
  play: (w: World) => Promise<void>,
  leavesNothing = true,
): Promise<void> {
  const w = await world('tcp', {}, register);
  try {
    await play(w);
    if (leavesNothing) {
      await w.until(() => w.drachtio.dialogs === 0 && w.drachtio.invites === 0, 'no call is left');
    }
  } finally {
    await w.close();
  }
}

const request = (
  method: string,
  cseq: string,
  { more = '', body = '', branch = '[branch]', uri = 'sip:[service]@[remote_ip]:[remote_port]' } = {},
) => `<![CDATA[
${method} ${uri} SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=${branch}
From: <sip:sipp@[local_ip]:[local_port]>;tag=[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>${method === 'INVITE' || method === 'CANCEL' ? '' : '[peer_tag_param]'}
Call-ID: [call_id]
CSeq: ${cseq} ${method}
Contact: <sip:sipp@[local_ip]:[local_port]>
Max-Forwards: 70
${more}Content-Length: [len]

${body}]]>`;

const SIPP_SDP = `v=0
o=- 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio 6000 RTP/AVP 0
`;

const OFFERING = 'Content-Type: application/sdp\n';

const CANCELLING = `
<send retrans="500">${request('INVITE', '1', { more: OFFERING, body: SIPP_SDP })}</send>
<recv response="100" optional="true"/>
<recv response="180"/>
<send retrans="500">${request('CANCEL', '1', { branch: '[branch-3]' })}</send>
<recv response="200"/>
<recv response="487"/>
<send>${request('ACK', '1', { branch: '[branch-6]' })}</send>`;

const RELIABLE = `
<send retrans="500">${request('INVITE', '1', { more: `Supported: 100rel\n${OFFERING}`, body: SIPP_SDP })}</send>
<recv response="100" optional="true"/>
<recv response="183"><action>
  <ereg regexp="[0-9]+" search_in="hdr" header="RSeq:" check_it="true" assign_to="rseq"/>
</action></recv>
<send retrans="500">${request('PRACK', '2', { more: 'RAck: [$rseq] 1 INVITE\n' })}</send>
<recv response="200"/>
<recv response="200"/>
<send>${request('ACK', '1')}</send>
<send retrans="500">${request('BYE', '3')}</send>
<recv response="200"/>`;

const ALONG = { uri: '[next_url]', more: '[routes]\n' };

/** SIPp's own scenarios know no route set. */
const ROUTED_CALLER = `
<send retrans="500">${request('INVITE', '1', { more: OFFERING, body: SIPP_SDP })}</send>
<recv response="100" optional="true"/>
<recv response="180" optional="true"/>
<recv response="200" rrs="true"/>
<send>${request('ACK', '1', ALONG)}</send>
<send retrans="500">${request('BYE', '2', ALONG)}</send>
<recv response="200"/>`;

const answer = (status: string, tag = '') => `<![CDATA[
SIP/2.0 ${status}
[last_Via:]
[last_Record-Route:]
[last_From:]
[last_To:]${tag}
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port]>
Content-Length: 0

]]>`;

const ROUTED_CALLED = `
<recv request="INVITE"/>
<send>${answer('180 Ringing', ';tag=[call_number]')}</send>
<send retrans="500">${answer('200 OK', ';tag=[call_number]')}</send>
<recv request="ACK"/>
<recv request="BYE"/>
<send>${answer('200 OK')}</send>`;

const answering = (srf: Srf) =>
  srf.invite((req, res) => {
    res.send(180);
    void srf.createUAS(req, res, { localSdp: SDP });
  });

describe('an unmodified application on the endpoint, and SIPp', () => {
  withSipp.each([
    ['calls it', []],
    ['calls it, with a tenth of the datagrams lost', ['-lost', '10']],
  ])(
    'SIPp %s [needs sipp]',
    async (_title, loss) => {
      // SIPp may take an INVITE's repeated 200 for that of a BYE that it lost.
      await runs(
        answering,
        async (w) => {
          const caller = uac(w, '-sn', 'uac', '-m', String(CALLS), '-r', '50', '-d', '20', ...loss);
          expect(await caller.ended).toMatchObject({ status: 0 });
        },
        loss.length === 0,
      );
    },
    180_000,
  );

  withSipp(
    'SIPp cancels [needs sipp]',
    async () => {
      let cancelled = 0;
      const ringing = (srf: Srf) =>
        srf.invite((req, res) => {
          res.send(180);
          req.on('cancel', () => cancelled++);
        });
      await runs(ringing, async (w) => {
        const caller = uac(w, '-sf', scenario('cancelling', CANCELLING), '-m', '20', '-r', '50');
        expect(await caller.ended).toMatchObject({ status: 0 });
        expect(cancelled).toBe(20);
      });
    },
    180_000,
  );

  withSipp(
    'SIPp takes a reliable 183 and sends PRACK [needs sipp]',
    async () => {
      let acknowledged = 0;
      const reliable = (srf: Srf) =>
        srf.invite((req, res) => {
          res.send(183, { headers: { Require: '100rel' }, body: SDP }, undefined, () => {
            acknowledged++;
            void srf.createUAS(req, res, { localSdp: SDP });
          });
        });
      await runs(reliable, async (w) => {
        const caller = uac(w, '-sf', scenario('reliable', RELIABLE), '-m', '20', '-r', '50');
        expect(await caller.ended).toMatchObject({ status: 0 });
        expect(acknowledged).toBe(20);
      });
    },
    180_000,
  );

  withSipp(
    'it calls SIPp, and hangs up [needs sipp]',
    async () => {
      await runs(
        () => undefined,
        async (w) => {
          const port = await freePort();
          const called = sipp(['-sn', 'uas', '-p', String(port), '-m', '10']);
          await boundByUdp(port);
          for (let i = 0; i < 10; i++) {
            const dialog = await w.srf.createUAC(`sip:service@127.0.0.1:${port}`, { localSdp: SDP });
            await dialog.destroy();
          }
          expect(await called.ended).toMatchObject({ status: 0 });
        },
      );
    },
    180_000,
  );

  withSipp.each<['createB2BUA' | 'proxyRequest']>([['createB2BUA'], ['proxyRequest']])(
    'between two SIPps: %s [needs sipp]',
    async (how) => {
      const port = await freePort();
      const between = (srf: Srf) =>
        srf.invite((req, res) => {
          const to = `sip:service@127.0.0.1:${port}`;
          if (how === 'proxyRequest') {
            void srf.proxyRequest(req, [to], { remainInDialog: true });
            return;
          }
          void srf.createB2BUA(req, res, to, { localSdpB: req.body ?? '' }).then(({ uas, uac: other }) => {
            uas.on('destroy', () => void other.destroy());
            other.on('destroy', () => void uas.destroy());
          });
        });
      await runs(between, async (w) => {
        const routed = how === 'proxyRequest';
        const calledBy = routed ? ['-sf', scenario('routed-called', ROUTED_CALLED)] : ['-sn', 'uas'];
        const callingBy = routed
          ? ['-sf', scenario('routed-caller', ROUTED_CALLER)]
          : ['-sn', 'uac', '-d', '300']; // longer than it takes the application to listen for the end of a call that it has

        const called = sipp([...calledBy, '-p', String(port), '-m', String(CALLS)]);
        await boundByUdp(port);
        const caller = uac(w, ...callingBy, '-m', String(CALLS), '-r', '50');
        expect([(await caller.ended).status, (await called.ended).status]).toEqual([0, 0]);
      });
    },
    180_000,
  );
});
