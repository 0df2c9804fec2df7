import { elementsOf, parseXml, rawTextOf, textOf, type XmlElement, type XmlLimits } from '@ims-sim/xml';
import type {
  ApplicationServer,
  CoreNetworkServicesAuthorization,
  InitialFilterCriteria,
  PublicIdentity,
  ServicePointTrigger,
  ServiceProfile,
  TriggerPoint,
  UserProfile,
} from './user-profile-types.js';
import {
  defaultHandlings,
  identityTypes,
  profileParts,
  registrationTypes,
  servicePriorityLevels,
  sessionCases,
} from './user-profile-codes.js';
import { ignoredOf } from './user-profile-ignored.js';

/** A profile may have hundreds of criteria. */
const LIMITS: XmlLimits = { bytes: 131_072, depth: 24, attributes: 64 };

export type UserProfileReading =
  | {
      readonly kind: 'profile';
      readonly profile: UserProfile;
      /** Paths of the elements that were passed over, see `ignoredOf`. */
      readonly ignored: readonly string[];
    }
  /** `reason`: one line that says which element is wrong and how. */
  | { readonly kind: 'unreadable'; readonly reason: string };

/**
 * Reads the XML of TS 29.228 Annex E. Elements that it does not know are passed over, as the schema's extensions are
 * meant to be, and named in `ignored`; of those that it knows, the order does not matter. Never throws.
 */
export function readUserProfile(xml: string): UserProfileReading {
  const parsed = parseXml(xml, { limits: LIMITS, keepsBlankText: true });
  if (parsed.kind === 'error') return unreadable(`not XML: ${parsed.reason}`);
  const { root } = parsed;
  if (root.name !== 'IMSSubscription') return unreadable('the root is not IMSSubscription');
  try {
    return { kind: 'profile', profile: readSubscription(root), ignored: ignoredOf(root) };
  } catch (error) {
    if (error instanceof NotAProfile) return unreadable(error.message);
    throw error;
  }
}

/** One InitialFilterCriteria, as the profile and Sh-Data have them; undefined where it cannot be read. */
export function readInitialFilterCriteria(node: XmlElement): InitialFilterCriteria | undefined {
  try {
    return readCriteria(node);
  } catch (error) {
    if (error instanceof NotAProfile) return undefined;
    throw error;
  }
}

/** Thrown by what reads an element, caught in the exported functions only. */
class NotAProfile extends Error {}

function readSubscription(root: XmlElement): UserProfile {
  const extensions = extensionsOf(root);
  const imsi = within(extensions, 'IMSI');
  const referenceLocations = extensions.flatMap((extension) =>
    children(extension, 'ReferenceLocationInformation').map((node) => ({
      accessType: textOf(one(node, 'AccessType')),
      accessInfo: textOf(one(node, 'AccessInfo')),
      accessValue: textOf(one(node, 'AccessValue')),
    })),
  );
  return {
    privateIdentity: textOf(one(root, 'PrivateID')),
    ...(imsi !== undefined && { imsi: textOf(imsi) }),
    ...(referenceLocations.length > 0 && { referenceLocations }),
    serviceProfiles: some(root, 'ServiceProfile').map(readServiceProfile),
  };
}

function readServiceProfile(node: XmlElement): ServiceProfile {
  const sharedIfcSetIds = children(node, 'Extension').flatMap((extension) =>
    children(extension, 'SharedIFCSetID').map(readNumber),
  );
  const authorization = maybe(node, 'CoreNetworkServicesAuthorization');
  return {
    publicIdentities: some(node, 'PublicIdentity').map(readPublicIdentity),
    ...(authorization && { coreNetworkServicesAuthorization: readAuthorization(authorization) }),
    initialFilterCriteria: children(node, 'InitialFilterCriteria').map(readCriteria),
    ...(sharedIfcSetIds.length > 0 && { sharedIfcSetIds }),
  };
}

function readAuthorization(node: XmlElement): CoreNetworkServicesAuthorization {
  const media = maybe(node, 'SubscribedMediaProfileId');
  const services = within(extensionsOf(node), 'ListOfServiceIds');
  return {
    ...(media && { subscribedMediaProfileId: readNumber(media) }),
    ...(services && { serviceIds: children(services, 'ServiceId').map(textOf) }),
  };
}

function readPublicIdentity(node: XmlElement): PublicIdentity {
  const barring = maybe(node, 'BarringIndication');
  const identity = one(node, 'Identity');
  const extensions = extensionsOf(node);
  const type = within(extensions, 'IdentityType');
  // B.2.1A: of a wildcarded identity, Identity may be one that matches it.
  const wildcard = within(extensions, 'WildcardedPSI') ?? within(extensions, 'WildcardedIMPU');
  const displayName = within(extensions, 'DisplayName');
  const known = type && identityTypes[readNumber(type)];
  return {
    identity: textOf(wildcard ?? identity),
    barred: barring !== undefined && readBool(barring),
    ...(known !== undefined && { type: known }),
    ...(displayName !== undefined && { displayName: rawTextOf(displayName) }),
    ...readPriorities(extensions),
  };
}

type Priorities = Omit<PublicIdentity, 'identity' | 'barred' | 'type' | 'displayName'>;

function readPriorities(extensions: readonly XmlElement[]): Priorities {
  const alias = within(extensions, 'AliasIdentityGroupID');
  const trace = within(extensions, 'ServiceLevelTraceInfo');
  const level = within(extensions, 'ServicePriorityLevel');
  const max = within(extensions, 'MaxNumOfAllowedSimultRegistrations');
  const extendedPriorities = extensions.flatMap((extension) =>
    children(extension, 'ExtendedPriority').map((node) => ({
      namespace: textOf(one(node, 'PriorityNamespace')),
      level: textOf(one(node, 'PriorityLevel')),
    })),
  );
  return {
    ...(alias && { aliasIdentityGroupId: textOf(alias) }),
    ...(trace && { serviceLevelTraceInfo: rawTextOf(trace) }),
    ...(level && { servicePriorityLevel: readCode(level, servicePriorityLevels) }),
    ...(extendedPriorities.length > 0 && { extendedPriorities }),
    ...(max && { maxSimultaneousRegistrations: readNumber(max) }),
  };
}

