import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import type { SubscriberStore } from '../src/store.js';
import { openLowdbStore } from '../src/store/lowdb-store.js';
import { openPostgresStore } from '../src/store/postgres-store.js';
import { subscriptionOf } from './kill-subscription.js';
import { postgresPrograms, startPostgres } from '@ims-sim/host/test-kit';

const USERS = 12;
const KILLS = 3;

/**
 * Starts the process on that store, and kills it amid its writing, when so much was answered and every user is among it: none
 * of them is owed a turn. Gives the highest number of each user that was answered.
 */
async function killedAmidWriting(kind: string, place: string, answers: number): Promise<Map<number, number>> {
  const script = fileURLToPath(new URL('./store-process.js', import.meta.url));
  const child = spawn(process.execPath, [script, kind, place, String(USERS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (bytes: Buffer) => {
    output += bytes.toString();
    const lines = output.split('\n').slice(0, -1);
    const users = new Set(lines.map((line) => line.split(' ')[0]));
    if (lines.length >= answers && users.size === USERS) child.kill('SIGKILL');
  });
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
  const highest = new Map<number, number>();
  for (const line of output.split('\n').slice(0, -1)) {
    const [user = NaN, number = NaN] = line.split(' ').map(Number);
    expect(number).toBe((highest.get(user) ?? number - 1) + 1);
    highest.set(user, number);
  }
  return highest;
}

async function survives(kind: string, place: string, open: () => Promise<SubscriberStore>): Promise<void> {
  for (let kill = 1; kill <= KILLS; kill++) {
    const answered = await killedAmidWriting(kind, place, 100 * kill);
    expect(answered.size).toBe(USERS);
    const store = await open();
    for (const [user, number] of answered) {
      const key = subscriptionOf(user).privateIdentities[0].identity;
      const { state } = (await store.byPrivateIdentity(key)) ?? {};
      // What was answered, or the one after it, which was on its way: never less.
      const kept = parseInt(state?.sequenceNumbers[key] ?? '', 16);
      expect([number, number + 1]).toContain(kept);
    }
    await store.close();
  }
}

describe('sequence numbers never go back, whenever the HSS is killed (TS 33.102 6.3.2)', () => {
  test('lowdb', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hss-store-kill-'));
    const path = join(folder, 'hss.json');
    await survives('lowdb', path, () => openLowdbStore(path));
    rmSync(folder, { recursive: true });
  }, 120_000);

  const isThere = postgresPrograms() !== undefined || process.env['IMS_PEERS_REQUIRED'] !== undefined;
  (isThere ? test : test.skip)(
    'a real PostgreSQL',
    async () => {
      const server = await startPostgres();
      try {
        const url = server.newDatabase();
        await survives('postgresql', url, () => openPostgresStore(url));
      } finally {
        server.remove();
      }
    },
    120_000,
  );
});
