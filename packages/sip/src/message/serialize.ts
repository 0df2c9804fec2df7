import type { Headers, SipMessage } from './message.js';

/**
 * The message as it goes on the wire, one character a byte (latin1). Content-Length is the headers' own affair
 * (`withBody`).
 */
export function serialize(message: SipMessage): string {
  const startLine =
    message.kind === 'request'
      ? `${message.method} ${message.uri} SIP/2.0\r\n`
      : `SIP/2.0 ${message.status} ${message.reason}\r\n`;
  return startLine + lines(message.headers) + '\r\n' + message.body;
}

/** Lines that came side by side and still stand so are one piece of the text that they came in. */
function lines(headers: Headers): string {
  let text = '';
  let source = '';
  let at = 0;
  let end = 0;
  for (const h of headers) {
    if (h.source !== source || h.at !== end + 2) {
      if (source !== '') {
        text += piece(source, at, end);
      }
      source = h.source;
      at = h.at;
    }
    end = h.end;
  }
  return source === '' ? text : text + piece(source, at, end);
}

/** With the CRLF, which the source mostly has itself. */
function piece(source: string, at: number, end: number): string {
  return source.startsWith('\r\n', end) ? source.slice(at, end + 2) : source.slice(at, end) + '\r\n';
}
