import {
  type ApplicationDefinition,
  type DiameterNode,
  type DiameterNodeOptions,
  startDiameterNode,
} from '@ims-sim/diameter';
import type { Resolver } from '@ims-sim/dns';
import { type ElementStart, elementsOf } from '@ims-sim/element';
import type { Endpoint } from '@ims-sim/host';
import type { ElementHost } from './element-host.js';

const DIAMETER_PORT = 3868;

/** An element's connections to the HSSs of its operator. */
export interface HssPeer {
  readonly node: DiameterNode;
  /** Resolves once its HSSs answer; somebody else's are not waited for. */
  ready(): Promise<void>;
  /** The HSSs can be found now. */
  othersListen(): void;
}

/** Connects to the HSSs of `operator`, for one application; `onRequest` answers what they ask. */
export async function hssPeer(
  { host, resolver, surroundings: { watchdogMs } }: ElementHost,
  { name, network, waitsForOthers }: ElementStart,
  operator: string,
  application: ApplicationDefinition,
  onRequest?: DiameterNodeOptions['onRequest'],
): Promise<HssPeer> {
  let othersListen: () => void = () => undefined;
  const known = waitsForOthers ? new Promise<void>((resolve) => (othersListen = resolve)) : Promise.resolve();
  const hsss = elementsOf(network, operator, 'hss');
  const node = await startDiameterNode({
    host,
    originHost: name,
    originRealm: operator,
    applications: [application],
    resolvePeer: (hostName) => locatePeer(resolver, hostName), // where a redirect agent points
    ...(onRequest && { onRequest }),
    ...(watchdogMs !== undefined && { watchdogMs }),
    peers: hsss.map((hss) => ({
      host: hss.name,
      realm: operator,
      connect: () => known.then(() => locatePeer(resolver, hss.name)),
    })),
  });
  return {
    node,
    ready: () => (hsss.some(({ external }) => external) ? Promise.resolve() : node.ready()),
    othersListen,
  };
}

/** RFC 6733 5.2, for a peer whose name is known: its SRV record where the port is not 3868, then its addresses. */
async function locatePeer(resolver: Resolver, hostName: string): Promise<Endpoint[]> {
  const services = await resolver.resolve(`_diameter._tcp.${hostName}`, 'SRV');
  const targets =
    services.kind === 'records'
      ? [...services.records].sort((a, b) => a.priority - b.priority)
      : [{ target: hostName, port: DIAMETER_PORT }];
  const endpoints: Endpoint[] = [];
  for (const { target, port } of targets) {
    for (const type of ['A', 'AAAA'] as const) {
      const answer = await resolver.resolve(target, type);
      endpoints.push(
        ...(answer.kind === 'records' ? answer.records.map(({ address }) => ({ address, port })) : []),
      );
    }
  }
  return endpoints;
}
