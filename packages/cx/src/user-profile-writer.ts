import { newDocument, type XmlBuilder } from '@ims-sim/xml';
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
  WILDCARDED_IMPU,
  defaultHandlings,
  identityTypes,
  profileParts,
  registrationTypes,
  sessionCases,
} from './user-profile-codes.js';
import { isWildcarded } from './wildcarded-identity.js';

/**
 * The user profile as the XML of TS 29.228 Annex E, elements in the order of its schema; what XML cannot hold becomes
 * U+FFFD.
 */
export function writeUserProfile(profile: UserProfile): string {
  const document = newDocument();
  const subscription = document.ele('IMSSubscription');
  leaf(subscription, 'PrivateID', profile.privateIdentity);
  for (const serviceProfile of profile.serviceProfiles) writeServiceProfile(subscription, serviceProfile);
  const { imsi, referenceLocations = [] } = profile;
  writeExtensions(subscription, [
    leaves({ IMSI: imsi }),
    referenceLocations.map(({ accessType, accessInfo, accessValue }) => (parent: XmlBuilder) => {
      const element = parent.ele('ReferenceLocationInformation');
      leaf(element, 'AccessType', accessType);
      leaf(element, 'AccessInfo', accessInfo);
      leaf(element, 'AccessValue', accessValue);
    }),
  ]);
  return document.end();
}

type Write = (parent: XmlBuilder) => void;

/** Each release of the schema put its additions into an Extension within the one before: as deep as there is something. */
function writeExtensions(element: XmlBuilder, levels: readonly (readonly Write[])[]): void {
  let parent = element;
  const depth = levels.findLastIndex((level) => level.length > 0);
  for (const level of levels.slice(0, depth + 1)) {
    parent = parent.ele('Extension');
    for (const write of level) write(parent);
  }
}

/** The elements that have a value. */
function leaves(values: Readonly<Record<string, string | number | undefined>>): Write[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [(parent: XmlBuilder) => leaf(parent, name, value)],
  );
}

function writeServiceProfile(parent: XmlBuilder, profile: ServiceProfile): void {
  const element = parent.ele('ServiceProfile');
  for (const identity of profile.publicIdentities) writePublicIdentity(element, identity);
  const authorization = profile.coreNetworkServicesAuthorization;
  if (authorization !== undefined) writeAuthorization(element, authorization);
  for (const criteria of profile.initialFilterCriteria) writeInitialFilterCriteria(element, criteria);
  if (profile.sharedIfcSetIds === undefined || profile.sharedIfcSetIds.length === 0) return;
  const extension = element.ele('Extension');
  for (const id of profile.sharedIfcSetIds) leaf(extension, 'SharedIFCSetID', id);
}

function writeAuthorization(
  parent: XmlBuilder,
  { subscribedMediaProfileId, serviceIds }: CoreNetworkServicesAuthorization,
): void {
  const element = parent.ele('CoreNetworkServicesAuthorization');
  if (subscribedMediaProfileId !== undefined) {
    leaf(element, 'SubscribedMediaProfileId', subscribedMediaProfileId);
  }
  if (serviceIds === undefined) return;
  const list = element.ele('Extension').ele('ListOfServiceIds');
  for (const id of serviceIds) leaf(list, 'ServiceId', id);
}

