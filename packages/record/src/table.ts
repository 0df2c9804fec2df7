import { addresses, cseq, fromUtf8, type Header, type SipMessage, tagOf, to, values } from '@ims-sim/sip';
import type { HeaderRule } from './recorded.js';

/** Headers whose value is of the moment and says nothing. */
const OF_THE_MOMENT = new Set(['date', 'timestamp']);

export interface Table {
  readonly text: string;
  /** What is said of a header in place of its value. */
  readonly headers: Readonly<Record<string, HeaderRule>>;
}

export interface TableOptions {
  /** The same message a hop before. */
  readonly before: SipMessage | undefined;
  /** Whether an actor wrote it: on replay a test UE does, which counts its requests and writes its Contact in its own way. */
  readonly byActor: boolean;
  /** Puts symbols in the place of addresses. */
  readonly written: (text: string) => string;
}

/**
 * A message as a scenario's table: headers that are as in `before` are empty, what a hop adds to a Via in transit (RFC 3261 18.2.1,
 * RFC 3581) is left out.
 */
export function tableOf(message: SipMessage, options: TableOptions): Table {
  const { before, byActor, written } = options;
  const lines = [
    message.kind === 'request'
      ? `${message.method} ${written(message.uri)} SIP/2.0`
      : `SIP/2.0 ${message.status} ${message.reason}`,
  ];
  const headers: Record<string, HeaderRule> = {};
  const done = new Set<string>();
  for (const { key, line } of message.headers) {
    if (done.has(key)) {
      continue;
    }
    done.add(key);
    const name = line.slice(0, line.indexOf(':')).trim();
    const rule = byActor && before === undefined ? ruleOfActor(message, key) : undefined;
    if (OF_THE_MOMENT.has(key)) {
      headers[name] = 'any';
    } else if (rule !== undefined) {
      headers[name] = rule;
    }
    lines.push(`${name}: ${valueOf(key, message, options)}`.trimEnd());
  }
  const body = fromUtf8(message.body).replace(/\r\n/g, '\n').trimEnd();
  const text = body === '' ? lines.join('\n') : `${lines.join('\n')}\n\n${written(body)}`;
  return { text: `${text}\n`, headers };
}

/** A SUBSCRIBE out of a dialog is played with its CSeq; else the numbers are the UE's own. */
function ruleOfActor(message: SipMessage, key: Header['key']): HeaderRule | undefined {
  const number = cseq(message);
  if (message.kind === 'response' || number === undefined) {
    return undefined;
  }
  if (key === 'cseq') {
    const isSaid = message.method === 'SUBSCRIBE' && tagOf(to(message)) === undefined;
    return isSaid ? undefined : { matches: `^\\d+ ${number.method}$` };
  }
  if (key === 'contact' && message.method === 'REGISTER') {
    return 'any'; // where it says for how long, there or in Expires, is the UE's affair (RFC 3261 10.2.1.1)
  }
  return key === 'rack' ? { matches: '^\\d+ \\d+ INVITE$' } : undefined;
}

/** All values of a header, in one line; '' where it is as before. */
function valueOf(
  key: Header['key'],
  message: SipMessage,
  { before, byActor, written }: TableOptions,
): string {
  if (key === 'content-length') {
    return message.body === '' ? '0' : '(...)';
  }
  const value = values(message, key).join(', ');
  if (key === 'via') {
    // Never "as before": who answers may write where the request came from into it (RFC 3581 4), and need not.
    return written(value.replace(/;(?:received|rport)(?:=[^;,\s]*)?/gi, ''));
  }
  if (before !== undefined && value !== '' && value === values(before, key).join(', ')) {
    return '';
  }
  return key === 'contact' && byActor && value !== '*' ? ownContact(message, written) : written(value);
}

/** As a test UE writes it: no display name, of the parameters `expires` only. */
function ownContact(message: SipMessage, written: (text: string) => string): string {
  return addresses(message, 'contact')
    .map(({ uriText, params }) => {
      const expires = params.get('expires');
      return `<${written(uriText)}>${typeof expires === 'string' ? `;expires=${expires}` : ''}`;
    })
    .join(', ');
}
