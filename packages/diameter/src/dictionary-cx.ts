import type { AvpDefinition, AvpRule, AvpType } from './avp.js';
import { anyNumber, exactlyOne, optional } from './avp.js';
import { base } from './dictionary-base.js';
import { digest } from './dictionary-digest.js';

export const VENDOR_3GPP = 10415;

/** The AVPs of Cx, TS 29.229 6.3 (Release 17), V bit set; the M bit as table 6.3.1 has it. */
const define = <T extends AvpType>(
  code: number,
  name: string,
  type: T,
  more: { values?: readonly number[]; rules?: readonly AvpRule[]; mandatory?: boolean } = {},
): AvpDefinition<T> => ({ name, code, vendorId: VENDOR_3GPP, mandatory: true, type, ...more });

const upTo = (last: number): number[] => Array.from({ length: last + 1 }, (_, i) => i);
const plain = { mandatory: false } as const;

const publicIdentity = define(601, 'Public-Identity', 'text');
const serverName = define(602, 'Server-Name', 'text');
const mandatoryCapability = define(604, 'Mandatory-Capability', 'uint32');
const optionalCapability = define(605, 'Optional-Capability', 'uint32');
const sipAuthenticationScheme = define(608, 'SIP-Authentication-Scheme', 'text');
const sipAuthenticate = define(609, 'SIP-Authenticate', 'octets');
const sipAuthorization = define(610, 'SIP-Authorization', 'octets');
const sipAuthenticationContext = define(611, 'SIP-Authentication-Context', 'octets');
const sipItemNumber = define(613, 'SIP-Item-Number', 'uint32');
const reasonCode = define(616, 'Reason-Code', 'enumerated', { values: upTo(3) });
const reasonInfo = define(617, 'Reason-Info', 'text');
const primaryEcf = define(619, 'Primary-Event-Charging-Function-Name', 'text');
const secondaryEcf = define(620, 'Secondary-Event-Charging-Function-Name', 'text');
const primaryCcf = define(621, 'Primary-Charging-Collection-Function-Name', 'text');
const secondaryCcf = define(622, 'Secondary-Charging-Collection-Function-Name', 'text');
const confidentialityKey = define(625, 'Confidentiality-Key', 'octets');
const integrityKey = define(626, 'Integrity-Key', 'octets');
const sipDigestAuthenticate = define(635, 'SIP-Digest-Authenticate', 'grouped', {
  mandatory: false,
  rules: [
    exactlyOne(digest.digestRealm),
    optional(digest.digestAlgorithm),
    exactlyOne(digest.digestQop),
    exactlyOne(digest.digestHa1),
  ],
});
const featureListId = define(629, 'Feature-List-ID', 'uint32');
const featureList = define(630, 'Feature-List', 'uint32');
const path = define(640, 'Path', 'octets', plain);
const contact = define(641, 'Contact', 'octets', plain);
const callIdSipHeader = define(643, 'Call-ID-SIP-Header', 'octets', plain);
const fromSipHeader = define(644, 'From-SIP-Header', 'octets', plain);
const toSipHeader = define(645, 'To-SIP-Header', 'octets', plain);
const recordRoute = define(646, 'Record-Route', 'octets', plain);
const initialCSeqSequenceNumber = define(654, 'Initial-CSeq-Sequence-Number', 'uint32', plain);
const subscriptionInfo = define(642, 'Subscription-Info', 'grouped', {
  mandatory: false,
  rules: [callIdSipHeader, fromSipHeader, toSipHeader, recordRoute, contact].map(exactlyOne),
});
const pCscfSubscriptionInfo = define(660, 'P-CSCF-Subscription-Info', 'grouped', {
  mandatory: false,
  rules: [callIdSipHeader, fromSipHeader, toSipHeader, contact].map(exactlyOne),
});
const restorationInfo = define(649, 'Restoration-Info', 'grouped', {
  mandatory: false,
  rules: [
    exactlyOne(path),
    exactlyOne(contact),
    optional(initialCSeqSequenceNumber),
    optional(callIdSipHeader),
    optional(subscriptionInfo),
    optional(pCscfSubscriptionInfo),
  ],
});

