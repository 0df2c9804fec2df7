import { compileEre, type InitialFilterCriteria, type ServicePointTrigger } from '@ims-sim/cx';
import {
  elementNamed,
  elementsOf,
  type ImplicitSetSettings,
  type Network,
  type SubscriberSettings,
} from './network.js';
import type { Complaint } from './yaml-file.js';

/** What contradicts itself among the subscribers: identities given twice, credentials and servers that are not there. */
export function subscriberContradictions(network: Network): Complaint[] {
  const owners = new Map<string, string>();
  return network.subscribers.flatMap((subscriber) => [
    ...takenTwice(subscriber, owners),
    ...withoutCredentials(subscriber, network),
    ...unknownSharedSets(subscriber, network),
    ...criteriaContradictions(
      subscriber.implicitSets.map(({ initialFilterCriteria }) => initialFilterCriteria),
      [...pathOf(subscriber), 'initialFilterCriteria'],
      network,
    ),
    ...subscriber.implicitSets.flatMap(({ applicationServer = '' }) =>
      unknownServer(applicationServer, network).map((text) => ({
        path: [...pathOf(subscriber), 'applicationServer'],
        text,
      })),
    ),
    ...brokenWildcards(subscriber),
    ...unknownNetworks(subscriber, network),
    ...noSCscfFor(subscriber, network),
  ]);
}

/** What contradicts itself among filter criteria: sets of them, each of which is evaluated by its priorities. */
export function criteriaContradictions(
  sets: readonly (readonly InitialFilterCriteria[])[],
  path: readonly string[],
  network: Network,
): Complaint[] {
  const texts = sets.flatMap((criteria) => [
    ...criteria.flatMap((criterion) => [
      ...unknownServer(criterion.applicationServer.serverName, network),
      ...brokenExpressions(criterion),
    ]),
    ...samePriorities(criteria),
  ]);
  return [...new Set(texts)].map((text) => ({ path, text }));
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

/** A server by a name of this network's domains that the DNS would not know. */
function unknownServer(serverName: string, network: Network): string[] {
  const host = hostOf(serverName);
  const isOurs = network.operators.some(({ domain }) => host.endsWith(`.${domain}`));
  return !isOurs || elementNamed(network, host)
    ? []
    : [
        `there is no element ${host}: add it to the elements` +
          ' (`external: udp:ADDRESS:PORT` where it is your own)',
      ];
}

/** TS 29.228 B.2.3: what is no POSIX extended regular expression would never match, and nobody would know why. */
function brokenExpressions({ triggerPoint }: InitialFilterCriteria): string[] {
  return (triggerPoint?.servicePointTriggers ?? [])
    .flatMap(expressionsOf)
    .flatMap((pattern) =>
      compileEre(pattern) === undefined
        ? [`\`${pattern}\` is no POSIX extended regular expression (there is no \\d: [0-9])`]
        : [],
    );
}

function expressionsOf(trigger: ServicePointTrigger): string[] {
  switch (trigger.kind) {
    case 'method':
    case 'session-case':
      return [];
    case 'request-uri':
      return [trigger.pattern];
    case 'sip-header':
      return [trigger.header, trigger.content ?? ''];
    case 'session-description':
      return [trigger.line, trigger.content ?? ''];
  }
}

/** TS 29.228 B.2.2: each priority once in a service profile. */
function samePriorities(criteria: readonly InitialFilterCriteria[]): string[] {
  const priorities = criteria.map(({ priority }) => priority);
  const twice = priorities.find((priority, index) => priorities.indexOf(priority) !== index);
  return twice === undefined ? [] : [`two criteria have the priority ${twice}: give each its own`];
}

function brokenWildcards(subscriber: SubscriberSettings): Complaint[] {
  return subscriber.implicitSets
    .flatMap(({ publicIdentities }) => publicIdentities)
    .flatMap(({ identity }) => {
      const [, expression] = /^[^!]*!(.*)![^!]*$/.exec(identity) ?? [];
      const isBroken = identity.includes('!') && (!expression || compileEre(expression) === undefined);
      return isBroken
        ? [
            {
              path: [...pathOf(subscriber), 'publicIdentities'],
              text: `${identity}: expected an extended regular expression between two \`!\` (TS 23.003 13.5)`,
            },
          ]
        : [];
    });
}

/** A visited network is known by its domain: that of an operator here. */
function unknownNetworks(subscriber: SubscriberSettings, { operators }: Network): Complaint[] {
  const known = new Set(operators.map(({ domain }) => domain));
  return subscriber.implicitSets
    .flatMap(({ visitedNetworks }) => visitedNetworks)
    .filter((visited) => !known.has(visited))
    .map((visited) => ({
      path: [...pathOf(subscriber), 'visitedNetworks'],
      text: `there is no operator ${visited}; there are: ${[...known].join(', ')}`,
    }));
}

/** TS 23.228 5.1.2.3: with no S-CSCF that can do it, nobody could ever register. */
function noSCscfFor(subscriber: SubscriberSettings, network: Network): Complaint[] {
  const sCscfs = elementsOf(network, subscriber.operator, 's-cscf');
  const mandatory = subscriber.capabilities?.mandatory ?? [];
  const isAble = sCscfs.some(({ capabilities }) => mandatory.every((it) => capabilities.includes(it)));
  const path = pathOf(subscriber);
  const unable =
    sCscfs.length === 0 || isAble
      ? []
      : [
          {
            path: [...path, 'capabilities'],
            text: `no S-CSCF of ${subscriber.operator} has all of ${mandatory.join(', ')}: give one these \`capabilities\``,
          },
        ];
  const unknown = (subscriber.serverNames ?? [])
    .filter((name) => !sCscfs.some((sCscf) => sCscf.name === hostOf(name)))
    .map((name) => ({
      path: [...path, 'serverNames'],
      text: `${name} is no S-CSCF of ${subscriber.operator}; there are: ${sCscfs.map((it) => it.name).join(', ')}`,
    }));
  return [...unable, ...unknown];
}

function hostOf(uri: string): string {
  const [, host = ''] = /^sips?:(?:[^@]*@)?([^:;?>]+)/i.exec(uri) ?? [];
  return host.toLowerCase();
}
