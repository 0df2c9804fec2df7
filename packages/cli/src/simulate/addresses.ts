import { isIP } from 'node:net';
import { canonicalAddress } from '@ims-sim/host';

/** The IP addresses of a simulated network: each name has one, and each is of one name. */
export class Addresses {
  readonly #family: 4 | 6;
  readonly #byName = new Map<string, string>();
  readonly #byAddress = new Map<string, string>();
  #last = 0;

  /** `wanted`: the addresses that actors are to have; all are of one family, as nobody could reach the other one. */
  constructor(wanted: ReadonlyMap<string, string> = new Map()) {
    const addresses = [...wanted].map(([name, address]) => [name, canonicalAddress(address)] as const);
    this.#family = addresses.some(([, address]) => isIP(address) === 6) ? 6 : 4;
    for (const [name, address] of addresses) {
      if (isIP(address) === this.#family && !this.#byAddress.has(address)) {
        this.#set(name, address);
      }
    }
  }

  /** The address of a host or an actor; a new one where it has none yet. */
  of(name: string): string {
    const known = this.#byName.get(name);
    if (known !== undefined) {
      return known;
    }
    let address: string;
    do {
      this.#last++;
      address =
        this.#family === 6
          ? `fd00::${this.#last.toString(16)}`
          : `10.${this.#last >> 16}.${(this.#last >> 8) & 255}.${this.#last & 255}`;
    } while (this.#byAddress.has(address));
    return this.#set(name, address);
  }

  nameAt(address: string): string | undefined {
    return this.#byAddress.get(address) ?? this.#byAddress.get(canonicalAddress(address));
  }

  #set(name: string, address: string): string {
    this.#byName.set(name, address);
    this.#byAddress.set(address, name);
    return address;
  }
}
