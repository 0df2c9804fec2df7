import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { cachingResolver } from '@ims-sim/dns';
import type { Network } from '@ims-sim/element';
import { readNetworkFile } from '@ims-sim/element/files';
import type { Ground } from '@ims-sim/player';
import type { Cast } from '../../src/simulate/simulate.js';
import { type Outcome, startUe, type Ue } from '@ims-sim/ue';

const SCENARIOS = fileURLToPath(new URL('../../../../../scenarios/', import.meta.url));

/** The network of TR 24.841 6.1.1. */
export function mainNetwork(): Network {
  return readNetworkFile(join(SCENARIOS, 'network.yaml'));
}

/** No scenario file: `scenario` of a simulation with UEs only. */
export const PLAIN: Cast = {
  file: 'none',
  elements: new Map(),
  actors: (['user1', 'user2'] as const).map((name) => {
    const n = name.slice(-1);
    return {
      kind: 'ue',
      name,
      publicIdentity: `sip:${name}_public1@home${n}.net`,
      privateIdentity: `${name}_private@home${n}.net`,
      proxy: `pcscf${n}.home${n}.net`,
      securityAgreement: false,
      on: new Map(),
    };
  }),
  faults: [],
};

/** What an operator does at home1.net's HSS. */
export function atHss1(
  ground: Ground,
  action:
    | { readonly kind: 'terminate'; readonly privateIdentity: string }
    | { readonly kind: 'provision'; readonly privateIdentity: string; readonly subscriber?: unknown },
): Promise<string | undefined> {
  const hss = 'hss1.home1.net';
  return ground.overHttp(
    action.kind === 'terminate' ? { ...action, hss, reason: 'permanent-termination' } : { ...action, hss },
  );
}

export async function startUser(ground: Ground, user: 'user1' | 'user2'): Promise<Ue> {
  const host = ground.hostOf(user);
  const n = user.slice(-1);
  const domain = `home${n}.net`;
  const [address = ''] = ground.addressesOf(user);
  const ue = await startUe({
    host,
    listen: { address, port: 5060 },
    resolver: cachingResolver({ host, server: ground.dns }),
    identity: {
      impu: `sip:${user}_public1@${domain}`,
      impi: `${user}_private@${domain}`,
      homeDomain: domain,
    },
    proxy: `pcscf${n}.${domain}`,
    profile: 'tr-24.841',
    credentials: { aka: mainNetwork().subscribers[Number(n) - 1]?.privateIdentities[0].aka },
  });
  await ground.listens(user, undefined, ue.stack.listening);
  return ue;
}

/** Both register, user2 publishes, and user1 subscribes; gives what went wrong. */
export async function playMainFlow(ground: Ground): Promise<string[]> {
  const watcher = await startUser(ground, 'user1');
  const presentity = await startUser(ground, 'user2');
  const failures: (string | undefined)[] = [];
  failures.push(wrong('REGISTER', await watcher.register()));
  failures.push(wrong('REGISTER', await presentity.register()));
  const body = readFileSync(join(SCENARIOS, 'user2-presence.xml'), 'utf8');
  const contentType = 'application/cpim-pidf+xml';
  failures.push(
    wrong('PUBLISH', await presentity.publish({ event: 'presence', contentType, body, expiresS: 7200 })),
  );
  await ground.settle(50, 5000);
  const subscription = watcher.subscribe({
    uri: 'tel:+1-212-555-2222',
    event: 'presence',
    accept: contentType,
    expiresS: 7200,
  });
  failures.push(wrong('SUBSCRIBE', await subscription.response));
  const first = await subscription.notification(0, 5000);
  failures.push(first === undefined ? 'no NOTIFY' : undefined);
  await ground.settle(50, 5000);
  await watcher.close();
  await presentity.close();
  return failures.filter((failure) => failure !== undefined);
}

export function wrong(what: string, outcome: Outcome): string | undefined {
  if (outcome.kind === 'failure') {
    return `${what}: ${outcome.failure}`;
  }
  const { status, reason } = outcome.response;
  return status < 300 ? undefined : `${what}: ${status} ${reason}`;
}
