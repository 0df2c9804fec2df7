import type { AvpDefinition, AvpRule, AvpType } from './avp.js';
import { exactlyOne, optional } from './avp.js';
import { VENDOR_3GPP, cx } from './dictionary-cx.js';

/** The AVPs of Sh, TS 29.329 6.3 (Release 17), V bit set; the M bit as table 6.3.1 has it. */
const define = <T extends AvpType>(
  code: number,
  name: string,
  type: T,
  more: { values?: readonly number[]; rules?: readonly AvpRule[]; mandatory?: boolean } = {},
): AvpDefinition<T> => ({ name, code, vendorId: VENDOR_3GPP, mandatory: true, type, ...more });

const msisdn = define(701, 'MSISDN', 'octets');
const serviceIndication = define(704, 'Service-Indication', 'octets');
const sequenceNumber = define(716, 'Sequence-Number', 'uint32', { mandatory: false });

export const sh = {
  userIdentity: define(700, 'User-Identity', 'grouped', {
    rules: [optional(cx.publicIdentity), optional(msisdn)],
  }),
  msisdn,
  userData: define(702, 'User-Data', 'octets'),
  /** Any value: what this node does not know is refused by the application (TS 29.328 6.1.1.1). */
  dataReference: define(703, 'Data-Reference', 'enumerated'),
  serviceIndication,
  subsReqType: define(705, 'Subs-Req-Type', 'enumerated', { values: [0, 1] }),
  requestedDomain: define(706, 'Requested-Domain', 'enumerated', { values: [0, 1] }),
  currentLocation: define(707, 'Current-Location', 'enumerated', { values: [0, 1] }),
  identitySet: define(708, 'Identity-Set', 'enumerated', { values: [0, 1, 2, 3] }),
  expiryTime: define(709, 'Expiry-Time', 'time'),
  sendDataIndication: define(710, 'Send-Data-Indication', 'enumerated', { values: [0, 1] }),
  dsaiTag: define(711, 'DSAI-Tag', 'octets'),
  oneTimeNotification: define(712, 'One-Time-Notification', 'enumerated', {
    mandatory: false,
    values: [0],
  }),
  repositoryDataId: define(715, 'Repository-Data-ID', 'grouped', {
    mandatory: false,
    rules: [exactlyOne(serviceIndication), exactlyOne(sequenceNumber)],
  }),
  sequenceNumber,
} as const;
