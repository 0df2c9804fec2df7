import { startDnsServer, zonesFor } from '@ims-sim/dns';
import type { ElementCommand, Network } from '@ims-sim/element';
import { testHost, type TestHost } from '@ims-sim/host';
import type { Action, Actor, Scenario } from '@ims-sim/scenario';
import {
  forward,
  header,
  parseMessage,
  responseTo,
  startProxy,
  taken,
  valueOf,
  type Incoming,
  type SipMessage,
} from '@ims-sim/sip';
import { play, type Ground, type Played, type PlayOptions } from '../src/index.js';

export const AT = { file: 'test.yaml', line: 7, column: 3 };
export const UE1 = 'sip:user1_public1@home1.net';
export const UE2 = 'sip:user2_public1@home1.net';

const ADDRESSES: Readonly<Record<string, string>> = { ue1: '5555::a', ue2: '5555::b', as: '5555::c' };

export const message = { kind: 'message', actor: 'ue1', to: UE2, body: 'hello' } as const;

export function texts(failures: Played['failures']): string[] {
  return failures.map(({ text }) => text);
}

type Bare = Action extends infer A ? (A extends Action ? Omit<A, 'at'> : never) : never;

/** An action at a place of its own. */
export function action(bare: Bare): Action {
  return { ...bare, at: AT } as Action;
}

export function ue(name: string, publicIdentity: string, on: Actor['on'] = new Map()): Actor {
  return {
    kind: 'ue',
    name,
    publicIdentity,
    privateIdentity: publicIdentity.slice(4),
    proxy: 'pcscf1.home1.net',
    address: ADDRESSES[name],
    securityAgreement: false,
    on,
  };
}

export function server(on: Actor['on'] = new Map()): Actor {
  return { kind: 'application-server', name: 'as', host: 'as.home1.net', on };
}

export interface World {
  readonly played: Played;
  /** What actors have sent: `ue1 INVITE`, `ue2 180 INVITE`. */
  readonly sent: readonly string[];
  readonly messages: readonly SipMessage[];
  readonly done: readonly string[];
  readonly commands: readonly (readonly [element: string, command: ElementCommand])[];
  readonly listened: readonly string[];
  /** What operators did at HSSs. */
  readonly provisioned: readonly string[];
  readonly host: TestHost;
  readonly tookS: number;
}

export interface WorldOptions {
  readonly actors?: readonly Actor[];
  readonly before?: readonly Action[];
  readonly faults?: Scenario['faults'];
  readonly variables?: ReadonlyMap<string, string>;
  readonly ground?: Partial<Ground>;
  readonly play?: Partial<PlayOptions>;
}

