import { isUnspecified, type ListeningByName, type Network } from '@ims-sim/element';
import { type Endpoint, prettyEndpoint } from '@ims-sim/host';

/** Whose an endpoint is, for the ends of messages that only the other end reports. */
export interface Names {
  readonly of: (endpoint: Endpoint) => string | undefined;
  listening(listening: ListeningByName): void;
  add(name: string, endpoint: Endpoint): void;
}

export function namesOf(network: Network): Names {
  const byEndpoint = new Map<string, string>();
  const add = (name: string, endpoint: Endpoint | undefined): void => {
    if (endpoint && !isUnspecified(endpoint.address)) {
      byEndpoint.set(prettyEndpoint(endpoint), name);
    }
  };
  add(network.dns.name, network.dns.external?.at ?? network.dns.listen);
  for (const { name, listen, external, addresses } of network.elements) {
    add(name, external?.at ?? listen);
    for (const address of listen ? addresses : []) {
      add(name, { address, port: listen?.port ?? 0 });
    }
  }
  return {
    of: (endpoint) => byEndpoint.get(prettyEndpoint(endpoint)),
    add,
    listening(listening) {
      for (const [name, { sip, diameter, dns, http }] of Object.entries(listening)) {
        add(name, sip);
        add(name, diameter);
        add(name, dns);
        add(name, http);
      }
    },
  };
}
