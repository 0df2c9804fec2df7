import { type ElementStart, operators, type RunningElement } from '@ims-sim/element';
import { startPCscf } from '@ims-sim/p-cscf';
import { bind, elementHost, listenAt, ownSettings } from './element-host.js';
import { TrustedSources } from './trusted-sources.js';

export async function startElement(start: ElementStart): Promise<RunningElement> {
  const { name, network } = start;
  const { host, resolver, sayReady, close } = elementHost(start);
  const own = ownSettings(start);
  const listen = listenAt(own.listen);
  const trusted = new TrustedSources(start);
  const element = await bind(name, listen, () =>
    startPCscf({
      host,
      listen,
      resolver,
      names: [name, ...own.aliases],
      profile: network.profile,
      auth: network.auth === 'none' ? 'none' : 'required',
      protectedPorts: own.protectedPorts,
      homeDomains: operators(network),
      visitedNetwork: own.operator,
      tcpAboveBytes: network.tcpAboveBytes,
      trusted: trusted.has,
    }),
  );
  return {
    listening: { sip: element.listening },
    ready: async () => sayReady(),
    update: (changed, listening) => {
      trusted.update(changed, listening);
    },
    close: async () => {
      await element.close();
      await close();
    },
  };
}
