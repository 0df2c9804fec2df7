import { headerKey } from '@ims-sim/sip';
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
    text = text.replaceAll(table, () => right);
  }
  const blank = text.search(/\n\s*\n/);
  const head = blank < 0 ? text.trimEnd() : text.slice(0, blank);
  const body = blank < 0 ? '' : text.slice(blank).trim();
  const [first = '', ...lines] = head.split('\n').map((line) => line.trimEnd());
  const start = startLine(first);
  if (!start) {
    return `step ${step.step}: the first line is neither a request nor a response: \`${first}\``;
  }
  const headers = new Map<string, { name: string; values: string[] }>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim();
    if (colon < 0 || !/^[\w.!%*+`'~-]+$/.test(name)) {
      return `step ${step.step}: not a header: \`${line}\``;
    }
    const value = line.slice(colon + 1).trim();
    const known = headers.get(headerKey(name));
    if (known) {
      known.values.push(value);
    } else {
      headers.set(headerKey(name), { name, values: [value] });
    }
  }
  for (const [name, { value }] of step.alsoOnTheWire) {
    if (headers.has(headerKey(name))) {
      return `step ${step.step}: alsoOnTheWire has ${name}, which the table has too`;
    }
    headers.set(headerKey(name), { name, values: [value] });
  }
  return { start, headers, body };
}

function startLine(line: string): ExpectedMessage['start'] | undefined {
  const [, status, reason = ''] = /^SIP\/2\.0 (\d{3}) (.*)$/.exec(line) ?? [];
  if (status !== undefined) {
    return { kind: 'response', status: Number(status), reason };
  }
  const [, method, uri = ''] = /^([A-Z]+) (\S+) SIP\/2\.0$/.exec(line) ?? [];
  return method === undefined ? undefined : { kind: 'request', method, uri };
}
