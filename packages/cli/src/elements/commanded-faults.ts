import type { ElementCommand } from '@ims-sim/element';
import { faultyHost } from '@ims-sim/faults';
import { type Endpoint, type Host, type Random, seededRandom } from '@ims-sim/host';

/** A host whose faults somebody sets as it runs. */
export interface FaultsOfHost {
  readonly host: Host;
  set(command: Extract<ElementCommand, { kind: 'faults' }>): void;
}

/** `nameOf`: for rules that name the receiver. */
export function commandedFaults(
  host: Host,
  nameOf: (endpoint: Endpoint) => string | undefined,
): FaultsOfHost {
  let chance: Random | undefined;
  const random: Random = { uint32: () => chance?.uint32() ?? 0 };
  const faulty = faultyHost(host, { nameOf, random });
  return {
    host: faulty.host,
    set: ({ rules, seed }) => {
      chance = seededRandom(`${seed} ${host.name} faults`);
      faulty.set(rules);
    },
  };
}
