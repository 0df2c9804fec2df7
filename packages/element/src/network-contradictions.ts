import type { NetworkYaml } from './network-schema.js';
import { type ElementSettings, isUnspecified, type Network } from './network.js';
import { subscriberContradictions } from './subscriber-contradictions.js';
import type { Complaint } from './yaml-file.js';

/** What a schema cannot see: names and addresses taken twice, an operator without what its users need. */
export function contradictions(network: Network, yaml: NetworkYaml): Complaint[] {
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
    found.push(...oddSettings(element, path));
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
    found.push(...missingParts(network, operator), ...unknownOperators(network, operator));
  }
  return [...found, ...subscriberContradictions(network)];
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
  // A visited network may have nothing but a P-CSCF.
  if (kinds.has('p-cscf') && !network.elements.some(({ kind }) => kind === 'i-cscf')) {
    found.push({
      path,
      text: 'a registration goes to the I-CSCF of the home operator: add one of kind i-cscf',
    });
  }
  return found;
}

function unknownOperators({ operators }: Network, operator: string): Complaint[] {
  const domains = operators.map(({ domain }) => domain);
  const trusted = operators.find(({ domain }) => domain === operator)?.trustedDomains ?? [];
  return trusted
    .filter((domain) => !domains.includes(domain))
    .map((domain) => ({
      path: ['operators', operator, 'trustedDomains'],
      text: `there is no operator ${domain}; there are: ${domains.join(', ')}`,
    }));
}

/** Settings that another kind of element has, or that exclude each other. */
function oddSettings(element: ElementSettings, path: readonly string[]): Complaint[] {
  const found: Complaint[] = [];
  const { kind, external, listen, provisioning, database, postgresql, protectedPorts } = element;
  if (external && listen) {
    found.push({ path: [...path, 'listen'], text: '`external` says where it is: leave `listen` out' });
  }
  if (external && (kind === 'hss') !== (external.transport === 'tcp')) {
    const right = kind === 'hss' ? 'tcp: Diameter is spoken over TCP' : 'udp: it is called over UDP first';
    found.push({ path: [...path, 'external'], text: `expected ${right}` });
  }
  if (database !== undefined && postgresql !== undefined) {
    found.push({ path: [...path, 'postgresql'], text: 'expected one of database and postgresql' });
  }
  const ofHss = { provisioning, database, postgresql, acceptsAnyPeer: element.acceptsAnyPeer };
  for (const [key, value] of Object.entries(ofHss)) {
    if (value !== undefined && kind !== 'hss') {
      found.push({ path: [...path, key], text: 'only an hss has it' });
    }
  }
  if (protectedPorts && kind !== 'p-cscf') {
    found.push({ path: [...path, 'protectedPorts'], text: 'only a p-cscf has it' });
  }
  if (provisioning?.listen && !isLoopback(provisioning.listen.address) && provisioning.token === undefined) {
    found.push({
      path: [...path, 'provisioning', 'listen'],
      text: 'beyond the loopback address it needs a `token`',
    });
  }
  return found;
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
