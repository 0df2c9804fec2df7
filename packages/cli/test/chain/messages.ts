import { addresses, createRequest, header, type SipRequest } from '@ims-sim/sip';
import { PLACES } from './network.js';

export function subscribe(): SipRequest {
  return createRequest({
    method: 'SUBSCRIBE',
    uri: 'tel:+1-212-555-2222',
    headers: [
      header('Max-Forwards', '70'),
      header('P-Asserted-Identity', '<sip:user1_public1@home1.net>'),
      header('Privacy', 'none'),
      header('Route', '<sip:pcscf1.home1.net;lr>'),
      header('From', '<sip:user1_public1@home1.net>;tag=31415'),
      header('To', '<tel:+1-212-555-2222>'),
      header('Call-ID', 'b89rjhnedlrfjflslj40a222'),
      header('CSeq', '61 SUBSCRIBE'),
      header('Event', 'presence'),
      header('Expires', '7200'),
      header('Contact', `<sip:${PLACES.ue1}>`),
    ],
  });
}

export function notify(received: SipRequest): SipRequest {
  return createRequest({
    method: 'NOTIFY',
    uri: addresses(received, 'contact')[0]?.uriText ?? '',
    headers: [
      header('Max-Forwards', '70'),
      header('P-Asserted-Identity', '<sip:user2_public1@home2.net>'),
      header('Privacy', 'none'),
      header(
        'Route',
        addresses(received, 'record-route')
          .map(({ text }) => text)
          .join(', '),
      ),
      header('From', '<tel:+1-212-555-2222>;tag=151170'),
      header('To', '<sip:user1_public1@home1.net>;tag=31415'),
      header('Call-ID', 'b89rjhnedlrfjflslj40a222'),
      header('CSeq', '42 NOTIFY'),
      header('Subscription-State', 'active;expires=7200'),
      header('Event', 'presence'),
      header('Contact', '<sip:ps.home2.net>'),
    ],
  });
}

export function publish(): SipRequest {
  return createRequest({
    method: 'PUBLISH',
    uri: 'sip:user2_public1@home2.net',
    headers: [
      header('Max-Forwards', '70'),
      header('Route', '<sip:pcscf2.home2.net;lr>'),
      header('From', '<sip:user2_public1@home2.net>;tag=p'),
      header('To', '<sip:user2_public1@home2.net>'),
      header('Call-ID', 'publish'),
      header('CSeq', '1 PUBLISH'),
      header('Event', 'presence'),
      header('Expires', '3600'),
    ],
  });
}
