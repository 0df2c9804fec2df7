import { fromUtf8, type Header, type SipMessage, values } from '@ims-sim/sip';

/** Headers whose value is of the moment and says nothing. */
const OF_THE_MOMENT = new Set(['date', 'timestamp']);

export interface Table {
  readonly text: string;
  readonly any: readonly string[];
}

/**
 * A message as a scenario's table: headers that are as in `before` are empty, what a hop adds to a Via in transit (RFC 3261 18.2.1,
 * RFC 3581) is left out. `written` puts symbols in the place of addresses.
 */
export function tableOf(
  message: SipMessage,
  before: SipMessage | undefined,
  written: (text: string) => string,
): Table {
  const lines = [
    message.kind === 'request'
      ? `${message.method} ${written(message.uri)} SIP/2.0`
      : `SIP/2.0 ${message.status} ${message.reason}`,
  ];
  const any: string[] = [];
  const done = new Set<string>();
  for (const { key, line } of message.headers) {
    if (done.has(key)) {
      continue;
    }
    done.add(key);
    const name = line.slice(0, line.indexOf(':')).trim();
    if (OF_THE_MOMENT.has(key)) {
      any.push(name);
    }
    lines.push(`${name}: ${valueOf(key, message, before, written)}`.trimEnd());
  }
  const body = fromUtf8(message.body).replace(/\r\n/g, '\n').trimEnd();
  const text = body === '' ? lines.join('\n') : `${lines.join('\n')}\n\n${written(body)}`;
  return { text: `${text}\n`, any };
}

/** All values of a header, in one line; '' where it is as before. */
function valueOf(
  key: Header['key'],
  message: SipMessage,
  before: SipMessage | undefined,
  written: (text: string) => string,
): string {
  if (key === 'content-length') {
    return message.body === '' ? '0' : '(...)';
  }
  const value = values(message, key).join(', ');
  if (before !== undefined && value !== '' && value === values(before, key).join(', ')) {
    return '';
  }
  return written(key === 'via' ? value.replace(/;(?:received|rport)(?:=[^;,\s]*)?/gi, '') : value);
}
