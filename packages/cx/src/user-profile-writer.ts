import { newDocument, type XmlBuilder } from '@ims-sim/xml';
import type {
  ApplicationServer,
  InitialFilterCriteria,
  PublicIdentity,
  ServicePointTrigger,
  ServiceProfile,
  TriggerPoint,
  UserProfile,
} from './types.js';
import {
  WILDCARDED_IMPU,
  defaultHandlings,
  identityTypes,
  profileParts,
  registrationTypes,
  sessionCases,
} from './user-profile-codes.js';

/**
 * The user profile as the XML of TS 29.228 Annex E, elements in the order of its schema; what XML cannot hold becomes
 * U+FFFD.
 */
export function writeUserProfile(profile: UserProfile): string {
  const document = newDocument();
  const subscription = document.ele('IMSSubscription');
  leaf(subscription, 'PrivateID', profile.privateIdentity);
  for (const serviceProfile of profile.serviceProfiles) writeServiceProfile(subscription, serviceProfile);
  return document.end();
}

function writeServiceProfile(parent: XmlBuilder, profile: ServiceProfile): void {
  const element = parent.ele('ServiceProfile');
  for (const identity of profile.publicIdentities) writePublicIdentity(element, identity);
  for (const criteria of profile.initialFilterCriteria) writeInitialFilterCriteria(element, criteria);
  if (profile.sharedIfcSetIds === undefined || profile.sharedIfcSetIds.length === 0) return;
  const extension = element.ele('Extension');
  for (const id of profile.sharedIfcSetIds) leaf(extension, 'SharedIFCSetID', id);
}

function writePublicIdentity(
  parent: XmlBuilder,
  { identity, barred, type, displayName }: PublicIdentity,
): void {
  const element = parent.ele('PublicIdentity');
  leaf(element, 'BarringIndication', bool(barred));
  leaf(element, 'Identity', identity);
  const isWildcardedUser = type === undefined && isWildcarded(identity);
  if (type === undefined && displayName === undefined && !isWildcardedUser) return;
  const extension = element.ele('Extension');
  leaf(extension, 'IdentityType', isWildcardedUser ? WILDCARDED_IMPU : identityTypes.indexOf(type));
  if (type === 'wildcarded-psi') leaf(extension, 'WildcardedPSI', identity);
  if (displayName === undefined && !isWildcardedUser) return;
  const second = extension.ele('Extension');
  if (displayName !== undefined) leaf(second, 'DisplayName', displayName);
  if (isWildcardedUser) leaf(second.ele('Extension'), 'WildcardedIMPU', identity);
}

/** TS 23.003 13.5: an expression between two exclamation marks. */
function isWildcarded(identity: string): boolean {
  const from = identity.indexOf('!');
  return from !== -1 && identity.indexOf('!', from + 1) !== -1;
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
