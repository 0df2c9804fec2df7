import { type ElementStart, type ListeningByName, type Network } from '@ims-sim/element';
import type { Source } from '@ims-sim/sip';

/**
 * The trust domain as a P-CSCF knows it (TS 24.229 4.4): the elements of the network file, by address and port over UDP, by
 * address over TCP, where the port of who connects says nothing.
 */
export class TrustedSources {
  readonly #endpoints = new Set<string>();
  readonly #addresses = new Set<string>();

  constructor({ network }: ElementStart) {
    this.update(network, {});
  }

  update(network: Network, listening: ListeningByName): void {
    for (const { name, listen, addresses } of network.elements) {
      const endpoint = listening[name]?.sip ?? listen;
      for (const address of endpoint ? [...addresses, endpoint.address] : []) {
        this.#endpoints.add(`${address} ${endpoint?.port ?? 0}`);
        this.#addresses.add(address);
      }
    }
  }

  readonly has = ({ transport, remote }: Source): boolean =>
    transport === 'UDP'
      ? this.#endpoints.has(`${remote.address} ${remote.port}`)
      : this.#addresses.has(remote.address);
}
