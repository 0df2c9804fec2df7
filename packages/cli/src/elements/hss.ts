import { join } from 'node:path';
import { type ElementStart, elementsOf, type RunningElement } from '@ims-sim/element';
import { startHss } from '@ims-sim/hss';
import { bind, elementHost, listenAt, ownSettings } from './element-host.js';

export async function startElement(start: ElementStart): Promise<RunningElement> {
  const { name, network, stateFolder } = start;
  const { host, sayReady, close } = elementHost(start);
  const own = ownSettings(start);
  const listen = listenAt(own.listen);
  const element = await bind(name, listen, () =>
    startHss({
      host,
      listen,
      originRealm: own.operator,
      clients: (['i-cscf', 's-cscf'] as const).flatMap((kind) =>
        elementsOf(network, own.operator, kind).map((cscf) => cscf.name),
      ),
      subscribers: network.subscribers
        .filter(({ operator }) => operator === own.operator)
        .map((subscriber) => ({
          ...subscriber,
          visitedNetworks: [own.operator, ...subscriber.visitedNetworks],
        })),
      databasePath: own.database ?? join(stateFolder, `${name}.json`),
    }),
  );
  return {
    listening: { diameter: element.listening },
    ready: async () => sayReady(),
    close: async () => {
      await element.close();
      await close();
    },
  };
}
