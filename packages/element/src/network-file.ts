import { dirname, resolve } from 'node:path';
import { type NetworkYaml, networkSchema } from './network-schema.js';
import { contradictions } from './network-contradictions.js';
import type { ElementSettings, Network, OperatorSettings, SubscriberSettings } from './network.js';
import { toCriteria, toSubscriber, withoutUndefined } from './to-subscriber.js';
import { type Complaint, parseYaml, readYaml } from './yaml-file.js';

/** Reads and checks a network file. Throws `UserError` with a line a complaint: file, line, column, key, what would be right. */
export function readNetworkFile(file: string): Network {
  return readYaml(file, networkSchema, (yaml) => checkNetwork(yaml, file));
}

/** As `readNetworkFile`, for text; `file` names it in complaints, and relative paths in it start from its folder. */
export function parseNetwork(text: string, file: string): Network {
  return parseYaml(text, file, networkSchema, (yaml) => checkNetwork(yaml, file));
}

function checkNetwork(yaml: NetworkYaml, file: string): { value: Network; complaints: Complaint[] } {
  const value = toNetwork(yaml, dirname(file));
  return { value, complaints: contradictions(value, yaml) };
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
    for (const [name, { database, ...element }] of Object.entries(its.elements)) {
      elements.push({
        name,
        operator: domain,
        ...element,
        ...(database !== undefined && { database: resolve(folder, database) }),
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
