import type { NetworkYaml } from './network-schema.js';
import { isUnspecified, type Network } from './network.js';
import { settingContradictions } from './setting-contradictions.js';
import { criteriaContradictions, subscriberContradictions } from './subscriber-contradictions.js';
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
    found.push(...settingContradictions(element, path));
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
  for (const { domain, sharedFilterCriteria } of network.operators) {
    const path = ['operators', domain, 'sharedFilterCriteria'];
    found.push(...criteriaContradictions(Object.values(sharedFilterCriteria), path, network));
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
  if (kinds.has('i-cscf') && !kinds.has('s-cscf')) {
    found.push({ path, text: 'an I-CSCF needs an S-CSCF in its operator: add one of kind s-cscf' });
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
