import { elementsOf, type XmlElement } from '@ims-sim/xml';

/** Paths that are told, and how much of each name: a profile comes from the network. */
const MAX_PATHS = 20;
const MAX_NAME = 60;

/** What the reader takes of an element, by name; null: its text, or nothing below it is looked for. */
type Known = { readonly [name: string]: Known | null };

const content: Known = { Line: null, Header: null, Content: null };
const ofIdentity: Known = {
  IdentityType: null,
  WildcardedPSI: null,
  WildcardedIMPU: null,
  DisplayName: null,
  AliasIdentityGroupID: null,
  ServiceLevelTraceInfo: null,
  ServicePriorityLevel: null,
  ExtendedPriority: { PriorityNamespace: null, PriorityLevel: null },
  MaxNumOfAllowedSimultRegistrations: null,
};
const ofSubscription: Known = {
  IMSI: null,
  ReferenceLocationInformation: { AccessType: null, AccessInfo: null, AccessValue: null },
};
const ofServices: Known = { ListOfServiceIds: { ServiceId: null } };
const ofServer: Known = { IncludeRegisterRequest: null, IncludeRegisterResponse: null };

const SUBSCRIPTION: Known = {
  PrivateID: null,
  Extension: nested(ofSubscription),
  ServiceProfile: {
    PublicIdentity: { BarringIndication: null, Identity: null, Extension: nested(ofIdentity) },
    CoreNetworkServicesAuthorization: { SubscribedMediaProfileId: null, Extension: nested(ofServices) },
    InitialFilterCriteria: {
      Priority: null,
      TriggerPoint: {
        ConditionTypeCNF: null,
        SPT: {
          ConditionNegated: null,
          Group: null,
          RequestURI: null,
          Method: null,
          SIPHeader: content,
          SessionCase: null,
          SessionDescription: content,
          Extension: { RegistrationType: null },
        },
      },
      ApplicationServer: {
        ServerName: null,
        DefaultHandling: null,
        ServiceInfo: null,
        Extension: nested(ofServer),
      },
      ProfilePartIndicator: null,
    },
    Extension: { SharedIFCSetID: null },
  },
};

/**
 * The elements of an IMSSubscription that are not read, each path once, e.g.
 * `ServiceProfile/PublicIdentity/Extension/VendorData`: the first 20. Of one that is unknown, nothing below it is told.
 */
export function ignoredOf(root: XmlElement): readonly string[] {
  const found = new Set<string>();
  collect(root, SUBSCRIPTION, '', found);
  return [...found];
}

/** As deep as the reader's limit on depth lets a document be. */
function collect(node: XmlElement, known: Known, path: string, found: Set<string>): void {
  for (const child of elementsOf(node)) {
    if (found.size === MAX_PATHS) return;
    const below = Object.hasOwn(known, child.name) ? known[child.name] : undefined;
    if (below === undefined) found.add(path + child.name.slice(0, MAX_NAME));
    else if (below !== null) collect(child, below, `${path}${child.name}/`, found);
  }
}

/** Each release of the schema put its additions into an Extension within the one before. */
function nested(names: Known): Known {
  const known: Record<string, Known | null> = { ...names };
  known['Extension'] = known;
  return known;
}
