import {
  elementNamed,
  elementsOf,
  type ImplicitSetSettings,
  type Network,
  operators,
  type SubscriberSettings,
} from './network.js';
import { hostOf, pathOfSet, serviceContradictions } from './service-contradictions.js';
import type { Complaint } from './schema-complaints.js';

/** What contradicts itself among the subscribers: identities given twice, credentials and servers that are not there. */
export function subscriberContradictions(network: Network): Complaint[] {
  const owners = new Map<string, string>();
  return network.subscribers.flatMap((subscriber) => [
    ...takenTwice(subscriber, owners),
    ...withoutCredentials(subscriber, network),
    ...serviceContradictions(subscriber, network, pathOf(subscriber)),
    ...unknownNetworks(subscriber, network),
    ...unservable(subscriber, network),
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

/** A network that nobody could roam in, by a name that nobody has. */
function unknownNetworks(subscriber: SubscriberSettings, network: Network): Complaint[] {
  const known = operators(network);
  return subscriber.implicitSets.flatMap(({ visitedNetworks }, set) =>
    visitedNetworks
      .filter((domain) => !known.includes(domain))
      .map((domain) => ({
        path: [...pathOfSet(pathOf(subscriber), set), 'visitedNetworks'],
        text: `there is no operator ${domain}; there are: ${known.join(', ')}`,
      })),
  );
}

/** A subscriber whom no S-CSCF of its operator is to have. */
function unservable(subscriber: SubscriberSettings, network: Network): Complaint[] {
  const { operator, serverNames = [], capabilities } = subscriber;
  const sCscfs = elementsOf(network, operator, 's-cscf');
  const found = serverNames
    .filter((name) => {
      const named = elementNamed(network, hostOf(name));
      return named?.kind !== 's-cscf' || named.operator !== operator;
    })
    .map((name) => ({
      path: [...pathOf(subscriber), 'serverNames'],
      text: `${name} is no S-CSCF of ${operator}; there are: ${sCscfs.map((s) => `sip:${s.name}`).join(', ')}`,
    }));
  const mandatory = capabilities?.mandatory ?? [];
  const can = sCscfs.some((s) => mandatory.every((capability) => s.capabilities.includes(capability)));
  if (mandatory.length > 0 && sCscfs.length > 0 && !can) {
    found.push({
      path: [...pathOf(subscriber), 'capabilities'],
      text: `no S-CSCF of ${operator} has all of ${mandatory.join(', ')}: say so in its \`capabilities\``,
    });
  }
  return found;
}
