import { elementNamed, type ImplicitSetSettings, type Network, type SubscriberSettings } from './network.js';
import type { Complaint } from './yaml-file.js';

/** What contradicts itself among the subscribers: identities given twice, credentials and servers that are not there. */
export function subscriberContradictions(network: Network): Complaint[] {
  const owners = new Map<string, string>();
  return network.subscribers.flatMap((subscriber) => [
    ...takenTwice(subscriber, owners),
    ...withoutCredentials(subscriber, network),
    ...unknownSharedSets(subscriber, network),
    ...unknownServers(subscriber, network),
  ]);
}

function pathOf({ operator, privateIdentities }: SubscriberSettings): string[] {
  return ['operators', operator, 'subscribers', privateIdentities[0].identity];
}

function takenTwice(subscriber: SubscriberSettings, owners: Map<string, string>): Complaint[] {
  const path = pathOf(subscriber);
  const own = subscriber.privateIdentities[0].identity;
  const identities = [
    ...subscriber.privateIdentities.map(({ identity }) => identity),
    ...subscriber.implicitSets.flatMap(({ publicIdentities }) =>
      publicIdentities.map(({ identity }) => identity.toLowerCase()),
    ),
  ];
  return identities.flatMap((identity) => {
    const owner = owners.get(identity);
    owners.set(identity, own);
    if (owner === undefined) {
      return [];
    }
    const whose = owner === own ? 'it has that already' : `it is already ${owner}'s`;
    return [{ path, text: `${identity} is given twice: ${whose}` }];
  });
}

/** TS 33.203: nobody without a secret can be authenticated; a service never is, as it does not register. */
function withoutCredentials(subscriber: SubscriberSettings, { auth }: Network): Complaint[] {
  if (auth === 'none' || subscriber.implicitSets.every(isOfServices)) {
    return [];
  }
  const wanted = auth === 'aka' ? 'aka: { k, opc }' : 'digest: { password }';
  return subscriber.privateIdentities.flatMap(({ identity, aka, digest }) =>
    aka || digest
      ? []
      : [
          {
            path: pathOf(subscriber),
            text: `${identity} cannot authenticate: give it \`${wanted}\`, or the network \`auth: none\``,
          },
        ],
  );
}

function isOfServices({ publicIdentities, applicationServer }: ImplicitSetSettings): boolean {
  return applicationServer !== undefined || publicIdentities.every(({ type }) => type !== undefined);
}

function unknownSharedSets(subscriber: SubscriberSettings, { operators }: Network): Complaint[] {
  const known = operators.find(({ domain }) => domain === subscriber.operator)?.sharedFilterCriteria ?? {};
  return subscriber.implicitSets
    .flatMap(({ sharedIfcSetIds }) => sharedIfcSetIds)
    .flatMap((id) =>
      id in known
        ? []
        : [
            {
              path: [...pathOf(subscriber), 'sharedFilterCriteria'],
              text: `${subscriber.operator} has no shared set ${id}: define it in its sharedFilterCriteria`,
            },
          ],
    );
}

/** An application server by a name of this network's domains that the DNS would not know. */
function unknownServers(subscriber: SubscriberSettings, network: Network): Complaint[] {
  const complaint = (key: string, server: string): Complaint[] => {
    const host = hostOf(server);
    const isOurs = network.operators.some(({ domain }) => host.endsWith(`.${domain}`));
    if (!isOurs || elementNamed(network, host)) {
      return [];
    }
    const text =
      `there is no element ${host}: add it to the elements` +
      ' (`external: udp:ADDRESS:PORT` where it is your own)';
    return [{ path: [...pathOf(subscriber), key], text }];
  };
  return subscriber.implicitSets.flatMap(({ initialFilterCriteria, applicationServer }) => [
    ...initialFilterCriteria.flatMap((criterion) =>
      complaint('initialFilterCriteria', criterion.applicationServer.serverName),
    ),
    ...(applicationServer === undefined ? [] : complaint('applicationServer', applicationServer)),
  ]);
}

function hostOf(serverUri: string): string {
  const [, host = ''] = /^sips?:(?:[^@]*@)?([^:;?>]+)/i.exec(serverUri) ?? [];
  return host.toLowerCase();
}
