import { writeInitialFilterCriteria } from '@ims-sim/cx';
import { newDocument, parseXml, type XmlBuilder, type XmlElement } from '@ims-sim/xml';
import { chargingElements, userStates } from './sh-data-codes.js';
import type { RepositoryData, ShData } from './types.js';

/**
 * Sh-Data as the XML of TS 29.328 Annex C, elements in the order of the schema of Annex D; what XML cannot hold becomes
 * U+FFFD.
 */
export function writeShData(data: ShData): string {
  const document = newDocument();
  const root = document.ele('Sh-Data');
  const { publicIdentities, msisdns } = data;
  if (publicIdentities !== undefined || msisdns !== undefined) {
    // TS 29.328 6.1.1.1: empty where there are none.
    const identifiers = root.ele('PublicIdentifiers');
    for (const identity of publicIdentities ?? []) leaf(identifiers, 'IMSPublicIdentity', identity);
    for (const msisdn of msisdns ?? []) leaf(identifiers, 'MSISDN', msisdn);
  }
  for (const repository of data.repositoryData ?? []) writeRepositoryData(root, repository);
  writeImsData(root, data);
  return document.end();
}

function writeImsData(root: XmlBuilder, data: ShData): void {
  const { sCscfName, initialFilterCriteria, imsUserState, charging } = data;
  if ([sCscfName, initialFilterCriteria, imsUserState, charging].every((part) => part === undefined)) return;
  const element = root.ele('Sh-IMS-Data');
  if (sCscfName !== undefined) leaf(element, 'SCSCFName', sCscfName);
  if (initialFilterCriteria !== undefined) {
    const criteria = element.ele('IFCs');
    for (const one of initialFilterCriteria) writeInitialFilterCriteria(criteria, one);
  }
  if (imsUserState !== undefined) leaf(element, 'IMSUserState', userStates.indexOf(imsUserState));
  if (charging === undefined) return;
  const functions = element.ele('ChargingInformation');
  for (const [key, name] of chargingElements) {
    const uri = charging[key];
    if (uri !== undefined) leaf(functions, name, uri);
  }
}

function writeRepositoryData(root: XmlBuilder, data: RepositoryData): void {
  const element = root.ele('RepositoryData');
  leaf(element, 'ServiceIndication', data.serviceIndication);
  leaf(element, 'SequenceNumber', data.sequenceNumber);
  if (data.serviceData !== undefined) writeContent(element.ele('ServiceData'), data.serviceData);
}

/** XML as it stands; what is no XML is text. */
function writeContent(parent: XmlBuilder, xml: string): void {
  const parsed = parseXml(`<ServiceData>${xml}</ServiceData>`, { keepsBlankText: true });
  if (parsed.kind === 'error') parent.txt(xml);
  else copyContent(parent, parsed.root);
}

/** The text and the elements of one element, put into another. */
export function copyContent(parent: XmlBuilder, from: XmlElement): void {
  for (const child of from.children) {
    if (typeof child === 'string') parent.txt(child);
    else {
      const qualified = child.prefix ? `${child.prefix}:${child.name}` : child.name;
      const element = parent.ele(child.namespace, qualified);
      for (const { namespace, name, value } of child.attributes) {
        if (namespace === '') element.att(name, value);
        else element.att(namespace, name, value);
      }
      copyContent(element, child);
    }
  }
}

function leaf(parent: XmlBuilder, name: string, value: string | number): void {
  parent.ele(name).txt(String(value));
}
