import { toUtf8 } from '@ims-sim/sip';

/**
 * A message as a scenario file has it, as bytes: lines end with CRLF, the headers with an empty line; Content-Length is that of the body
 * where the text says none.
 */
export function rawMessage(text: string): Buffer {
  const lines = text.replace(/\r\n/g, '\n').replace(/^\n+/, '');
  const split = lines.indexOf('\n\n');
  const head = (split < 0 ? lines.replace(/\n+$/, '') : lines.slice(0, split)).split('\n');
  const rest = split < 0 ? '' : lines.slice(split + 2);
  // a block of the file ends with a line break of its own: without a body it is none
  const body = toUtf8(rest.trim() === '' ? '' : rest.replace(/\n/g, '\r\n'));
  const says = head.some((line) => /^(content-length|l)[ \t]*:/i.test(line));
  const all = says ? head : [...head, `Content-Length: ${body.length}`];
  return Buffer.from(`${toUtf8(all.join('\r\n'))}\r\n\r\n${body}`, 'latin1');
}
