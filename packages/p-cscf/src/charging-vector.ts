import { token } from '@ims-sim/host';
import { first, header, type Header, type SipRequest, type SipResponse } from '@ims-sim/sip';
import type { PCscf } from './p-cscf.js';

/**
 * TS 24.229 7.2A.5, RFC 7315 4.6: the P-CSCF names the charging of this request (`icid-value`), and itself as the one that did so;
 * its network is a type 1 IOI.
 */
export function chargingVector({ random, visitedNetwork, ownUri }: PCscf): Header {
  const generatedAt = ownUri.slice('sip:'.length).split(/[;:]/)[0] ?? '';
  return header(
    'P-Charging-Vector',
    `icid-value=${token(random, 16)};icid-generated-at=${generatedAt};orig-ioi=${ioi(visitedNetwork)}`,
  );
}

/**
 * 5.2.6.4.4: the response that a UE gave goes back with the P-Charging-Vector that its request had, to which the P-CSCF adds the
 * type 1 term-ioi of its network. Undefined where the request had none.
 */
export function chargingVectorBack(request: SipRequest, { visitedNetwork }: PCscf): Header | undefined {
  const received = first(request.headers, 'p-charging-vector');
  return received === undefined
    ? undefined
    : header('P-Charging-Vector', `${received.value};term-ioi=${ioi(visitedNetwork)}`);
}

/** 5.2.6.4.4, 5.2.6.4.8: in a 1xx or 2xx; who refuses is charged for nothing. */
export function withChargingVector(response: SipResponse, vector: Header | undefined): SipResponse {
  if (vector === undefined || response.status >= 300) {
    return response;
  }
  const headers = response.headers.slice();
  const at = headers.findIndex((h) => h.key === 'from');
  headers.splice(at < 0 ? headers.length : at, 0, vector);
  return { ...response, headers };
}

/** 4.5.4.1: the IOI of the leg between P-CSCF and S-CSCF has the prefix "Type 1". */
function ioi(network: string): string {
  return `"Type 1${network.replace(/["\\]/g, '')}"`;
}
