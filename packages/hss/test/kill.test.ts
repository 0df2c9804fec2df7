import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from '@jest/globals';
import { f2345 } from '@ims-sim/auth';
import type { Cx } from '@ims-sim/cx';
import { cxApplication, cxClient } from '@ims-sim/cx';
import type { DiameterNode } from '@ims-sim/diameter';
import { startDiameterNode } from '@ims-sim/diameter';
import { nodeNet, noTrace, silentLog, systemClock, systemRandom } from '@ims-sim/host';
import { aka } from './lab.js';

const USERS = 400;
const SCSCF = 'sip:scscf1.home1.net';
const folder = mkdtempSync(join(tmpdir(), 'hss-kill-'));
const undo: (() => unknown)[] = [];
afterAll(async () => {
  for (const step of undo.reverse()) await step();
  rmSync(folder, { recursive: true });
});

async function startProcess() {
  const script = fileURLToPath(new URL('./hss-process.js', import.meta.url));
  const child = spawn(process.execPath, [script, join(folder, 'hss.json'), String(USERS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  undo.push(() => child.kill('SIGKILL'));
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.once('data', (bytes: Buffer) => {
      resolve(Number(bytes.toString()));
    });
    child.once('exit', (code, signal) => {
      reject(new Error(`the HSS ended with ${String(code ?? signal)}`));
    });
  });
  return { child, port };
}

async function connect(port: number): Promise<{ cx: Cx; node: DiameterNode }> {
  const name = 'scscf1.home1.net';
  const node = await startDiameterNode({
    host: { name, net: nodeNet, clock: systemClock, random: systemRandom, trace: noTrace, log: silentLog },
    originHost: name,
    originRealm: 'home1.net',
    applications: [cxApplication],
    peers: [{ host: 'hss1.home1.net', realm: 'home1.net', connect: () => [{ address: '127.0.0.1', port }] }],
  });
  undo.push(() => node.close());
  await node.ready();
  return { cx: cxClient({ node, destinationRealm: 'home1.net' }), node };
}

const privateIdentity = (i: number): string => `user${String(i)}_private@home1.net`;
const publicIdentity = (i: number): string => `sip:user${String(i)}@home1.net`;

const assign = (cx: Cx, i: number) =>
  cx.serverAssignment({
    privateIdentity: privateIdentity(i),
    publicIdentities: [publicIdentity(i)],
    serverName: SCSCF,
    type: 'registration',
    userDataAlreadyAvailable: true,
  });

/** The sequence number that a MAR gives out, or undefined where it is not answered. */
async function sequenceNumber(cx: Cx, i: number): Promise<number | undefined> {
  const answer = await cx.multimediaAuth({
    privateIdentity: privateIdentity(i),
    publicIdentity: publicIdentity(i),
    serverName: SCSCF,
    scheme: 'Digest-AKAv1-MD5',
    items: 1,
  });
  if (answer.kind !== 'vectors' || answer.items[0].scheme === 'SIP Digest') return undefined;
  const { rand, autn } = answer.items[0];
  const { ak } = f2345({ k: Buffer.from(aka.k, 'hex'), opc: Buffer.from(aka.opc, 'hex') }, rand);
  const sqn = autn.subarray(0, 6).map((octet, at) => octet ^ (ak[at] ?? 0));
  return Buffer.from(sqn).readUIntBE(0, 6);
}

test('what the HSS has answered survives a kill -9: registrations, and no sequence number is given out twice', async () => {
  const first = await startProcess();
  const client = await connect(first.port);
  const registered: number[] = [];
  const sequenceNumbers = new Map<number, number>();
  let next = 0;
  // Killed amid the writing: when a part is answered, with others under way.
  const worker = async (): Promise<void> => {
    while (next < USERS) {
      const i = next++;
      const sqn = await sequenceNumber(client.cx, i);
      if (sqn === undefined) return;
      sequenceNumbers.set(i, sqn);
      if ((await assign(client.cx, i)).kind !== 'assigned') return;
      if (registered.push(i) === USERS / 4) first.child.kill('SIGKILL');
    }
  };
  await Promise.all(Array.from({ length: 10 }, worker));
  expect(registered.length).toBeGreaterThanOrEqual(USERS / 4);
  expect(registered.length).toBeLessThan(USERS);
  await client.node.close();

  const second = await startProcess();
  const { cx } = await connect(second.port);
  // Side by side: what a slow disk takes, it takes for all of them at once.
  await Promise.all(
    registered.map(async (i) => {
      const answer = await cx.locationInfo({ publicIdentity: publicIdentity(i) });
      expect(answer).toEqual({ kind: 'served', serverName: SCSCF });
    }),
  );
  await Promise.all(
    [...sequenceNumbers].map(async ([i, before]) => {
      expect(await sequenceNumber(cx, i)).toBeGreaterThan(before);
    }),
  );
  expect(await assign(cx, USERS - 1)).toMatchObject({ kind: 'assigned' });
}, 120_000);
