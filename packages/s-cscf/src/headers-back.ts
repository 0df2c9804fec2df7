import {
  first,
  topVia,
  valueOf,
  without,
  type Forward,
  type Header,
  type Headers,
  type SipRequest,
} from '@ims-sim/sip';
import { chargingFunctionAddresses } from './charging-function-addresses.js';
import { answeredVector } from './charging-vector.js';
import { beforeContent } from './headers-towards.js';
import type { SCscf } from './s-cscf.js';
import type { ServedUser } from './served-user.js';
import { isOfOperator } from './trust-domain.js';

/**
 * The headers of a response as they go back to the neighbour that the request came from. TS 24.229 4.5.4: its P-Charging-Vector names the
 * operator that the neighbour named, and this one. 4.5.5, 5.4.4: within the network the 1xx and 2xx of a session say where charging
 * data of the served user goes; out of it nothing says that. The draft does neither: undefined.
 */
export function headersBack(
  request: SipRequest,
  user: ServedUser | undefined,
  scscf: SCscf,
): Forward['onResponse'] {
  if (scscf.profile !== 'ts-24.141') {
    return undefined;
  }
  const received = valueOf(request.headers, 'p-charging-vector');
  const host = topVia(request)?.host.toLowerCase();
  const isOwn = isOfOperator({ kind: 'element', host }, scscf);
  const charging = isOwn && request.method === 'INVITE' ? user?.set.charging : undefined;
  const addresses = charging === undefined ? undefined : chargingFunctionAddresses(charging);
  return (response) => {
    const isProgress = response.status < 300;
    let { headers } = response;
    if (received !== undefined) {
      headers = withVector(headers, received, isProgress, scscf);
    }
    headers = withAddresses(headers, isOwn, isProgress ? addresses : undefined);
    return headers === response.headers ? response : { ...response, headers };
  };
}

/** Of a 3xx to 6xx only one that is there: those who refuse need not say who they are, but a type 1 or 3 IOI ends here (4.5.4.1). */
function withVector(headers: Headers, received: string, isProgress: boolean, { domain }: SCscf): Headers {
  const isThere = first(headers, 'p-charging-vector') !== undefined;
  return isProgress || isThere
    ? beforeContent(without(headers, 'p-charging-vector'), answeredVector(received, domain))
    : headers;
}

function withAddresses(headers: Headers, isOwn: boolean, addresses: Header | undefined): Headers {
  const isThere = first(headers, 'p-charging-function-addresses') !== undefined;
  if (isThere && !isOwn) {
    return without(headers, 'p-charging-function-addresses');
  }
  return isThere || addresses === undefined ? headers : beforeContent(headers, addresses);
}
