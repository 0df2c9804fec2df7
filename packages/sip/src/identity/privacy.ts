import type { Headers } from '../message/message.js';

/** Whether the asserted identity is not to leave the trust domain: `Privacy: id` (RFC 3325 9.3; values are separated by `;`, RFC 3323 4.2). */
export function asksForIdPrivacy(headers: Headers): boolean {
  return headers.some(
    ({ key, value }) =>
      key === 'privacy' &&
      value !== 'none' &&
      value.split(/[;,]/).some((privacy) => privacy.trim().toLowerCase() === 'id'),
  );
}
