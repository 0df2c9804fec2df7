import { dirname, resolve } from 'node:path';
import { type NetworkYaml, networkSchema } from './network-schema.js';
import { type ElementSettings, isUnspecified, type Network, type SubscriberSettings } from './network.js';
import { toTriggerPoint } from './trigger-schema.js';
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
  for (const [operator, its] of Object.entries(yaml.operators)) {
    for (const [name, { database, ...element }] of Object.entries(its.elements)) {
      elements.push({
        name,
        operator,
        ...element,
        ...(database !== undefined && { database: resolve(folder, database) }),
      });
    }
    for (const [privateIdentity, subscriber] of Object.entries(its.subscribers)) {
      subscribers.push({
        operator,
        privateIdentity,
        publicIdentities: subscriber.publicIdentities.map((entry) =>
          typeof entry === 'string' ? { identity: entry, barred: false } : entry,
        ),
        visitedNetworks: subscriber.visitedNetworks,
        initialFilterCriteria: subscriber.initialFilterCriteria.map((criteria) => ({
          priority: criteria.priority,
          applicationServer: {
            serverName: criteria.applicationServer,
            defaultHandling: criteria.defaultHandling,
            ...(criteria.serviceInfo !== undefined && { serviceInfo: criteria.serviceInfo }),
          },
          ...(criteria.when && { triggerPoint: toTriggerPoint(criteria.when) }),
          ...(criteria.profilePartIndicator && { profilePartIndicator: criteria.profilePartIndicator }),
        })),
        presence: subscriber.presence,
      });
    }
  }
  const { profile, auth, dns, collector, tcpAboveBytes } = yaml;
  const numbers = Object.entries(yaml.enum).map(([number, entry]) =>
    typeof entry === 'string' ? { number, uri: entry } : { number, ...entry },
  );
  return { profile, auth, dns, elements, subscribers, enum: numbers, collector, tcpAboveBytes };
}

/** What a schema cannot see: names and addresses taken twice, an operator without what its users need. */
function contradictions(network: Network, yaml: NetworkYaml): Complaint[] {
  const found: Complaint[] = [];
  const names = new Map<string, string>([[network.dns.name, 'dns']]);
  const addresses = new Map<string, string>();
  for (const element of network.elements) {
    const path = ['operators', element.operator, 'elements', element.name];
    for (const name of [element.name, ...element.aliases]) {
      const taken = names.get(name);
      if (taken !== undefined) {
        found.push({ path, text: `the name ${name} is already that of ${taken}` });
      }
      names.set(name, element.name);
    }
    if (
      element.viaName !== undefined &&
      element.viaName !== element.name &&
      !element.aliases.includes(element.viaName)
    ) {
      found.push({ path: [...path, 'viaName'], text: `expected its name or one of its aliases` });
    }
    if (element.listen && isUnspecified(element.listen.address) && element.addresses.length === 0) {
      found.push({
        path: [...path, 'listen'],
        text: 'all addresses: say in `addresses` which of them the DNS is to give',
      });
    }
    if (element.listen && !isUnspecified(element.listen.address)) {
      const key = `${element.listen.address} ${element.listen.port}`;
      const taken = addresses.get(key);
      if (taken !== undefined) {
        found.push({
          path: [...path, 'listen'],
          text: `this address and port are already those of ${taken}`,
        });
      }
      addresses.set(key, element.name);
    }
  }
  for (const operator of Object.keys(yaml.operators)) {
    found.push(...missingParts(network, operator));
  }
  return found;
}

function missingParts(network: Network, operator: string): Complaint[] {
  const kinds = new Set(network.elements.filter((e) => e.operator === operator).map((e) => e.kind));
  const path = ['operators', operator, 'elements'];
  const found: Complaint[] = [];
  for (const kind of ['i-cscf', 's-cscf'] as const) {
    if (kinds.has(kind) && !kinds.has('hss')) {
      found.push({
        path,
        text: `an ${kind === 'i-cscf' ? 'I' : 'S'}-CSCF needs an HSS in its operator: add one of kind hss`,
      });
    }
  }
  if (kinds.has('p-cscf') && !kinds.has('i-cscf')) {
    found.push({
      path,
      text: 'a registration goes to the I-CSCF of the home operator: add one of kind i-cscf',
    });
  }
  return found;
}
