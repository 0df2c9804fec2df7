import type { AvpDefinition, AvpRule, AvpType } from './avp.js';
import { anyNumber, exactlyOne, oneOrMore, optional } from './avp.js';

/** The AVPs of the base protocol, RFC 6733 4.5, with the M bit as its table has it. */
const define = <T extends AvpType>(
  code: number,
  name: string,
  type: T,
  more: { values?: readonly number[]; rules?: readonly AvpRule[]; mandatory?: boolean } = {},
): AvpDefinition<T> => ({ name, code, vendorId: 0, mandatory: true, type, ...more });

const vendorId = define(266, 'Vendor-Id', 'uint32');
const authApplicationId = define(258, 'Auth-Application-Id', 'uint32');
const acctApplicationId = define(259, 'Acct-Application-Id', 'uint32');
const experimentalResultCode = define(298, 'Experimental-Result-Code', 'uint32');
const proxyHost = define(280, 'Proxy-Host', 'identity');
const proxyState = define(33, 'Proxy-State', 'octets');

export const base = {
  userName: define(1, 'User-Name', 'text'),
  class: define(25, 'Class', 'octets'),
  sessionTimeout: define(27, 'Session-Timeout', 'uint32'),
  proxyState,
  eventTimestamp: define(55, 'Event-Timestamp', 'time'),
  hostIpAddress: define(257, 'Host-IP-Address', 'address'),
  authApplicationId,
  acctApplicationId,
  vendorSpecificApplicationId: define(260, 'Vendor-Specific-Application-Id', 'grouped', {
    // RFC 3588 6.11 had 1* { Vendor-Id }, and its peers still send that.
    rules: [oneOrMore(vendorId), optional(authApplicationId), optional(acctApplicationId)],
  }),
  redirectHostUsage: define(261, 'Redirect-Host-Usage', 'enumerated', { values: [0, 1, 2, 3, 4, 5, 6] }),
  redirectMaxCacheTime: define(262, 'Redirect-Max-Cache-Time', 'uint32'),
  sessionId: define(263, 'Session-Id', 'text'),
  originHost: define(264, 'Origin-Host', 'identity'),
  supportedVendorId: define(265, 'Supported-Vendor-Id', 'uint32'),
  vendorId,
  firmwareRevision: define(267, 'Firmware-Revision', 'uint32', { mandatory: false }),
  resultCode: define(268, 'Result-Code', 'uint32'),
  productName: define(269, 'Product-Name', 'text', { mandatory: false }),
  sessionBinding: define(270, 'Session-Binding', 'uint32'),
  sessionServerFailover: define(271, 'Session-Server-Failover', 'enumerated', { values: [0, 1, 2, 3] }),
  multiRoundTimeOut: define(272, 'Multi-Round-Time-Out', 'uint32'),
  disconnectCause: define(273, 'Disconnect-Cause', 'enumerated', { values: [0, 1, 2] }),
  authRequestType: define(274, 'Auth-Request-Type', 'enumerated', { values: [1, 2, 3] }),
  authGracePeriod: define(276, 'Auth-Grace-Period', 'uint32'),
  authSessionState: define(277, 'Auth-Session-State', 'enumerated', { values: [0, 1] }),
  originStateId: define(278, 'Origin-State-Id', 'uint32'),
  failedAvp: define(279, 'Failed-AVP', 'grouped'),
  proxyHost,
  errorMessage: define(281, 'Error-Message', 'text', { mandatory: false }),
  routeRecord: define(282, 'Route-Record', 'identity'),
  destinationRealm: define(283, 'Destination-Realm', 'identity'),
  proxyInfo: define(284, 'Proxy-Info', 'grouped', {
    rules: [exactlyOne(proxyHost), exactlyOne(proxyState)],
  }),
  reAuthRequestType: define(285, 'Re-Auth-Request-Type', 'enumerated', { values: [0, 1] }),
  authorizationLifetime: define(291, 'Authorization-Lifetime', 'uint32'),
  redirectHost: define(292, 'Redirect-Host', 'text'),
  destinationHost: define(293, 'Destination-Host', 'identity'),
  errorReportingHost: define(294, 'Error-Reporting-Host', 'identity', { mandatory: false }),
  terminationCause: define(295, 'Termination-Cause', 'enumerated'),
  originRealm: define(296, 'Origin-Realm', 'identity'),
  experimentalResult: define(297, 'Experimental-Result', 'grouped', {
    rules: [exactlyOne(vendorId), exactlyOne(experimentalResultCode)],
  }),
  experimentalResultCode,
  inbandSecurityId: define(299, 'Inband-Security-Id', 'uint32'),
  accountingSubSessionId: define(287, 'Accounting-Sub-Session-Id', 'uint64'),
  /** RFC 7944 and RFC 7683: peers of Release 13 and later put them in, without the M bit. */
  drmp: define(301, 'DRMP', 'enumerated', { mandatory: false }),
  ocSupportedFeatures: define(621, 'OC-Supported-Features', 'grouped', {
    mandatory: false,
    rules: [anyNumber(define(622, 'OC-Feature-Vector', 'uint64', { mandatory: false }))],
  }),
} as const;

export const AUTH_SESSION_NO_STATE_MAINTAINED = 1;
export const INBAND_SECURITY_NONE = 0;
/** RFC 6733 5.4.3. */
export const DISCONNECT_REBOOTING = 0;
/** RFC 6733 2.4: a relay offers every application. */
export const APPLICATION_RELAY = 0xffffffff;
