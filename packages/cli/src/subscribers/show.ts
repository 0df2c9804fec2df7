import type { ListOptions, ShowOptions } from './command.js';
import { subscriberPath, type HssClient } from './hss-client.js';
import { counted } from '../run/text.js';
import { atHss, table } from './say.js';

const PAGE = 1000;

/** What this command reads of a subscription; the HSS's description has all of it. */
export interface Shown {
  readonly privateIdentities: readonly {
    readonly identity: string;
    readonly aka?: { readonly algorithm?: string };
    readonly digest?: { readonly algorithm?: string };
  }[];
  readonly implicitSets: readonly {
    readonly serviceProfiles: readonly {
      readonly publicIdentities: readonly { readonly identity: string; readonly barred: boolean }[];
      readonly initialFilterCriteria: readonly {
        readonly priority: number;
        readonly applicationServer: { readonly serverName: string };
        readonly triggerPoint?: { readonly servicePointTriggers: readonly unknown[] };
      }[];
      readonly sharedIfcSetIds?: readonly number[];
    }[];
  }[];
  readonly charging?: Readonly<Record<string, string>>;
  readonly state: {
    readonly server?: { readonly name: string };
    readonly sets: Readonly<Record<string, { readonly registeredBy: readonly string[] } | 'unregistered'>>;
  };
}

interface Page {
  readonly total: number;
  readonly subscribers: readonly Shown[];
  readonly next?: string;
}

/** `ims subscribers list` */
export function list(options: ListOptions): Promise<void> {
  return atHss(options, async (hss) => {
    const { found, total, next } = await pages(hss, options);
    if (options.json) {
      for (const one of found) console.log(JSON.stringify(one));
      return;
    }
    if (found.length > 0) {
      console.log(table(['PRIVATE IDENTITY', 'PUBLIC IDENTITIES', 'REGISTERED'], found.map(rowOf)));
    }
    const more = next === undefined ? '' : `; the next ones: --after ${next}`;
    console.log(`${String(found.length)} of ${counted(total, 'subscriber')}${more}`);
  });
}

async function pages(hss: HssClient, { after, limit }: ListOptions) {
  const found: Shown[] = [];
  let next = after;
  for (;;) {
    const size = Math.min(PAGE, limit - found.length);
    const from = next === undefined ? '' : `&after=${encodeURIComponent(next)}`;
    const page = (await (await hss.ask('GET', `/subscribers?limit=${String(size)}${from}`)).json()) as Page;
    found.push(...page.subscribers);
    next = page.next;
    if (next === undefined || found.length >= limit) return { found, total: page.total, next };
  }
}

function rowOf({ privateIdentities, implicitSets, state }: Shown): string[] {
  const publics = implicitSets.flatMap(({ serviceProfiles }) =>
    serviceProfiles.flatMap(({ publicIdentities }) => publicIdentities.map(({ identity }) => identity)),
  );
  const also = (all: readonly string[]): string =>
    all.length > 1 ? `${all[0] ?? ''} +${String(all.length - 1)}` : (all[0] ?? '');
  return [also(privateIdentities.map(({ identity }) => identity)), also(publics), whereabouts(state)];
}

function whereabouts({ server, sets }: Shown['state']): string {
  if (server === undefined) return '-';
  const isRegistered = Object.values(sets).some((set) => set !== 'unregistered');
  return isRegistered ? server.name : `(served unregistered by ${server.name})`;
}

/** `ims subscribers show` */
export function show(impi: string, options: ShowOptions): Promise<void> {
  return atHss(options, async (hss) => {
    if (options.xml) {
      const response = await hss.ask('GET', subscriberPath(impi), { accept: 'application/xml' });
      console.log((await response.text()).trimEnd());
      return;
    }
    const secrets = options.secrets ? '?secrets=true' : '';
    const shown = (await (await hss.ask('GET', subscriberPath(impi) + secrets)).json()) as Shown;
    console.log(options.json ? JSON.stringify(shown, null, 2) : description(shown));
  });
}

function description({ privateIdentities, implicitSets, charging, state }: Shown): string {
  const lines: [string, string][] = privateIdentities.map(({ identity, aka, digest }, at) => {
    const ways = [
      ...(aka ? [aka.algorithm ?? 'AKAv1-MD5'] : []),
      ...(digest ? [`SIP Digest ${digest.algorithm ?? 'MD5'}`] : []),
    ];
    return [
      at === 0 ? 'private' : '',
      `${identity}  (${ways.length === 0 ? 'no credentials' : ways.join(', ')})`,
    ];
  });
  lines.push(['assigned', state.server?.name ?? 'to no S-CSCF']);
  for (const [at, { serviceProfiles }] of implicitSets.entries()) {
    lines.push([`set ${String(at)}`, setState(state.sets[at])]);
    for (const { publicIdentities, initialFilterCriteria, sharedIfcSetIds = [] } of serviceProfiles) {
      for (const { identity, barred } of publicIdentities) {
        lines.push(['', `${identity}${barred ? '  (barred)' : ''}`]);
      }
      for (const { priority, applicationServer, triggerPoint } of initialFilterCriteria) {
        const triggers = triggerPoint?.servicePointTriggers.length ?? 0;
        const when = triggers === 0 ? 'always' : `on ${String(triggers)} trigger${triggers === 1 ? '' : 's'}`;
        lines.push(['', `  criterion ${String(priority)}: ${applicationServer.serverName}, ${when}`]);
      }
      if (sharedIfcSetIds.length > 0) lines.push(['', `  shared criteria ${sharedIfcSetIds.join(', ')}`]);
    }
  }
  for (const [name, uri] of Object.entries(charging ?? {})) lines.push(['charging', `${name} ${uri}`]);
  return lines.map(([title, text]) => `${title.padEnd(10)}${text}`).join('\n');
}

function setState(set: Shown['state']['sets'][string] | undefined): string {
  if (set === undefined) return 'not registered';
  return set === 'unregistered' ? 'served unregistered' : `registered by ${set.registeredBy.join(', ')}`;
}
