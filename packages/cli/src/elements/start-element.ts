import type { ElementCommand, ElementStart, RunningElement } from '@ims-sim/element';
import { type ElementHost, elementHost } from './element-host.js';
import type { Surroundings } from './surroundings.js';

/** What a kind of element does with the host that it is given; what all have in common is done by `startOn`. */
export type BeginElement = (start: ElementStart, world: ElementHost) => Promise<RunningElement>;

/** Starts an element in these surroundings. Rejects as `begin` does. */
export async function startOn(
  begin: BeginElement,
  start: ElementStart,
  surroundings: Surroundings,
): Promise<RunningElement> {
  const world = elementHost(start, surroundings);
  if (start.replaces !== undefined) {
    world.host.trace.decision({ clause: '', text: `started again; before: ${start.replaces}` });
  }
  const element = await begin(start, world);
  return {
    listening: element.listening,
    ready: async () => {
      await element.ready();
      surroundings.sayReady();
    },
    update: (network, listening) => {
      world.places.update(network, listening);
      element.update?.(network, listening);
    },
    ask: element.ask,
    command: async (command) => {
      if (command.kind === 'faults') {
        world.faults?.set(command);
        return world.faults === undefined
          ? `${start.name} takes no faults: no runner has started it`
          : undefined;
      }
      return element.command === undefined ? unknownTo(start.name, command) : element.command(command);
    },
    tables: () => element.tables?.() ?? {},
    close: async () => {
      await element.close();
      await world.close();
    },
  };
}

/** Why an element cannot do what it was told. */
export function unknownTo(name: string, { kind }: ElementCommand): string {
  return `${name} knows no command ${kind}: an S-CSCF does`;
}
