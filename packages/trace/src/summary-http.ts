import type { MessageSummary } from './summary.js';

/** `HTTP PUT /subscribers/user1_private@home1.net`, or `HTTP 204 No Content` (RFC 9112 3, 4). */
export function httpSummary(bytes: Buffer): MessageSummary {
  const end = bytes.indexOf('\r\n', 0, 'latin1');
  const line = bytes.toString('utf8', 0, Math.min(end < 0 ? bytes.length : end, 512));
  const response = line.startsWith('HTTP/');
  const [first = '', second = ''] = line.split(' ');
  return { label: response ? `HTTP${line.slice(first.length)}` : `HTTP ${first} ${second}`.trim(), response };
}
