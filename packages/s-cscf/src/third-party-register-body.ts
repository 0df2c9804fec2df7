import type { ApplicationServer } from '@ims-sim/cx';
import { token, type Random } from '@ims-sim/host';
import { serialize, toUtf8, type SipRequest, type SipResponse } from '@ims-sim/sip';
import { newDocument } from '@ims-sim/xml';

export interface RegisterBody {
  readonly contentType: string;
  /** One character a byte (latin1). */
  readonly body: string;
}

/** What there is to include. */
export interface Included {
  /** Of an initial registration and one that the user repeats. */
  readonly serviceInfo: boolean;
  readonly request: SipRequest | undefined;
  readonly response: SipResponse | undefined;
}

/**
 * TS 24.229 5.4.1.7: the body of a third-party REGISTER as the criterion asks for it: the service information (clause 7.6),
 * the REGISTER of the UE and the 200 to it as `message/sip`; several in a `multipart/mixed`. Undefined: none.
 */
export function thirdPartyBody(
  { serviceInfo, includeRegisterRequest, includeRegisterResponse }: ApplicationServer,
  included: Included,
  random: Random,
): RegisterBody | undefined {
  const parts: RegisterBody[] = [];
  if (included.serviceInfo && serviceInfo !== undefined) {
    parts.push({ contentType: 'application/3gpp-ims+xml', body: serviceInfoXml(serviceInfo) });
  }
  if (includeRegisterRequest === true && included.request !== undefined) {
    parts.push({ contentType: 'message/sip', body: serialize(included.request) });
  }
  if (includeRegisterResponse === true && included.response !== undefined) {
    parts.push({ contentType: 'message/sip', body: serialize(included.response) });
  }
  return parts.length < 2 ? parts[0] : multipart(parts, token(random, 22));
}

function serviceInfoXml(serviceInfo: string): string {
  const root = newDocument().ele('ims-3gpp').att('version', '1');
  root.ele('service-info').txt(serviceInfo.replaceAll('&', '&amp;')); // the builder takes `&x;` for an entity
  return toUtf8(root.end());
}

/** RFC 2046 5.1.1; the boundary is chance, so that no part has it. */
function multipart(parts: readonly RegisterBody[], boundary: string): RegisterBody {
  const body = parts
    .map((part) => `--${boundary}\r\nContent-Type: ${part.contentType}\r\n\r\n${part.body}\r\n`)
    .join('');
  return { contentType: `multipart/mixed;boundary="${boundary}"`, body: `${body}--${boundary}--\r\n` };
}
