import { join } from 'node:path';
import {
  type ElementSettings,
  type ElementStart,
  elementsOf,
  type ImplicitSetSettings,
  type RunningElement,
  type SubscriberSettings,
  UserError,
} from '@ims-sim/element';
import type { Endpoint } from '@ims-sim/host';
import {
  type ImplicitSet,
  openStore as openStoreAt,
  startHss,
  type SubscriberStore,
  type Subscription,
} from '@ims-sim/hss';
import { bind, type ElementHost, listenAt, ownSettings } from './element-host.js';

const ANY_LOOPBACK_PORT: Endpoint = { address: '127.0.0.1', port: 0 };

export async function startElement(start: ElementStart, world: ElementHost): Promise<RunningElement> {
  const { name, network } = start;
  const { host } = world;
  const own = ownSettings(start);
  const listen = listenAt(own.listen);
  const { charging, sharedFilterCriteria = {} } =
    network.operators.find(({ domain }) => domain === own.operator) ?? {};
  const { hssStore, watchdogMs } = world.surroundings;
  const store = hssStore?.() ?? (await openStore(own, start));
  const element = await bind(name, listen, () =>
    startHss({
      host,
      listen,
      originRealm: own.operator,
      homeDomain: own.operator,
      ...(network.auth !== 'none' && { preferred: network.auth }),
      ...(own.acceptsAnyPeer !== true && {
        clients: (['i-cscf', 's-cscf', 'ps'] as const).flatMap((kind) =>
          elementsOf(network, own.operator, kind).map((client) => client.name),
        ),
      }),
      applicationServers: elementsOf(network, own.operator, 'ps').map((server) => server.name),
      store,
      ...(watchdogMs !== undefined && { watchdogMs }),
      sharedFilterCriteria,
      initial: network.subscribers
        .filter(({ operator }) => operator === own.operator)
        .map((subscriber) => toSubscription(subscriber, charging)),
      ...(provisioningOf(own, start) && { provisioning: provisioningOf(own, start) }),
    }),
  );
  return {
    listening: { diameter: element.listening, http: element.http },
    ready: () => Promise.resolve(),
    ask: element.ask,
    tables: () => element.tables(),
    close: async () => {
      await element.close();
    },
  };
}

async function openStore(
  own: ElementSettings,
  { name, stateFolder }: ElementStart,
): Promise<SubscriberStore> {
  try {
    return await openStoreAt(
      own.postgresql === undefined
        ? { kind: 'lowdb', path: own.database ?? join(stateFolder, `${name}.json`) }
        : { kind: 'postgresql', url: own.postgresql },
    );
  } catch (error) {
    throw new UserError(`${name}: ${(error as Error).message}`, { cause: error });
  }
}

function provisioningOf(
  { provisioning }: ElementSettings,
  start: ElementStart,
): { readonly listen: Endpoint; readonly token?: string } | undefined {
  if (provisioning === undefined && !start.provisioning) {
    return undefined;
  }
  const { listen = ANY_LOOPBACK_PORT, token } = provisioning ?? {};
  return { listen, ...(token !== undefined && { token }) };
}

/** A subscriber of the network file as the HSS keeps it; its home network is one that it may register from. */
export function toSubscription(
  { operator, privateIdentities, implicitSets, capabilities, serverNames }: SubscriberSettings,
  charging: Subscription['charging'],
): Subscription {
  const [first, ...more] = implicitSets;
  return {
    privateIdentities,
    implicitSets: [toImplicitSet(first, operator), ...more.map((set) => toImplicitSet(set, operator))],
    capabilities,
    serverNames,
    charging,
  };
}

function toImplicitSet(set: ImplicitSetSettings, operator: string): ImplicitSet {
  const { publicIdentities, initialFilterCriteria, sharedIfcSetIds, visitedNetworks, applicationServer } =
    set;
  const [first, ...more] = publicIdentities.map(({ type, ...identity }) => ({
    ...identity,
    ...(type && { type }),
  }));
  return {
    serviceProfiles: [
      {
        publicIdentities: [first as NonNullable<typeof first>, ...more],
        initialFilterCriteria,
        sharedIfcSetIds: sharedIfcSetIds.length > 0 ? sharedIfcSetIds : undefined,
      },
    ],
    visitedNetworks: [operator, ...visitedNetworks],
    applicationServer,
  };
}
