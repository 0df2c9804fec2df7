import { create } from 'xmlbuilder2';
import type {
  ApplicationServer,
  InitialFilterCriteria,
  PublicIdentity,
  ServicePointTrigger,
  ServiceProfile,
  TriggerPoint,
  UserProfile,
} from './types.js';
import { defaultHandlings, profileParts, registrationTypes, sessionCases } from './user-profile-codes.js';
import { xmlFault } from './well-formed.js';

/** The largest document taken, in characters, and how deep its elements may nest. */
const MAX_LENGTH = 131_072;
const MAX_DEPTH = 24;

export type UserProfileReading =
  | { readonly kind: 'profile'; readonly profile: UserProfile }
  /** `reason`: one line that says which element is wrong and how. */
  | { readonly kind: 'unreadable'; readonly reason: string };

/**
 * Reads the XML of TS 29.228 Annex E. Elements that it does not know are passed over, as the schema's extensions are meant to
 * be; of those that it knows, the order does not matter. Never throws.
 */
export function readUserProfile(xml: string): UserProfileReading {
  if (xml.length > MAX_LENGTH) return unreadable(`longer than ${String(MAX_LENGTH)} characters`);
  const fault = xmlFault(xml, MAX_DEPTH);
  if (fault !== undefined) return unreadable(`not XML: ${fault}`);
  try {
    const root = elements(create({ skipWhitespaceOnlyText: false }, xml).node)[0];
    if (root === undefined || nameOf(root) !== 'IMSSubscription')
      return unreadable('the root is not IMSSubscription');
    return { kind: 'profile', profile: readSubscription(root) };
  } catch (error) {
    return unreadable(error instanceof NotAProfile ? error.message : `not XML: ${String(error)}`);
  }
}

type Node = ReturnType<typeof create>['node'];

/** Thrown by what reads an element, caught in `readUserProfile` only. */
class NotAProfile extends Error {}

function readSubscription(root: Node): UserProfile {
  return {
    privateIdentity: textOf(one(root, 'PrivateID')).trim(),
    serviceProfiles: some(root, 'ServiceProfile').map(readServiceProfile),
  };
}

function readServiceProfile(node: Node): ServiceProfile {
  const sharedIfcSetIds = children(node, 'Extension').flatMap((extension) =>
    children(extension, 'SharedIFCSetID').map(readNumber),
  );
  return {
    publicIdentities: some(node, 'PublicIdentity').map(readPublicIdentity),
    initialFilterCriteria: children(node, 'InitialFilterCriteria').map(readCriteria),
    ...(sharedIfcSetIds.length > 0 && { sharedIfcSetIds }),
  };
}

function readPublicIdentity(node: Node): PublicIdentity {
  const barring = maybe(node, 'BarringIndication');
  return {
    identity: textOf(one(node, 'Identity')).trim(),
    barred: barring !== undefined && readBool(barring),
  };
}

function readCriteria(node: Node): InitialFilterCriteria {
  const triggerPoint = maybe(node, 'TriggerPoint');
  const part = maybe(node, 'ProfilePartIndicator');
  return {
    priority: readNumber(one(node, 'Priority')),
    ...(triggerPoint && { triggerPoint: readTriggerPoint(triggerPoint) }),
    applicationServer: readApplicationServer(one(node, 'ApplicationServer')),
    ...(part && { profilePartIndicator: readCode(part, profileParts) }),
  };
}

function readTriggerPoint(node: Node): TriggerPoint {
  return {
    cnf: readBool(one(node, 'ConditionTypeCNF')),
    servicePointTriggers: some(node, 'SPT').map(readTrigger),
  };
}

function readTrigger(node: Node): ServicePointTrigger {
  const negated = maybe(node, 'ConditionNegated');
  return {
    negated: negated !== undefined && readBool(negated),
    groups: some(node, 'Group').map(readNumber),
    ...readCondition(node),
  };
}

type Condition<T = ServicePointTrigger> = T extends unknown ? Omit<T, 'negated' | 'groups'> : never;

function readCondition(spt: Node): Condition {
  for (const node of elements(spt)) {
    switch (nameOf(node)) {
      case 'RequestURI':
        return { kind: 'request-uri', pattern: textOf(node) };
      case 'Method': {
        const types = children(spt, 'Extension').flatMap((extension) =>
          children(extension, 'RegistrationType').map((type) => readCode(type, registrationTypes)),
        );
        return {
          kind: 'method',
          method: textOf(node).trim(),
          ...(types.length > 0 && { registrationTypes: types }),
        };
      }
      case 'SIPHeader':
        return { kind: 'sip-header', header: textOf(one(node, 'Header')), ...readContent(node) };
      case 'SessionCase':
        return { kind: 'session-case', sessionCase: readCode(node, sessionCases) };
      case 'SessionDescription':
        return { kind: 'session-description', line: textOf(one(node, 'Line')), ...readContent(node) };
    }
  }
  throw new NotAProfile('SPT has no condition');
}

function readContent(node: Node): { content?: string } {
  const content = maybe(node, 'Content');
  return content === undefined ? {} : { content: textOf(content) };
}

function readApplicationServer(node: Node): ApplicationServer {
  const handling = maybe(node, 'DefaultHandling');
  const serviceInfo = maybe(node, 'ServiceInfo');
  return {
    serverName: textOf(one(node, 'ServerName')).trim(),
    // TS 29.228 B.2.4: the absence of DefaultHandling is the default, SESSION_CONTINUED.
    defaultHandling: handling ? readCode(handling, defaultHandlings) : 'session-continued',
    ...(serviceInfo && { serviceInfo: textOf(serviceInfo) }),
  };
}

function readCode<T>(node: Node, values: readonly T[]): T {
  const value = values[readNumber(node)];
  if (value === undefined) throw new NotAProfile(`${nameOf(node)} has no value ${textOf(node).slice(0, 20)}`);
  return value;
}

function readNumber(node: Node): number {
  const text = textOf(node).trim();
  if (!/^\d{1,10}$/.test(text))
    throw new NotAProfile(`${nameOf(node)} is not a number: ${text.slice(0, 20)}`);
  return Number(text);
}

function readBool(node: Node): boolean {
  const text = textOf(node).trim();
  if (text === '1' || text === 'true') return true;
  if (text === '0' || text === 'false') return false;
  throw new NotAProfile(`${nameOf(node)} is neither 0 nor 1: ${text.slice(0, 20)}`);
}

function one(parent: Node, name: string): Node {
  const node = maybe(parent, name);
  if (node === undefined) throw new NotAProfile(`${nameOf(parent)} has no ${name}`);
  return node;
}

function some(parent: Node, name: string): Node[] {
  const nodes = children(parent, name);
  if (nodes.length === 0) throw new NotAProfile(`${nameOf(parent)} has no ${name}`);
  return nodes;
}

function maybe(parent: Node, name: string): Node | undefined {
  return children(parent, name)[0];
}

function children(parent: Node, name: string): Node[] {
  return elements(parent).filter((node) => nameOf(node) === name);
}

function elements(parent: Node): Node[] {
  return [...parent.childNodes].filter(({ nodeType }) => nodeType === 1);
}

/** Without a namespace prefix, which some HSSs have. */
function nameOf(node: Node): string {
  return node.nodeName.slice(node.nodeName.indexOf(':') + 1);
}

function textOf(node: Node): string {
  return node.textContent ?? '';
}

function unreadable(reason: string): UserProfileReading {
  return { kind: 'unreadable', reason };
}
