import type { ElementStart, ListeningByName, Network } from '@ims-sim/element';
import { isLoopback } from '@ims-sim/host';
import type { Source } from '@ims-sim/sip';

/**
 * The trust domain (TS 24.229 4.4): the elements of the network file, by address and port over UDP, by address over TCP, where
 * the port of who connects says nothing. On a loopback address that would be every process of the machine, so TCP from there is
 * trusted only in a network whose elements use it (`tcpAboveBytes`).
 */
export class TrustedSources {
  readonly #endpoints = new Set<string>();
  readonly #addresses = new Set<string>();
  readonly #operators: readonly string[] | undefined;

  /** `operators`: whose elements; undefined: whoever's of the file. */
  constructor({ network }: ElementStart, operators?: readonly string[]) {
    this.#operators = operators;
    this.update(network, {});
  }

  update(network: Network, listening: ListeningByName): void {
    for (const { name, operator, listen, external, addresses } of network.elements) {
      if (this.#operators?.includes(operator) === false) {
        continue;
      }
      const endpoint = listening[name]?.sip ?? external?.at ?? listen;
      for (const address of endpoint ? [...addresses, endpoint.address] : []) {
        this.#endpoints.add(`${address} ${endpoint?.port ?? 0}`);
        if (network.tcpAboveBytes !== undefined || !isLoopback(address)) {
          this.#addresses.add(address);
        }
      }
    }
  }

  readonly has = ({ transport, remote }: Pick<Source, 'transport' | 'remote'>): boolean =>
    transport === 'UDP'
      ? this.#endpoints.has(`${remote.address} ${remote.port}`)
      : this.#addresses.has(remote.address);
}