/** The first of a name in any of the extensions. */
function within(extensions: readonly XmlElement[], name: string): XmlElement | undefined {
  for (const extension of extensions) {
    const found = maybe(extension, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Each release of the schema put its additions into an Extension within the one before. */
function extensionsOf(node: XmlElement): XmlElement[] {
  const found: XmlElement[] = [];
  let inner = maybe(node, 'Extension');
  while (inner !== undefined) {
    found.push(inner);
    inner = maybe(inner, 'Extension');
  }
  return found;
}

function readCriteria(node: XmlElement): InitialFilterCriteria {
  const triggerPoint = maybe(node, 'TriggerPoint');
  const part = maybe(node, 'ProfilePartIndicator');
  return {
    priority: readNumber(one(node, 'Priority')),
    ...(triggerPoint && { triggerPoint: readTriggerPoint(triggerPoint) }),
    applicationServer: readApplicationServer(one(node, 'ApplicationServer')),
    ...(part && { profilePartIndicator: readCode(part, profileParts) }),
  };
}

function readTriggerPoint(node: XmlElement): TriggerPoint {
  return {
    cnf: readBool(one(node, 'ConditionTypeCNF')),
    servicePointTriggers: some(node, 'SPT').map(readTrigger),
  };
}

function readTrigger(node: XmlElement): ServicePointTrigger {
  const negated = maybe(node, 'ConditionNegated');
  return {
    negated: negated !== undefined && readBool(negated),
    groups: some(node, 'Group').map(readNumber),
    ...readCondition(node),
  };
}

type Condition<T = ServicePointTrigger> = T extends unknown ? Omit<T, 'negated' | 'groups'> : never;

function readCondition(spt: XmlElement): Condition {
  for (const node of elementsOf(spt)) {
    switch (node.name) {
      case 'RequestURI':
        return { kind: 'request-uri', pattern: rawTextOf(node) };
      case 'Method': {
        const types = children(spt, 'Extension').flatMap((extension) =>
          children(extension, 'RegistrationType').map((type) => readCode(type, registrationTypes)),
        );
        return {
          kind: 'method',
          method: textOf(node),
          ...(types.length > 0 && { registrationTypes: types }),
        };
      }
      case 'SIPHeader':
        return { kind: 'sip-header', header: rawTextOf(one(node, 'Header')), ...readContent(node) };
      case 'SessionCase':
        return { kind: 'session-case', sessionCase: readCode(node, sessionCases) };
      case 'SessionDescription':
        return { kind: 'session-description', line: rawTextOf(one(node, 'Line')), ...readContent(node) };
    }
  }
  throw new NotAProfile('SPT has no condition');
}

function readContent(node: XmlElement): { content?: string } {
  const content = maybe(node, 'Content');
  return content === undefined ? {} : { content: rawTextOf(content) };
}

function readApplicationServer(node: XmlElement): ApplicationServer {
  const handling = maybe(node, 'DefaultHandling');
  const serviceInfo = maybe(node, 'ServiceInfo');
  const extensions = extensionsOf(node);
  const includes = (name: string): boolean => extensions.some((extension) => maybe(extension, name));
  return {
    serverName: textOf(one(node, 'ServerName')),
    // TS 29.228 B.2.4: the absence of DefaultHandling is the default, SESSION_CONTINUED.
    defaultHandling: handling ? readCode(handling, defaultHandlings) : 'session-continued',
    ...(serviceInfo && { serviceInfo: rawTextOf(serviceInfo) }),
    ...(includes('IncludeRegisterRequest') && { includeRegisterRequest: true }),
    ...(includes('IncludeRegisterResponse') && { includeRegisterResponse: true }),
  };
}

function readCode<T>(node: XmlElement, values: readonly T[]): T {
  const value = values[readNumber(node)];
  if (value === undefined) throw new NotAProfile(`${node.name} has no value ${rawTextOf(node).slice(0, 20)}`);
  return value;
}

function readNumber(node: XmlElement): number {
  const text = textOf(node);
  if (!/^\d{1,10}$/.test(text)) throw new NotAProfile(`${node.name} is not a number: ${text.slice(0, 20)}`);
  return Number(text);
}

function readBool(node: XmlElement): boolean {
  const text = textOf(node);
  if (text === '1' || text === 'true') return true;
  if (text === '0' || text === 'false') return false;
  throw new NotAProfile(`${node.name} is neither 0 nor 1: ${text.slice(0, 20)}`);
}

function one(parent: XmlElement, name: string): XmlElement {
  const node = maybe(parent, name);
  if (node === undefined) throw new NotAProfile(`${parent.name} has no ${name}`);
  return node;
}

function some(parent: XmlElement, name: string): XmlElement[] {
  const nodes = children(parent, name);
  if (nodes.length === 0) throw new NotAProfile(`${parent.name} has no ${name}`);
  return nodes;
}

function maybe(parent: XmlElement, name: string): XmlElement | undefined {
  return children(parent, name)[0];
}

/** By local name: some HSSs write a namespace, the schema has none. */
function children(parent: XmlElement, name: string): XmlElement[] {
  return elementsOf(parent).filter((node) => node.name === name);
}

function unreadable(reason: string): UserProfileReading {
  return { kind: 'unreadable', reason };
}
