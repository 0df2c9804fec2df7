import { type SipMessage, type SipRequest, values } from '@ims-sim/sip';

/** The body of a response of a callee, for its action. */
export function contentOf(message: SipMessage, body: string): Record<string, string> {
  const [contentType] = values(message, 'content-type');
  return { ...(contentType !== undefined && { contentType }), body };
}

/** RFC 3262 3: whether the caller can take reliable provisional responses. */
export function isReliable(request: SipRequest): boolean {
  return [...values(request, 'supported'), ...values(request, 'require')].join(',').includes('100rel');
}
