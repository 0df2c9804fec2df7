import type { NetworkYaml } from './network-schema.js';
import { oddSettings } from './element-contradictions.js';
import { elementsOf, isUnspecified, type Network, unplacedElements } from './network.js';
import { sharedContradictions } from './service-contradictions.js';
import { subscriberContradictions } from './subscriber-contradictions.js';
import type { Complaint } from './schema-complaints.js';

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
    const sockets = { listen: element.listen, provisioning: element.provisioning?.listen };
    for (const [key, endpoint] of Object.entries(sockets)) {
      if (endpoint && !isUnspecified(endpoint.address)) {
        const at = `${endpoint.address} ${endpoint.port}`;
        const taken = addresses.get(at);
        if (taken !== undefined) {
          const text = `this address and port are already those of ${taken}`;
          found.push({ path: [...path, key], text });
        }
        addresses.set(at, element.name);
      }
    }
  }
  for (const operator of Object.keys(yaml.operators)) {
    found.push(...missingParts(network, operator), ...unknownOperators(network, operator));
  }
  for (const operator of network.operators) {
    found.push(...sharedContradictions(operator, network));
  }
  return [...found, ...ofDns(network), ...subscriberContradictions(network)];
}

function ofDns(network: Network): Complaint[] {
  const { external, listen, name } = network.dns;
  const path = ['dns'];
  return [
    ...(external && listen
      ? [{ path: [...path, 'listen'], text: '`external` says where it is: leave `listen` out' }]
      : []),
    ...(external?.transport === 'tcp'
      ? [{ path: [...path, 'external'], text: 'expected udp: it is asked over UDP first' }]
      : []),
    ...unplacedElements(network).map((element) => ({
      path: ['operators', element.operator, 'elements', element.name],
      text: `expected \`listen\`: ${name} is external, and cannot be told of a port that is found when it starts`,
    })),
  ];
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
  if (kinds.has('i-cscf') && elementsOf(network, operator, 's-cscf').length === 0) {
    found.push({ path, text: 'an I-CSCF needs an S-CSCF to send users to: add one of kind s-cscf' });
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