function writePublicIdentity(parent: XmlBuilder, publicIdentity: PublicIdentity): void {
  const { identity, barred, type } = publicIdentity;
  const element = parent.ele('PublicIdentity');
  leaf(element, 'BarringIndication', bool(barred));
  leaf(element, 'Identity', identity);
  const isWildcardedUser = type === undefined && isWildcarded(identity);
  const later = [
    leaves({
      DisplayName: publicIdentity.displayName,
      AliasIdentityGroupID: publicIdentity.aliasIdentityGroupId,
    }),
    leaves({
      WildcardedIMPU: isWildcardedUser ? identity : undefined,
      ServiceLevelTraceInfo: publicIdentity.serviceLevelTraceInfo,
      ServicePriorityLevel: publicIdentity.servicePriorityLevel,
    }),
    (publicIdentity.extendedPriorities ?? []).map(({ namespace, level }) => (extension: XmlBuilder) => {
      const priority = extension.ele('ExtendedPriority');
      leaf(priority, 'PriorityNamespace', namespace);
      leaf(priority, 'PriorityLevel', level);
    }),
    leaves({ MaxNumOfAllowedSimultRegistrations: publicIdentity.maxSimultaneousRegistrations }),
  ];
  if (type === undefined && later.every((level) => level.length === 0)) return;
  writeExtensions(element, [
    leaves({
      IdentityType: isWildcardedUser ? WILDCARDED_IMPU : identityTypes.indexOf(type),
      WildcardedPSI: type === 'wildcarded-psi' ? identity : undefined,
    }),
    ...later,
  ]);
}

/** An InitialFilterCriteria, as the profile and Sh-Data have them. */
export function writeInitialFilterCriteria(parent: XmlBuilder, criteria: InitialFilterCriteria): void {
  const element = parent.ele('InitialFilterCriteria');
  leaf(element, 'Priority', criteria.priority);
  if (criteria.triggerPoint !== undefined) writeTriggerPoint(element, criteria.triggerPoint);
  writeApplicationServer(element, criteria.applicationServer);
  if (criteria.profilePartIndicator !== undefined) {
    leaf(element, 'ProfilePartIndicator', profileParts.indexOf(criteria.profilePartIndicator));
  }
}

function writeTriggerPoint(parent: XmlBuilder, triggerPoint: TriggerPoint): void {
  const element = parent.ele('TriggerPoint');
  leaf(element, 'ConditionTypeCNF', bool(triggerPoint.cnf));
  for (const trigger of triggerPoint.servicePointTriggers) {
    const spt = element.ele('SPT');
    leaf(spt, 'ConditionNegated', bool(trigger.negated));
    for (const group of trigger.groups) leaf(spt, 'Group', group);
    writeCondition(spt, trigger);
  }
}

function writeCondition(spt: XmlBuilder, trigger: ServicePointTrigger): void {
  switch (trigger.kind) {
    case 'request-uri':
      return leaf(spt, 'RequestURI', trigger.pattern);
    case 'method': {
      leaf(spt, 'Method', trigger.method);
      if (trigger.registrationTypes === undefined || trigger.registrationTypes.length === 0) return;
      const extension = spt.ele('Extension');
      for (const type of trigger.registrationTypes) {
        leaf(extension, 'RegistrationType', registrationTypes.indexOf(type));
      }
      return;
    }
    case 'sip-header':
      return pair(spt.ele('SIPHeader'), 'Header', trigger.header, trigger.content);
    case 'session-case':
      return leaf(spt, 'SessionCase', sessionCases.indexOf(trigger.sessionCase));
    case 'session-description':
      return pair(spt.ele('SessionDescription'), 'Line', trigger.line, trigger.content);
  }
}

function writeApplicationServer(parent: XmlBuilder, server: ApplicationServer): void {
  const element = parent.ele('ApplicationServer');
  leaf(element, 'ServerName', server.serverName);
  leaf(element, 'DefaultHandling', defaultHandlings.indexOf(server.defaultHandling));
  if (server.serviceInfo !== undefined) leaf(element, 'ServiceInfo', server.serviceInfo);
  const { includeRegisterRequest = false, includeRegisterResponse = false } = server;
  if (!includeRegisterRequest && !includeRegisterResponse) return;
  const extension = element.ele('Extension');
  if (includeRegisterRequest) extension.ele('IncludeRegisterRequest');
  if (includeRegisterResponse) extension.ele('IncludeRegisterResponse');
}

function pair(element: XmlBuilder, name: string, value: string, content: string | undefined): void {
  leaf(element, name, value);
  if (content !== undefined) leaf(element, 'Content', content);
}

function leaf(parent: XmlBuilder, name: string, value: string | number): void {
  parent.ele(name).txt(String(value));
}

function bool(value: boolean): number {
  return value ? 1 : 0;
}
