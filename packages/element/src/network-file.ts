import { dirname, resolve } from 'node:path';
import { type NetworkYaml, networkSchema } from './network-schema.js';
import { contradictions } from './network-contradictions.js';
import type { ElementSettings, Network, OperatorSettings, SubscriberSettings } from './network.js';
import type { Complaint } from './schema-complaints.js';
import { toAka, toCriteria, toSubscriber, withoutUndefined } from './to-subscriber.js';
import { parseYaml, readYaml } from './yaml-file.js';

export { toAka };

/** Reads and checks a network file. Throws `UserError` with a line a complaint: file, line, column, key, what would be right. */
export function readNetworkFile(file: string): Network {
  return readYaml(file, networkSchema, (yaml) => checkNetwork(yaml, file));
}

/** As `readNetworkFile`, for text; `file` names it in complaints, and relative paths in it start from its folder. */
export function parseNetwork(text: string, file: string): Network {
  return parseYaml(text, file, networkSchema, (yaml) => checkNetwork(yaml, file));
}

/**
 * A network that stands in another file of the user's, checked by `networkSchema` there; relative paths in it start from `folder`. The
 * complaints have paths from the network on. `add` puts in what the other file says of elements, before anything is looked for.
 */
export function networkFrom(
  yaml: NetworkYaml,
  folder: string,
  add: (network: Network) => Network = (network) => network,
): { readonly value: Network; readonly complaints: readonly Complaint[] } {
  const value = add(toNetwork(yaml, folder));
  return { value, complaints: contradictions(value, yaml) };
}

function checkNetwork(yaml: NetworkYaml, file: string): { value: Network; complaints: readonly Complaint[] } {
  return networkFrom(yaml, dirname(file));
}

function toNetwork(yaml: NetworkYaml, folder: string): Network {
  const elements: ElementSettings[] = [];
  const subscribers: SubscriberSettings[] = [];
  const operators: OperatorSettings[] = [];
  for (const [domain, its] of Object.entries(yaml.operators)) {
    const shared = Object.entries(its.sharedFilterCriteria);
    operators.push({
      domain,
      charging: its.charging && withoutUndefined(its.charging),
      trustedDomains: its.trustedDomains,
      sharedFilterCriteria: Object.fromEntries(shared.map(([id, criteria]) => [id, toCriteria(criteria)])),
    });
    for (const [name, { database, application, ...element }] of Object.entries(its.elements)) {
      elements.push({
        name,
        operator: domain,
        ...element,
        ...(database !== undefined && { database: resolve(folder, database) }),
        ...(application !== undefined && { application: resolve(folder, application) }),
      });
    }
    for (const [privateIdentity, subscriber] of Object.entries(its.subscribers)) {
      subscribers.push({ operator: domain, ...toSubscriber(privateIdentity, subscriber) });
    }
  }
  const { profile, auth, dns, collector, tcpAboveBytes } = yaml;
  const numbers = Object.entries(yaml.enum).map(([number, entry]) =>
    typeof entry === 'string' ? { number, uri: entry } : { number, ...entry },
  );
  return {
    profile,
    auth,
    dns,
    elements,
    subscribers,
    operators,
    enum: numbers,
    collector,
    tcpAboveBytes,
  };
}
