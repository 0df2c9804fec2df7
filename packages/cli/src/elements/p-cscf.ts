import { type ElementStart, operators, type RunningElement } from '@ims-sim/element';
import { startPCscf } from '@ims-sim/p-cscf';
import { bind, type ElementHost, listenAt, ownSettings } from './element-host.js';
import { TrustedSources } from './trusted-sources.js';

export async function startElement(start: ElementStart, world: ElementHost): Promise<RunningElement> {
  const { name, network } = start;
  const { host, resolver } = world;
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
    ready: () => Promise.resolve(),
    update: (changed, listening) => {
      trusted.update(changed, listening);
    },
    tables: () => element.tables(),
    close: async () => {
      await element.close();
    },
  };
}
