import { opcFrom } from '@ims-sim/auth';
import type { InitialFilterCriteria } from '@ims-sim/cx';
import type { ImplicitSetSettings, PrivateIdentitySettings, SubscriberSettings } from './network.js';
import type { CriteriaYaml, SubscriberYaml } from './subscriber-schema.js';
import { toTriggerPoint } from './trigger-schema.js';

/** A subscriber as the network file has it, in the form that elements are given. */
export function toSubscriber(
  privateIdentity: string,
  subscriber: SubscriberYaml,
): Omit<SubscriberSettings, 'operator'> {
  return {
    privateIdentities: [
      toPrivateIdentity(privateIdentity, subscriber),
      ...Object.entries(subscriber.alsoPrivateIdentities).map(([identity, its]) =>
        toPrivateIdentity(identity, its),
      ),
    ],
    implicitSets: [toImplicitSet(subscriber), ...subscriber.moreImplicitSets.map(toImplicitSet)],
    capabilities: subscriber.capabilities,
    serverNames: subscriber.serverNames,
    presence: subscriber.presence,
  };
}

export function toCriteria(criteria: CriteriaYaml): InitialFilterCriteria[] {
  return criteria.map(
    ({ priority, when, applicationServer, defaultHandling, profilePartIndicator, ...server }) => ({
      priority,
      applicationServer: {
        serverName: applicationServer,
        defaultHandling,
        ...withoutUndefined({
          serviceInfo: server.serviceInfo,
          includeRegisterRequest: server.includeRegisterRequest,
          includeRegisterResponse: server.includeRegisterResponse,
        }),
      },
      ...(when && { triggerPoint: toTriggerPoint(when) }),
      ...(profilePartIndicator && { profilePartIndicator }),
    }),
  );
}

function toPrivateIdentity(
  identity: string,
  { aka, digest }: Pick<SubscriberYaml, 'aka' | 'digest'>,
): PrivateIdentitySettings {
  return { identity, aka: aka && toAka(aka), digest };
}

/** The keys in the form that elements are given: OPc, made of OP where the file has that. */
export function toAka({ k, opc, op, amf, algorithm }: NonNullable<SubscriberYaml['aka']>) {
  const made = (): string => opcFrom(Buffer.from(k, 'hex'), Buffer.from(op ?? '', 'hex')).toString('hex');
  return { k, opc: opc ?? made(), amf, algorithm };
}

type ImplicitSetYaml = SubscriberYaml['moreImplicitSets'][number];

function toImplicitSet(its: ImplicitSetYaml): ImplicitSetSettings {
  const identities = its.publicIdentities.map((entry) =>
    typeof entry === 'string' ? { identity: entry, barred: false } : entry,
  );
  return {
    publicIdentities: identities as unknown as ImplicitSetSettings['publicIdentities'], // the schema wants one at least
    visitedNetworks: its.visitedNetworks,
    initialFilterCriteria: toCriteria(its.initialFilterCriteria),
    sharedIfcSetIds: its.sharedFilterCriteria,
    applicationServer: its.applicationServer,
  };
}

/** The entries that are there: an absent key is absent, not `undefined`. */
export function withoutUndefined<T extends object>(object: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const there = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(there) as { [K in keyof T]?: NonNullable<T[K]> };
}
