import { header, type Because, type Reply } from '@ims-sim/sip';

export const FULL: Reply = {
  kind: 'reply',
  status: 503,
  reason: 'Service Unavailable',
  headers: [header('Retry-After', '60')],
  because: [{ clause: 'TS 24.229 5.4.2.1.1', text: 'no room for another subscription: 503' }],
};
export const UNKNOWN: Reply = {
  kind: 'reply',
  status: 481,
  reason: 'Subscription Does Not Exist',
  because: [{ clause: 'RFC 6665 4.2.1.1', text: 'no subscription has this dialog: 481' }],
};
export const NO_DIALOG: Because = [{ clause: 'RFC 3261 12.1.1', text: 'a SUBSCRIBE without a Contact: 400' }];
export const OUT_OF_ORDER: Because = [{ clause: 'RFC 3261 12.2.2', text: 'CSeq out of order: 500' }];
