import { startDnsServer, zonesFor } from '@ims-sim/dns';
import { type ElementStart, type RunningElement, zonesOf } from '@ims-sim/element';
import { bind, type ElementHost, listenAt } from './element-host.js';

/** The ENUM/DNS element. */
export async function startElement(start: ElementStart, world: ElementHost): Promise<RunningElement> {
  const { name, network } = start;
  const { host } = world;
  const listen = listenAt(network.dns.listen);
  const server = await bind(name, listen, () =>
    startDnsServer({ host, listen, zones: zonesFor(zonesOf(network, {})) }),
  );
  return {
    listening: { dns: server.listening },
    ready: () => Promise.resolve(),
    update: (changed, listening) => {
      server.update(zonesFor(zonesOf(changed, listening)));
    },
    close: async () => {
      server.close();
    },
  };
}
