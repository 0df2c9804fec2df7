import { cxPushHandler } from '@ims-sim/cx';
import { avpOf, base, type IncomingRequest, type OutgoingAnswer, resultCode } from '@ims-sim/diameter';
import { type ElementStart, type RunningElement, trustDomainOf } from '@ims-sim/element';
import { startSCscf } from '@ims-sim/s-cscf';
import { cxPeer } from './cx-peer.js';
import { bind, type ElementHost, listenAt, ownSettings } from './element-host.js';
import { unknownTo } from './start-element.js';
import { TrustedSources } from './trusted-sources.js';

/** RFC 6733 7.1.3: before this S-CSCF serves, the HSS may try again. */
const NOT_YET: OutgoingAnswer = { avps: [avpOf(base.resultCode, resultCode.TOO_BUSY)] };

export async function startElement(start: ElementStart, world: ElementHost): Promise<RunningElement> {
  const { name, network } = start;
  const { host, resolver } = world;
  const own = ownSettings(start);
  const listen = listenAt(own.listen);
  const trusted = new TrustedSources(start);
  // RTR and PPR come from the HSS once it is connected, which the S-CSCF's start does not wait for.
  let push: (request: IncomingRequest) => ReturnType<ReturnType<typeof cxPushHandler>> = () => NOT_YET;
  const { node, cx, ready, othersListen } = await cxPeer(world, start, own.operator, (request) =>
    push(request),
  );
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
      trustedDomains: trustDomainOf(network, own.operator),
      tcpAboveBytes: network.tcpAboveBytes,
      auth: network.auth === 'none' ? 'none' : 'required',
      sharedFilterCriteria:
        network.operators.find(({ domain }) => domain === own.operator)?.sharedFilterCriteria ?? {},
      registrar: {
        ...(own.minRegistrationS !== undefined && { minExpiresS: own.minRegistrationS }),
        ...(own.maxRegistrationS !== undefined && { maxExpiresS: own.maxRegistrationS }),
      },
    }),
  );
  push = cxPushHandler(element.cx);
  return {
    listening: { sip: element.listening },
    ready,
    update: (changed, listening) => {
      trusted.update(changed, listening);
      othersListen();
    },
    command: async (command) =>
      command.kind === 'deregister' || command.kind === 'reauthenticate'
        ? element.command(command)
        : unknownTo(name, command),
    tables: () => ({ ...element.tables(), pendingCx: node.pending }),
    close: async () => {
      await element.close();
      await node.close();
    },
  };
}
