import type { SipMessage } from './message.js';

/** The message as it goes on the wire, one character a byte (latin1). Content-Length is the headers' own affair (`withBody`). */
export function serialize(message: SipMessage): string {
  let text =
    message.kind === 'request'
      ? `${message.method} ${message.uri} SIP/2.0\r\n`
      : `SIP/2.0 ${message.status} ${message.reason}\r\n`;
  for (const h of message.headers) {
    text += h.line + '\r\n';
  }
  return text + '\r\n' + message.body;
}
