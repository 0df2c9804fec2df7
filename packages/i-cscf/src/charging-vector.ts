import { token } from '@ims-sim/host';
import { has, header, withHeaders, type SipRequest } from '@ims-sim/sip';
import type { ICscf } from './i-cscf.js';

/**
 * TS 24.229 5.3.2.1, RFC 7315 4.6: a request that comes without P-Charging-Vector gets one, so that its charging has a name
 * (`icid-value`). One that has it keeps it as it is, orig-ioi included: the I-CSCF is between the two networks that fill it in.
 * TR 24.841 knows of none.
 */
export function withChargingVector(request: SipRequest, { profile, random }: ICscf): SipRequest {
  if (profile === 'tr-24.841' || has(request.headers, 'p-charging-vector')) {
    return request;
  }
  const headers = request.headers.slice();
  const at = headers.findIndex(({ key }) => key === 'from');
  const vector = header('P-Charging-Vector', `icid-value=${token(random, 22)}`);
  headers.splice(at < 0 ? headers.length : at, 0, vector);
  return withHeaders(request, headers);
}
