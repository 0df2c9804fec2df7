import type { ElementStart, RunningElement } from '@ims-sim/element';
import { startSCscf } from '@ims-sim/s-cscf';
import { cxPeer } from './cx-peer.js';
import { bind, elementHost, listenAt, ownSettings } from './element-host.js';
import { TrustedSources } from './trusted-sources.js';

export async function startElement(start: ElementStart): Promise<RunningElement> {
  const { name, network } = start;
  const { host, resolver, sayReady, close } = elementHost(start);
  const own = ownSettings(start);
  const listen = listenAt(own.listen);
  const trusted = new TrustedSources(start);
  const { node, cx, othersListen } = await cxPeer(host, resolver, start, own.operator);
  const element = await bind(name, listen, () =>
    startSCscf({
      host,
      listen,
      resolver,
      cx,
      trusted: trusted.has,
      names: [name, ...own.aliases],
      profile: network.profile,
      domain: own.operator,
      tcpAboveBytes: network.tcpAboveBytes,
    }),
  );
  return {
    listening: { sip: element.listening },
    ready: () => node.ready().then(sayReady),
    update: (changed, listening) => {
      trusted.update(changed, listening);
      othersListen();
    },
    close: async () => {
      await element.close();
      await node.close();
      await close();
    },
  };
}
