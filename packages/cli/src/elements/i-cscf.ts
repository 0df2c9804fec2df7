import { type ElementStart, elementsOf, type RunningElement, trustDomainOf } from '@ims-sim/element';
import { startICscf } from '@ims-sim/i-cscf';
import { cxPeer } from './cx-peer.js';
import { bind, type ElementHost, listenAt, ownSettings } from './element-host.js';
import { TrustedSources } from './trusted-sources.js';

export async function startElement(start: ElementStart, world: ElementHost): Promise<RunningElement> {
  const { name, network } = start;
  const { host, resolver } = world;
  const own = ownSettings(start);
  const listen = listenAt(own.listen);
  // The edge of the trust domain: what comes from beyond it, another operator's included, is believed in nothing.
  const trusted = new TrustedSources(start, trustDomainOf(network, own.operator));
  const { node, cx, ready, othersListen } = await cxPeer(world, start, own.operator);
  const element = await bind(name, listen, () =>
    startICscf({
      host,
      listen,
      resolver,
      cx,
      trusted: trusted.has,
      names: [name, ...own.aliases],
      viaName: own.viaName,
      profile: network.profile,
      domain: own.operator,
      tcpAboveBytes: network.tcpAboveBytes,
      sCscfs: elementsOf(network, own.operator, 's-cscf').map((s) => ({
        name: s.name,
        capabilities: s.capabilities,
      })),
    }),
  );
  return {
    listening: { sip: element.listening },
    ready,
    update: (changed, listening) => {
      trusted.update(changed, listening);
      othersListen();
    },
    tables: () => ({ ...element.tables(), pendingCx: node.pending }),
    close: async () => {
      await element.close();
      await node.close();
    },
  };
}
