import { nodeNet, noTrace, silentLog, systemClock, systemRandom } from '@ims-sim/host';
import type { Host } from '@ims-sim/host';
import type { ProvisioningEvents } from '../src/provisioning-events.js';
import type { ProvisioningOptions } from '../src/provisioning/start-provisioning.js';
import { startProvisioning } from '../src/provisioning/start-provisioning.js';
import type { SubscriberStore } from '../src/store.js';
import { memoryStore } from '../src/store/memory-store.js';
import type { Subscription } from '../src/subscription.js';
import { keyOf } from '../src/subscription.js';

export const machine: Host = {
  name: 'hss1.home1.net',
  net: nodeNet,
  clock: systemClock,
  random: systemRandom,
  trace: noTrace,
  log: silentLog,
};

export const K = '465b5ce8b199b49faa5f0a2ee238a6bc';
export const OPC = 'cd63cb71954a9f4e48a5994e37a02baf';

export const alice: Subscription = {
  privateIdentities: [
    { identity: 'alice@home1.net', aka: { k: K, opc: OPC } },
    { identity: 'alice_tablet@home1.net', digest: { password: 'wonderland' } },
  ],
  implicitSets: [
    {
      serviceProfiles: [
        {
          publicIdentities: [
            { identity: 'sip:alice@home1.net', barred: false },
            { identity: 'tel:+12125551111', barred: true },
          ],
          initialFilterCriteria: [
            {
              priority: 0,
              triggerPoint: {
                cnf: true,
                servicePointTriggers: [
                  { kind: 'method', method: 'SUBSCRIBE', negated: false, groups: [0] },
                  { kind: 'sip-header', header: 'Event', content: '^presence', negated: false, groups: [1] },
                ],
              },
              applicationServer: {
                serverName: 'sip:ps.home1.net',
                defaultHandling: 'session-continued',
              },
            },
          ],
        },
      ],
    },
    {
      serviceProfiles: [
        {
          publicIdentities: [{ identity: 'sip:alice.work@home1.net', barred: false }],
          initialFilterCriteria: [],
        },
      ],
    },
  ],
  capabilities: { mandatory: [1], optional: [] },
};

export function plain(name: string): Subscription {
  return {
    privateIdentities: [{ identity: `${name}@home1.net` }],
    implicitSets: [
      {
        serviceProfiles: [
          {
            publicIdentities: [{ identity: `sip:${name}@home1.net`, barred: false }],
            initialFilterCriteria: [],
          },
        ],
      },
    ],
  };
}

/** An HSS's provisioning interface on the loopback, and what it told the S-CSCFs. */
export async function provisioned(options: Partial<ProvisioningOptions> = {}) {
  const told: string[] = [];
  const store: SubscriberStore = options.store ?? memoryStore();
  const changed: ProvisioningEvents = {
    changed: async (before, now) => {
      const line = `PPR for ${keyOf(now.subscription)}`;
      if (before.state.server !== undefined) told.push(line);
      return before.state.server === undefined ? 'nobody to tell' : line;
    },
    removed: async ({ subscription }) => {
      told.push(`RTR for ${keyOf(subscription)}`);
      return 'RTR sent';
    },
    deregister: async (key, reason, publicIdentities, reasonInfo) => {
      told.push(`RTR ${reason} for ${key} ${publicIdentities.join()} ${reasonInfo ?? ''}`.trim());
      return 'RTR sent';
    },
  };
  const running = await startProvisioning({
    store,
    host: machine,
    listen: { address: '127.0.0.1', port: 0 },
    hssName: machine.name,
    changed,
    ...options,
  });
  const url = `http://127.0.0.1:${String(running.listening.port)}`;
  const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const isText = typeof body === 'string';
    const response = await fetch(url + path, {
      method,
      headers: { ...(body !== undefined && !isText && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    await isDescribed(method, path, response.status, type);
    return { status: response.status, type, text, headers: response.headers };
  };
  const json = async (method: string, path: string, body?: unknown, headers?: Record<string, string>) => {
    const { status, text } = await ask(method, path, body, headers);
    return { status, body: JSON.parse(text) as Record<string, unknown> };
  };
  return { store, told, url, ask, json, close: () => running.close() };
}

export async function register(store: SubscriberStore, key: string): Promise<void> {
  await store.update(key, () => ({
    result: 0,
    state: {
      server: { name: 'sip:scscf1.home1.net' },
      sets: { 0: { registeredBy: [key] } },
      sequenceNumbers: {},
    },
  }));
}

type Operations = Record<string, { readonly responses: Record<string, { readonly content?: object }> }>;

let description: Promise<Record<string, Operations>> | undefined;

async function describedPaths(): Promise<Record<string, Operations>> {
  const running = await startProvisioning({
    store: memoryStore(),
    host: machine,
    listen: { address: '127.0.0.1', port: 0 },
    hssName: machine.name,
    changed: {} as never,
  });
  const url = `http://127.0.0.1:${String(running.listening.port)}/openapi.json`;
  const { paths } = (await (await fetch(url)).json()) as { paths: Record<string, Operations> };
  await running.close();
  return paths;
}

/** Every answer that a test gets is one of those that the OpenAPI description has, of a type that it has. */
async function isDescribed(method: string, path: string, status: number, type: string): Promise<void> {
  const paths = await (description ??= describedPaths());
  const asked = path.replace(/\?.*$/, '').split('/');
  const template = Object.keys(paths).find((one) => {
    const parts = one.split('/');
    return (
      parts.length === asked.length && parts.every((part, i) => part.startsWith('{') || part === asked[i])
    );
  });
  const operation = template === undefined ? undefined : paths[template]?.[method.toLowerCase()];
  if (operation === undefined && status === 404) return; // there is no such place, as it says
  const answer = operation?.responses[status];
  const types = Object.keys(answer?.content ?? {});
  if (!types.includes(type.split(';')[0] ?? '')) {
    throw new Error(
      `the OpenAPI description has no ${String(status)} of ${type} for ${method} ${path}: ${types.join()}`,
    );
  }
}
