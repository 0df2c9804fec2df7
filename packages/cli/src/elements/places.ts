import type { Listening, ListeningByName, Network } from '@ims-sim/element';
import { type Endpoint, prettyEndpoint } from '@ims-sim/host';

/** Whose an endpoint is, as far as an element was told: by the network file, and by who has started it. */
export class Places {
  #byEndpoint = new Map<string, string>();

  constructor(network: Network) {
    this.update(network, {});
  }

  update({ dns, elements }: Network, listening: ListeningByName): void {
    const byEndpoint = new Map<string, string>();
    const add = (name: string, endpoint: Endpoint | undefined): void => {
      if (endpoint !== undefined) {
        byEndpoint.set(prettyEndpoint(endpoint), name);
      }
    };
    add(dns.name, dns.external?.at ?? dns.listen);
    for (const { name, listen, external, addresses } of elements) {
      add(name, external?.at ?? listen);
      for (const address of addresses) {
        add(name, { address, port: listen?.port ?? external?.at.port ?? 0 });
      }
    }
    for (const [name, sockets] of Object.entries<Listening>(listening)) {
      add(name, sockets.sip);
      add(name, sockets.diameter);
      add(name, sockets.dns);
    }
    this.#byEndpoint = byEndpoint;
  }

  readonly nameOf = (endpoint: Endpoint): string | undefined =>
    this.#byEndpoint.get(prettyEndpoint(endpoint));
}
