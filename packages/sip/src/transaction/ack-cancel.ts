import { cseq } from '../message/access.js';
import { createRequest } from '../message/build.js';
import { header, type Header } from '../message/header.js';
import { first } from '../message/headers.js';
import type { SipRequest, SipResponse } from '../message/message.js';

/**
 * The ACK of a response of 300 and above (RFC 3261 17.1.1.3): the INVITE's Request-URI, top Via, Route, From, Call-ID
 * and CSeq number, and the response's To.
 */
export function ackFor(invite: SipRequest, response: SipResponse): SipRequest {
  return sibling(invite, 'ACK', first(response.headers, 'to'), []);
}

/** The CANCEL of an INVITE as it was sent (RFC 3261 9.1): all of the INVITE's own; `extra` goes behind (Reason, say). */
export function cancelFor(invite: SipRequest, extra: readonly Header[]): SipRequest {
  return sibling(invite, 'CANCEL', first(invite.headers, 'to'), extra);
}

function sibling(
  invite: SipRequest,
  method: 'ACK' | 'CANCEL',
  to: Header | undefined,
  extra: readonly Header[],
): SipRequest {
  const headers: Header[] = [];
  let hasVia = false;
  for (const h of invite.headers) {
    switch (h.key) {
      case 'via':
        // The stack's own, in a line of its own on top; those below are of hops that have nothing to do with this request.
        if (!hasVia) headers.push(h);
        hasVia = true;
        break;
      case 'to':
        headers.push(to ?? h);
        break;
      case 'cseq':
        headers.push(header('CSeq', `${cseq(invite)?.number ?? 0} ${method}`));
        break;
      case 'max-forwards':
        headers.push(header('Max-Forwards', '70'));
        break;
      case 'route':
      case 'from':
      case 'call-id':
        headers.push(h);
        break;
    }
  }
  return createRequest({ method, uri: invite.uri, headers: [...headers, ...extra] });
}