/** Plays actions of two UEs and a server, by one proxy in the place of a whole network. */
export async function world(actions: readonly Action[], options: WorldOptions = {}): Promise<World> {
  const host = testHost({ name: 'pcscf1.home1.net', addresses: ['5555::1'] });
  const dns = await dnsBeside(host);
  const proxy = await startProxy({
    host,
    listen: { address: '5555::1', port: 5060 },
    sentBy: 'pcscf1.home1.net',
    names: ['pcscf1.home1.net'],
    resolver: { resolve: () => ({ kind: 'empty' }) },
    trying: 'never',
    decide,
  });
  const sent: string[] = [];
  const messages: SipMessage[] = [];
  host.network.faults = (datagram, from) => {
    const parsed = parseMessage(datagram.toString('latin1'));
    const who = Object.entries(ADDRESSES).find(([, address]) => address === from.address)?.[0];
    if (parsed.kind === 'message' && who !== undefined) {
      const { message } = parsed;
      const method = valueOf(message.headers, 'cseq')?.split(' ')[1] ?? '';
      sent.push(`${who} ${message.kind === 'request' ? message.method : `${message.status} ${method}`}`);
      messages.push(message);
    }
    return 'deliver';
  };
  const done: string[] = [];
  const commands: [string, ElementCommand][] = [];
  const listened: string[] = [];
  const provisioned: string[] = [];
  const ground: Ground = {
    clock: host.clock,
    virtualTime: true,
    listening: { 'pcscf1.home1.net': { sip: proxy.stack.listening } },
    dns,
    hostOf: (name) => testHost({ beside: host, name, addresses: [ADDRESSES[name] ?? ''] }),
    addressesOf: (name) => [ADDRESSES[name] ?? ''],
    listens: (name, hostName, { address, port }) => {
      listened.push(`${name} ${hostName ?? '-'} [${address}]:${port}`);
      return Promise.resolve();
    },
    traceOf: () => host.trace,
    records: () => [],
    settle: (quietMs) =>
      new Promise((resolve) => {
        host.clock.timer(quietMs, resolve);
      }),
    overHttp: ({ hss, kind }) => {
      provisioned.push(`${hss} ${kind}`);
      return Promise.resolve(undefined);
    },
    control: {
      command: (element, command) => {
        commands.push([element, command]);
        return Promise.resolve(undefined);
      },
      kill: () => Promise.resolve(),
      restart: () => Promise.resolve(),
    },
    ...options.ground,
  };
  const beganMs = host.clock.now();
  const played = await host.clock.until(
    play(scenarioOf(actions, options), network, ground, {
      quietMs: 10,
      abort: new AbortController().signal,
      onAction: (text) => done.push(text),
      ...options.play,
    }),
    86_400_000,
  );
  const tookS = Math.round((host.clock.now() - beganMs) / 1000);
  await proxy.close();
  return { played, sent, messages, done, commands, listened, provisioned, host, tookS };
}

function scenarioOf(actions: readonly Action[], options: WorldOptions): Scenario {
  return {
    file: 'test.yaml',
    title: 'test',
    profile: 'ts-24.141',
    network: { kind: 'inline', network },
    elements: new Map(),
    actors: options.actors ?? [ue('ue1', UE1), ue('ue2', UE2)],
    participants: [],
    before: options.before ?? [],
    play: actions,
    faults: options.faults ?? [],
    variables: options.variables ?? new Map(),
    flow: {
      clause: '',
      steps: [],
      addressSymbols: new Map(),
      symbols: [],
      aliases: new Map(),
      othersAllowed: 'all',
    },
  };
}

/** Only what a player looks at. */
const network = {
  auth: 'none',
  dns: { name: 'dns.lab', ttlS: 60 },
  elements: [
    { name: 'pcscf1.home1.net', kind: 'p-cscf', operator: 'home1.net', aliases: ['pcscf.home1.net'] },
    { name: 'as.home1.net', kind: 'ps', operator: 'home1.net', aliases: [], actor: true },
  ],
  subscribers: [],
} as unknown as Network;

async function dnsBeside(host: TestHost) {
  const { listening } = await startDnsServer({
    host: testHost({ beside: host, name: 'dns.lab', addresses: ['5555::53'] }),
    listen: { address: '5555::53', port: 53 },
    zones: zonesFor({
      domains: [
        {
          name: 'home1.net',
          hosts: [
            { name: 'pcscf1.home1.net', addresses: ['5555::1'] },
            { name: 'as.home1.net', addresses: ['5555::c'] },
          ],
        },
      ],
    }),
  });
  return listening;
}

/** Registers everybody, stays in each dialog, and knows where the two users and the server are. */
function decide({ request, transaction }: Incoming) {
  if (request.method === 'REGISTER') {
    const headers = [header('Contact', valueOf(request.headers, 'contact') ?? ''), header('Expires', '600')];
    transaction.respond(responseTo(request, 200, 'OK', { toTag: 'r', headers }));
    return taken();
  }
  const address =
    request.uri === UE1 || request.uri.includes('5555::a')
      ? '5555::a'
      : request.uri === UE2 || request.uri.includes('5555::b')
        ? '5555::b'
        : '5555::c';
  return forward(request, {
    recordRoute: 'sip:pcscf1.home1.net;lr',
    targets: [{ transport: 'UDP', address, port: 5060 }],
  });
}
