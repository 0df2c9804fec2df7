import type { DnsDescription, DomainDescription, EnumDescription } from '@ims-sim/dns';
import type { Endpoint } from '@ims-sim/host';
import type { Listening, ListeningByName } from './element.js';
import { type ElementSettings, type EnumSettings, type Network, operators } from './network.js';

const SIP_PORT = 5060;

/** The lab's DNS: the operators' zones and e164.arpa, out of the network file and of where the elements listen. */
export function zonesOf(network: Network, listening: ListeningByName): DnsDescription {
  const dns = listening[network.dns.name]?.dns ?? network.dns.listen;
  return {
    domains: operators(network).map((operator) => domain(network, operator, listening)),
    enum: network.enum.map(enumEntry),
    ttlS: network.dns.ttlS,
    // What is not there yet may come as long as elements choose their ports; then it will not.
    negativeTtlS: network.elements.every(
      ({ name, listen, external }) => listening[name] ?? external ?? listen,
    )
      ? network.dns.ttlS
      : 1,
    ...(dns && { nameServer: { name: network.dns.name, addresses: [dns.address] } }),
  };
}

function domain(network: Network, name: string, listening: ListeningByName): DomainDescription {
  const elements = network.elements.filter(({ operator }) => operator === name);
  const at = (element: ElementSettings): Listening => listening[element.name] ?? fixed(element);
  return {
    name,
    hosts: elements.flatMap((element) =>
      [element.name, ...element.aliases].map((hostName) => host(hostName, element, at(element))),
    ),
    // An initial request for a domain goes to its I-CSCF (TS 23.228 4.6.2).
    sipServers: elements
      .filter(({ kind }) => kind === 'i-cscf')
      .flatMap((element) => {
        const { port } = at(element).sip ?? { port: SIP_PORT };
        return [
          { transport: 'udp' as const, target: element.name, port },
          { transport: 'tcp' as const, target: element.name, port, priority: 1 },
        ];
      }),
  };
}

function fixed({ kind, listen, external }: ElementSettings): Listening {
  const at = external?.at ?? listen;
  return kind === 'hss' ? { diameter: at } : { sip: at };
}

/** SRV where the port is not the protocol's own (RFC 3263 4.2): on one machine the ports differ, in containers they do not. */
function host(
  name: string,
  element: ElementSettings,
  { sip, diameter }: Listening,
): NonNullable<DomainDescription['hosts']>[number] {
  const bound = [...new Set([sip, diameter].flatMap((endpoint) => (endpoint ? [endpoint.address] : [])))];
  const addresses = element.addresses.length > 0 ? element.addresses : bound;
  const srv = [
    ...(sip && sip.port !== SIP_PORT ? sipServices(sip) : []),
    ...(diameter ? [{ service: '_diameter._tcp', port: diameter.port }] : []),
  ];
  return { name, addresses, srv };
}

function sipServices({ port }: Endpoint): { service: string; port: number }[] {
  return [
    { service: '_sip._udp', port },
    { service: '_sip._tcp', port },
  ];
}

function enumEntry({ number, uri, regexp }: EnumSettings): EnumDescription {
  const target = regexp === undefined ? { uri: uri ?? '' } : { regexp };
  return number.endsWith('*') ? { prefix: number.slice(0, -1), ...target } : { number, ...target };
}