export const cx = {
  visitedNetworkIdentifier: define(600, 'Visited-Network-Identifier', 'octets'),
  publicIdentity,
  serverName,
  serverCapabilities: define(603, 'Server-Capabilities', 'grouped', {
    rules: [anyNumber(mandatoryCapability), anyNumber(optionalCapability), anyNumber(serverName)],
  }),
  mandatoryCapability,
  optionalCapability,
  userData: define(606, 'User-Data', 'octets'),
  sipNumberAuthItems: define(607, 'SIP-Number-Auth-Items', 'uint32'),
  sipAuthenticationScheme,
  sipAuthenticate,
  sipAuthorization,
  sipAuthenticationContext,
  sipAuthDataItem: define(612, 'SIP-Auth-Data-Item', 'grouped', {
    rules: [
      optional(sipItemNumber),
      optional(sipAuthenticationScheme),
      optional(sipAuthenticate),
      optional(sipAuthorization),
      optional(sipAuthenticationContext),
      optional(confidentialityKey),
      optional(integrityKey),
      optional(sipDigestAuthenticate),
    ],
  }),
  sipItemNumber,
  serverAssignmentType: define(614, 'Server-Assignment-Type', 'enumerated', { values: upTo(14) }),
  deregistrationReason: define(615, 'Deregistration-Reason', 'grouped', {
    rules: [exactlyOne(reasonCode), optional(reasonInfo)],
  }),
  reasonCode,
  reasonInfo,
  chargingInformation: define(618, 'Charging-Information', 'grouped', {
    rules: [optional(primaryEcf), optional(secondaryEcf), optional(primaryCcf), optional(secondaryCcf)],
  }),
  primaryEcf,
  secondaryEcf,
  primaryCcf,
  secondaryCcf,
  userAuthorizationType: define(623, 'User-Authorization-Type', 'enumerated', { values: upTo(2) }),
  userDataAlreadyAvailable: define(624, 'User-Data-Already-Available', 'enumerated', { values: upTo(1) }),
  confidentialityKey,
  integrityKey,
  supportedFeatures: define(628, 'Supported-Features', 'grouped', {
    rules: [exactlyOne(base.vendorId), exactlyOne(featureListId), exactlyOne(featureList)],
  }),
  featureListId,
  featureList,
  supportedApplications: define(631, 'Supported-Applications', 'grouped', {
    rules: [
      anyNumber(base.authApplicationId),
      anyNumber(base.acctApplicationId),
      anyNumber(base.vendorSpecificApplicationId),
    ],
  }),
  associatedIdentities: define(632, 'Associated-Identities', 'grouped', {
    rules: [anyNumber(base.userName)],
  }),
  originatingRequest: define(633, 'Originating-Request', 'enumerated', { values: [0] }),
  wildcardedPublicIdentity: define(634, 'Wildcarded-Public-Identity', 'text', plain),
  sipDigestAuthenticate,
  uarFlags: define(637, 'UAR-Flags', 'uint32', plain),
  looseRouteIndication: define(638, 'Loose-Route-Indication', 'enumerated', {
    mandatory: false,
    values: [0, 1],
  }),
  scscfRestorationInfo: define(639, 'SCSCF-Restoration-Info', 'grouped', {
    mandatory: false,
    rules: [exactlyOne(base.userName), anyNumber(restorationInfo)],
  }),
  path,
  contact,
  subscriptionInfo,
  pCscfSubscriptionInfo,
  callIdSipHeader,
  fromSipHeader,
  toSipHeader,
  recordRoute,
  associatedRegisteredIdentities: define(647, 'Associated-Registered-Identities', 'grouped', {
    mandatory: false,
    rules: [anyNumber(base.userName)],
  }),
  multipleRegistrationIndication: define(648, 'Multiple-Registration-Indication', 'enumerated', {
    mandatory: false,
    values: [0, 1],
  }),
  restorationInfo,
  sessionPriority: define(650, 'Session-Priority', 'enumerated', { mandatory: false, values: upTo(4) }),
  identityWithEmergencyRegistration: define(651, 'Identity-with-Emergency-Registration', 'grouped', plain),
  privilegedSenderIndication: define(652, 'Privileged-Sender-Indication', 'enumerated', {
    mandatory: false,
    values: [0, 1],
  }),
  liaFlags: define(653, 'LIA-Flags', 'uint32', plain),
  initialCSeqSequenceNumber,
  sarFlags: define(655, 'SAR-Flags', 'uint32', plain),
  allowedWafWwsfIdentities: define(656, 'Allowed-WAF-WWSF-Identities', 'grouped', plain),
  webrtcAuthenticationFunctionName: define(657, 'WebRTC-Authentication-Function-Name', 'text', plain),
  webrtcWebServerFunctionName: define(658, 'WebRTC-Web-Server-Function-Name', 'text', plain),
} as const;
