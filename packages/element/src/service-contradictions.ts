import type { InitialFilterCriteria } from '@ims-sim/cx';
import { elementNamed, type Network, type OperatorSettings, type SubscriberSettings } from './network.js';
import type { Complaint } from './schema-complaints.js';

/** What contradicts itself in a subscriber's services: shared sets and servers that are not there, one priority twice. */
export function serviceContradictions(
  subscriber: SubscriberSettings,
  network: Network,
  pathOfSubscriber: readonly string[],
): Complaint[] {
  const known =
    network.operators.find(({ domain }) => domain === subscriber.operator)?.sharedFilterCriteria ?? {};
  return subscriber.implicitSets.flatMap((set, index) => {
    const path = pathOfSet(pathOfSubscriber, index);
    const { initialFilterCriteria, sharedIfcSetIds, applicationServer } = set;
    return [
      ...sharedIfcSetIds
        .filter((id) => !(id in known))
        .map((id) => ({
          path: [...path, 'sharedFilterCriteria'],
          text: `${subscriber.operator} has no shared set ${id}: define it in its sharedFilterCriteria`,
        })),
      ...criteriaContradictions(initialFilterCriteria, network, [...path, 'initialFilterCriteria']),
      ...(applicationServer === undefined
        ? []
        : unknownServer(applicationServer, network, [...path, 'applicationServer'])),
    ];
  });
}

/** The same of the shared sets of an operator. */
export function sharedContradictions(
  { domain, sharedFilterCriteria }: OperatorSettings,
  network: Network,
): Complaint[] {
  return Object.entries(sharedFilterCriteria).flatMap(([id, criteria]) =>
    criteriaContradictions(criteria, network, ['operators', domain, 'sharedFilterCriteria', id]),
  );
}

/** Where an implicit set of a subscriber stands in the file. */
export function pathOfSet(pathOfSubscriber: readonly string[], index: number): string[] {
  return index === 0 ? [...pathOfSubscriber] : [...pathOfSubscriber, 'moreImplicitSets', String(index - 1)];
}

/** The host of a server's URI, in lower case. */
export function hostOf(serverUri: string): string {
  const [, host = ''] = /^sips?:(?:[^@]*@)?([^:;?>]+)/i.exec(serverUri) ?? [];
  return host.toLowerCase();
}

function criteriaContradictions(
  criteria: readonly InitialFilterCriteria[],
  network: Network,
  path: readonly string[],
): Complaint[] {
  return criteria.flatMap(({ priority, applicationServer }, index) => {
    const own = [...path, String(index)];
    const isTaken = criteria.findIndex((other) => other.priority === priority) < index;
    // TS 29.228 B.2.2: no two of one priority.
    const text = `another criterion has the priority ${priority}: the order would be anybody's guess`;
    return [
      ...(isTaken ? [{ path: [...own, 'priority'], text }] : []),
      ...unknownServer(applicationServer.serverName, network, [...own, 'applicationServer']),
    ];
  });
}

/** An application server by a name of this network's domains that the DNS would not know. */
function unknownServer(server: string, network: Network, path: readonly string[]): Complaint[] {
  const host = hostOf(server);
  const isOurs = network.operators.some(({ domain }) => host.endsWith(`.${domain}`));
  if (!isOurs || elementNamed(network, host)) {
    return [];
  }
  const text =
    `there is no element ${host}: add it to the elements` +
    ' (`external: udp:ADDRESS:PORT` where it is your own)';
  return [{ path, text }];
}
