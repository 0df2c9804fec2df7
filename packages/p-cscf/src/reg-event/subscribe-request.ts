import { token, type Random } from '@ims-sim/host';
import { createRequest, header, type Header, type SipRequest } from '@ims-sim/sip';
import { REGINFO_CONTENT_TYPE } from '@ims-sim/reginfo';

/** What the P-CSCF says about itself in its SUBSCRIBEs. */
export interface Subscriber {
  /** Its own SIP URI. */
  readonly uri: string;
  /** The URI that it puts into Path, but for `lr`. */
  readonly asserted: string;
  /** P-Charging-Vector, where the profile has it. */
  readonly charging: () => Header | undefined;
  readonly random: Random;
}

/** TS 24.229 5.2.3: the SUBSCRIBE to the registration state of a user, by the default public user identity. */
export function subscribeRequest(self: Subscriber, identity: string, expiresS: number): SipRequest {
  const { uri, random } = self;
  return createRequest({
    method: 'SUBSCRIBE',
    uri: identity,
    headers: [
      header('Max-Forwards', '70'),
      ...assertion(self),
      header('From', `<${uri}>;tag=${token(random, 11)}`),
      header('To', `<${identity}>`),
      header('Call-ID', token(random, 22)),
      header('CSeq', '1 SUBSCRIBE'),
      ...subscription(self, expiresS),
    ],
  });
}

/** What a refresh has beside what its dialog gives. */
export function refreshHeaders(self: Subscriber, expiresS: number): Header[] {
  return [...assertion(self), ...subscription(self, expiresS)];
}

/** 5.2.3: it is known by what it put into Path. */
function assertion({ asserted: uri, charging }: Subscriber): Header[] {
  const vector = charging();
  const asserted = header('P-Asserted-Identity', `<${uri}>`);
  return vector === undefined ? [asserted] : [asserted, vector];
}

function subscription({ uri }: Subscriber, expiresS: number): Header[] {
  return [
    header('Event', 'reg'),
    header('Expires', String(expiresS)),
    header('Accept', REGINFO_CONTENT_TYPE),
    header('Contact', `<${uri}>`),
  ];
}
