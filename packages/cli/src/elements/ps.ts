import { copyEnvironment } from '@ims-sim/drachtio';
import type { ElementStart, RunningElement } from '@ims-sim/element';
import { startPs } from '@ims-sim/ps';
import { bind, type ElementHost, listenAt, ownSettings } from './element-host.js';
import { shPeer } from './sh-peer.js';
import { TrustedSources } from './trusted-sources.js';

export async function startElement(start: ElementStart, world: ElementHost): Promise<RunningElement> {
  copyEnvironment(); // drachtio-srf reads process.env at every header, which asks the C library each time
  const { name, network } = start;
  const { host, resolver } = world;
  const own = ownSettings(start);
  const listen = listenAt(own.listen);
  const trusted = new TrustedSources(start);
  const peer = await shPeer(world, start, own.operator);
  const element = await bind(name, listen, () =>
    startPs({
      host,
      sh: peer?.sh,
      profile: network.profile,
      domain: own.operator,
      trusted: trusted.has,
      endpoint: {
        kind: 'built-in',
        listen,
        resolver,
        tcpAboveBytes: network.tcpAboveBytes,
        initialCSeq: own.firstNotifyCSeq,
        requestHandlers: own.requestHandlers,
      },
      minExpiresS: own.minExpiresS,
      maxExpiresS: own.maxExpiresS,
      presentities: network.subscribers
        .filter(({ operator, presence }) => operator === own.operator && presence !== undefined)
        .map(({ implicitSets, presence }) => ({
          identities: implicitSets
            .flatMap(({ publicIdentities }) => publicIdentities)
            .flatMap(({ identity, barred }) => (barred ? [] : [identity])),
          rules: presence ?? { default: 'confirm', rules: [] },
        })),
    }),
  );
  peer?.serve(element.shNotifications);
  return {
    listening: { sip: element.listening ?? listen },
    ready: async () => peer?.ready(),
    update: (changed, listening) => {
      trusted.update(changed, listening);
      peer?.othersListen();
    },
    tables: () => ({ ...element.tables(), pendingSh: peer?.node.pending ?? 0 }),
    close: async () => {
      await element.close();
      await peer?.node.close();
    },
  };
}
