import { startDnsServer, zonesFor } from '@ims-sim/dns';
import { type ElementStart, type RunningElement, zonesOf } from '@ims-sim/element';
import { bind, elementHost, listenAt } from './element-host.js';

/** The ENUM/DNS element. */
export async function startElement(start: ElementStart): Promise<RunningElement> {
  const { name, network } = start;
  const { host, sayReady, close } = elementHost(start);
  const listen = listenAt(network.dns.listen);
  const server = await bind(name, listen, () =>
    startDnsServer({ host, listen, zones: zonesFor(zonesOf(network, {})) }),
  );
  return {
    listening: { dns: server.listening },
    ready: async () => sayReady(),
    update: (changed, listening) => {
      server.update(zonesFor(zonesOf(changed, listening)));
    },
    close: async () => {
      server.close();
      await close();
    },
  };
}
