import { headerKey, parseMessage } from '@ims-sim/sip';
import type { MessageStep } from './flow.js';

/** A message as a table prints it, its errata applied. */
export interface ExpectedMessage {
  readonly start:
    | { readonly kind: 'request'; readonly method: string; readonly uri: string }
    | { readonly kind: 'response'; readonly status: number; readonly reason: string };
  /** By lower-case name, each with its values in order; an empty one refers to the message before. */
  readonly headers: ReadonlyMap<string, { readonly name: string; readonly values: readonly string[] }>;
  readonly body: string;
}

/** The message that a step's table prints, as it is right; a string says what is wrong with the table. */
export function expectedMessage(step: MessageStep): ExpectedMessage | string {
  let text = step.table;
  for (const { table, right } of step.errata) {
    if (!text.includes(table)) {
      return `erratum of step ${step.step}: the table does not have \`${table}\``;
    }
    text = text.replaceAll(table, right);
  }
  const blank = text.search(/\n\s*\n/);
  const head = blank < 0 ? text.trimEnd() : text.slice(0, blank);
  const body = blank < 0 ? '' : text.slice(blank).trim();
  const parsed = parseMessage(`${head.split('\n').map((line) => line.trimEnd()).join('\r\n')}\r\n\r\n`);
  if (parsed.kind === 'not-sip') {
    return `step ${step.step}: the first line is neither a request nor a response: \`${head.split('\n')[0] ?? ''}\``;
  }
  const message = parsed.message;
  if (!message) {
    return `step ${step.step}: ${parsed.kind === 'invalid' ? parsed.reason : 'no SIP message'}`;
  }
  const headers = new Map<string, { name: string; values: string[] }>();
  for (const header of message.headers) {
    const name = header.line.slice(0, header.line.indexOf(':')).trim();
    const known = headers.get(header.key);
    if (known) {
      known.values.push(header.value);
    } else {
      headers.set(headerKey(name), { name, values: [header.value] });
    }
  }
  const start =
    message.kind === 'request'
      ? { kind: message.kind, method: message.method, uri: message.uri }
      : { kind: message.kind, status: message.status, reason: message.reason };
  return { start, headers, body };
}
