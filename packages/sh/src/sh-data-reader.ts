import { readInitialFilterCriteria, type ChargingFunctions } from '@ims-sim/cx';
import {
  elementsOf,
  newDocument,
  parseXml,
  rawTextOf,
  textOf,
  type XmlElement,
  type XmlLimits,
} from '@ims-sim/xml';
import { chargingElements, userStates } from './sh-data-codes.js';
import { copyContent } from './sh-data-writer.js';
import type { RepositoryData, ShData } from './types.js';

/** Repository data is what applications keep; a profile's worth is enough. */
const LIMITS: XmlLimits = { bytes: 131_072, depth: 24, attributes: 64 };

export type ShDataReading =
  | { readonly kind: 'data'; readonly data: ShData }
  /** `reason`: one line that says which element is wrong and how. */
  | { readonly kind: 'unreadable'; readonly reason: string };

/**
 * Reads the XML of TS 29.328 Annexes C and D. Elements that it does not know are passed over, as the schema's extensions are
 * meant to be; by local name, in any order. Never throws.
 */
export function readShData(xml: string): ShDataReading {
  const parsed = parseXml(xml, { limits: LIMITS, keepsBlankText: true });
  if (parsed.kind === 'error') return unreadable(`not XML: ${parsed.reason}`);
  const { root } = parsed;
  if (root.name !== 'Sh-Data') return unreadable('the root is not Sh-Data');
  const identifiers = children(root, 'PublicIdentifiers');
  const publicIdentities = identifiers.flatMap((one) => children(one, 'IMSPublicIdentity').map(textOf));
  const msisdns = identifiers.flatMap((one) => children(one, 'MSISDN').map(textOf));
  const repositoryData = children(root, 'RepositoryData').map(readRepositoryData);
  if (!repositoryData.every((data) => data !== undefined)) {
    return unreadable('RepositoryData lacks ServiceIndication, or a SequenceNumber of 0 to 65535');
  }
  const ims = children(root, 'Sh-IMS-Data')[0];
  const imsData = ims === undefined ? {} : readImsData(ims);
  if (typeof imsData === 'string') return unreadable(imsData);
  return {
    kind: 'data',
    data: {
      // Empty identifiers: there are none (TS 29.328 6.1.1.1). Of MSISDNs nothing is said then.
      ...((publicIdentities.length > 0 || (identifiers.length > 0 && msisdns.length === 0)) && {
        publicIdentities,
      }),
      ...(msisdns.length > 0 && { msisdns }),
      ...(repositoryData.length > 0 && { repositoryData }),
      ...imsData,
    },
  };
}

function readRepositoryData(node: XmlElement): RepositoryData | undefined {
  const [service] = children(node, 'ServiceIndication');
  const [sequence] = children(node, 'SequenceNumber');
  const [data] = children(node, 'ServiceData');
  const number = sequence && textOf(sequence);
  if (service === undefined || number === undefined || !/^\d{1,5}$/.test(number)) return undefined;
  const sequenceNumber = Number(number);
  if (sequenceNumber > 0xffff) return undefined;
  return {
    serviceIndication: textOf(service),
    sequenceNumber,
    ...(data !== undefined && { serviceData: contentOf(data) }),
  };
}

/** What stands within an element, as XML. */
function contentOf(element: XmlElement): string {
  if (elementsOf(element).length === 0 && !/[&<>]/.test(rawTextOf(element))) return rawTextOf(element);
  const document = newDocument();
  copyContent(document.ele('ServiceData'), element);
  const text = document.end({ headless: true });
  return text.slice('<ServiceData>'.length, text.length - '</ServiceData>'.length);
}

type ImsData = Pick<ShData, 'sCscfName' | 'initialFilterCriteria' | 'imsUserState' | 'charging'>;

/** A text says what is wrong. */
function readImsData(node: XmlElement): ImsData | string {
  // Annex C calls it S-CSCFName, the schema of Annex D SCSCFName.
  const name = children(node, 'SCSCFName')[0] ?? children(node, 'S-CSCFName')[0];
  const criteria = children(node, 'IFCs').map((one) =>
    children(one, 'InitialFilterCriteria').map(readInitialFilterCriteria),
  )[0];
  if (criteria !== undefined && !criteria.every((one) => one !== undefined)) {
    return 'InitialFilterCriteria cannot be read';
  }
  const [state] = children(node, 'IMSUserState');
  const imsUserState = state && userStates[userStateOf(textOf(state))];
  if (state !== undefined && imsUserState === undefined) return 'IMSUserState is none of 0 to 3';
  const [charging] = children(node, 'ChargingInformation');
  return {
    ...(name !== undefined && { sCscfName: textOf(name) }),
    ...(criteria !== undefined && { initialFilterCriteria: criteria }),
    ...(imsUserState !== undefined && { imsUserState }),
    ...(charging !== undefined && { charging: readCharging(charging) }),
  };
}

function userStateOf(text: string): number {
  return /^\d$/.test(text) ? Number(text) : -1;
}

function readCharging(node: XmlElement): ChargingFunctions {
  const charging: { -readonly [Key in keyof ChargingFunctions]: string } = {};
  for (const [key, name] of chargingElements) {
    const [uri] = children(node, name);
    if (uri !== undefined) charging[key] = textOf(uri);
  }
  return charging;
}

function children(parent: XmlElement, name: string): XmlElement[] {
  return elementsOf(parent).filter((node) => node.name === name);
}

function unreadable(reason: string): ShDataReading {
  return { kind: 'unreadable', reason };
}
