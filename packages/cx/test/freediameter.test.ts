import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { DiameterNode, IncomingRequest, OutgoingAnswer } from '@ims-sim/diameter';
import { base, get, getAll, startDiameterNode } from '@ims-sim/diameter';
import { nodeNet, silentLog, systemClock, systemRandom, type Host } from '@ims-sim/host';
import {
  cxApplication,
  cxClient,
  cxPushClient,
  cxPushHandler,
  decodeLocationInfo,
  encodeLocationInfoAnswer,
  encodeMultimediaAuthAnswer,
  locationInfoCommand,
} from '../src/index.js';
import { mar, ppr, rtr, vector } from './samples.js';
import { has } from '@ims-sim/diameter/test-kit';
import { freePort } from '@ims-sim/host/test-kit';

const LOOPBACK = '127.0.0.1';
const machine = (name: string): Host => ({
  name,
  net: nodeNet,
  clock: systemClock,
  random: systemRandom,
  log: silentLog,
  trace: { enabled: false, message: () => undefined, decision: () => undefined },
});

/** A freeDiameter relay that connects to the HSS at `hssPort`, and takes whoever is of home1.net. */
async function relay(folder: string, hssPort: number): Promise<{ port: number; stop: () => Promise<void> }> {
  const file = (name: string): string => join(folder, name);
  const subject = [
    '-subj',
    '/CN=relay.home1.net',
    '-days',
    '2',
    '-keyout',
    file('key.pem'),
    '-out',
    file('cert.pem'),
  ];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject], { stdio: 'ignore' });
  const port = await freePort();
  writeFileSync(file('acl.conf'), 'ALLOW_IPSEC ALLOW_OLD_TLS *.home1.net\n');
  writeFileSync(
    file('relay.conf'),
    `Identity = "relay.home1.net"; Realm = "home1.net"; Port = ${String(port)}; SecPort = 0;
     No_SCTP; No_IPv6; ListenOn = "${LOOPBACK}"; TcTimer = 1;
     TLS_Cred = "${file('cert.pem')}", "${file('key.pem')}"; TLS_CA = "${file('cert.pem')}";
     LoadExtension = "acl_wl.fdx" : "${file('acl.conf')}";
     ConnectPeer = "hss1.home1.net" { ConnectTo = "${LOOPBACK}"; No_TLS; Port = ${String(hssPort)}; };\n`,
  );
  const child = spawn('freeDiameterd', ['-c', file('relay.conf')], { stdio: 'ignore' });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    port,
    stop: () => {
      child.kill('SIGKILL');
      return gone;
    },
  };
}

(has('freeDiameterd') && has('openssl') ? test : test.skip)(
  'RFC 6733 2.8.1: Cx both ways through a relay of another maker [needs freeDiameterd]',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'freediameter-'));
    const nodes: DiameterNode[] = [];
    const routes: string[] = [];
    const start = async (
      options: Omit<Parameters<typeof startDiameterNode>[0], 'host' | 'originRealm' | 'applications'>,
    ) => {
      const node = await startDiameterNode({
        ...options,
        host: machine(options.originHost),
        originRealm: 'home1.net',
        applications: [cxApplication],
      });
      nodes.push(node);
      return node;
    };
    const answer = ({ command, message, peer }: IncomingRequest): OutgoingAnswer => {
      routes.push(
        `${peer} ${getAll(message, base.routeRecord).join()} ${get(message, base.originHost) ?? ''}`,
      );
      if (command !== locationInfoCommand) {
        return { avps: encodeMultimediaAuthAnswer({ kind: 'vectors', items: [vector(1)] }, mar) };
      }
      const { publicIdentity } = decodeLocationInfo(message);
      return { avps: encodeLocationInfoAnswer({ kind: 'served', serverName: `${publicIdentity}.s` }) };
    };
    const hss = await start({
      originHost: 'hss1.home1.net',
      listen: { address: LOOPBACK, port: 0 },
      onRequest: answer,
    });
    const between = await relay(folder, hss.listening?.port ?? 0);
    try {
      const asked: object[] = [];
      const scscf = await start({
        originHost: 'scscf1.home1.net',
        peers: [
          {
            host: 'relay.home1.net',
            realm: 'home1.net',
            connect: () => [{ address: LOOPBACK, port: between.port }],
          },
        ],
        onRequest: cxPushHandler({
          registrationTermination: async (request) => {
            asked.push(request);
            return { kind: 'terminated' };
          },
          pushProfile: async (request) => {
            asked.push(request);
            return { kind: 'updated' };
          },
        }),
      });
      await scscf.ready();
      const cx = cxClient({ node: scscf, destinationRealm: 'home1.net' });
      const located = async () => cx.locationInfo({ publicIdentity: 'sip:a@home1.net' });
      // The relay says 3002 until it has found the HSS.
      let answered = await located();
      for (let i = 0; i < 100 && answered.kind === 'unreachable'; i++) {
        await new Promise<void>((resolve) => systemClock.timer(100, resolve));
        answered = await located();
      }
      expect(answered).toEqual({ kind: 'served', serverName: 'sip:a@home1.net.s' });
      expect(await cx.multimediaAuth(mar)).toEqual({ kind: 'vectors', items: [vector(1)] });
      expect(routes.at(-1)).toBe('relay.home1.net scscf1.home1.net scscf1.home1.net');
      const push = cxPushClient({ node: hss });
      const to = { host: 'scscf1.home1.net', realm: 'home1.net' };
      expect(await push.registrationTermination(to, rtr)).toEqual({ kind: 'terminated' });
      expect(await push.pushProfile(to, ppr)).toEqual({ kind: 'updated' });
      expect(asked).toEqual([rtr, ppr]);
      const nobody = await push.pushProfile({ ...to, host: 'scscf9.home1.net' }, ppr);
      expect(nobody).toMatchObject({ kind: 'unreachable' });
    } finally {
      await between.stop();
      for (const node of nodes) await node.close();
      rmSync(folder, { recursive: true });
    }
  },
  180_000,
);
