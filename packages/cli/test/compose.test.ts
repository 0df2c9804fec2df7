import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { readNetworkFile } from '@ims-sim/element/files';
import { parse } from 'yaml';

interface Service {
  readonly image?: string;
  readonly hostname: string;
  readonly command: readonly string[];
  readonly networks: Readonly<Record<string, { readonly ipv6_address: string }>>;
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal: boolean }>>;
}

const root = (file: string): string => fileURLToPath(new URL(`../../../../${file}`, import.meta.url));
const compose = parse(readFileSync(root('docker-compose.yml'), 'utf8'), { merge: true }) as Compose;
const network = readNetworkFile(root('scenarios/compose-network.yaml'));
const addressesOf = ({ networks }: Service): string[] => Object.values(networks).map((on) => on.ipv6_address);

describe('docker-compose.yml is the network of scenarios/compose-network.yaml', () => {
  const services = new Map(Object.values(compose.services).map((service) => [service.hostname, service]));

  test.each(network.elements.map((element) => [element.name, element] as const))('%s', (name, element) => {
    const service = services.get(name);
    expect(service?.command.slice(0, 2)).toEqual(['element', name]);
    // The network for the DNS and the trace has an address of each, which the DNS gives to nobody.
    const { oam, ...others } = service?.networks ?? {};
    expect(oam).toBeDefined();
    expect(Object.values(others).map((on) => on.ipv6_address)).toEqual(element.addresses);
    expect(Object.keys(others)).toContain(
      element.kind === 'p-cscf' ? name.replace(/\D+(\d).*/, 'access$1') : operatorNetwork(name),
    );
  });

  test('the DNS and the collector are where the network file says', () => {
    expect(addressesOf(services.get('dns.lab') as Service)).toEqual([network.dns.listen?.address]);
    expect(addressesOf(services.get('runner.lab') as Service)).toContain(network.collector?.address);
  });

  test('no operator is on the network of the other, no network leads outside, no address is there twice', () => {
    for (const { hostname, networks } of services.values()) {
      expect(
        Object.keys(networks).filter((on) => on.startsWith('home') && on !== operatorNetwork(hostname)),
      ).toEqual([]);
    }
    expect(Object.values(compose.networks).every(({ internal }) => internal)).toBe(true);
    const all = [...services.values()].flatMap(addressesOf);
    expect(new Set(all).size).toBe(all.length);
  });
});

function operatorNetwork(name: string): string {
  return name.split('.')[1] ?? '';
}
