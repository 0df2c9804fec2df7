import { header, type Header } from '@ims-sim/sip';
import { spelledName } from './field-names.js';
import type { Field } from './template.js';

/** The headers that the endpoint itself writes into a request. */
export interface RequestCore {
  readonly maxForwards: string;
  readonly route: string | undefined;
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  readonly cseq: string;
  /** Where the application gives none. */
  readonly contact: string | undefined;
}

/** Written by the endpoint or the stack, whatever the application says. */
const NOT_THE_APPS = new Set([
  'via',
  'max-forwards',
  'route',
  'record-route',
  'from',
  'to',
  'call-id',
  'cseq',
  'rseq',
  'content-length',
]);

/**
 * A request's headers in the order of TR 24.841's tables: Max-Forwards, who asserts what (P-*, Privacy), Route, From, To,
 * Call-ID, CSeq, the application's own, Contact, Content-Type.
 */
export function requestHeaders(core: RequestCore, fields: readonly Field[]): Header[] {
  const headers = [header('Max-Forwards', core.maxForwards)];
  for (const field of fields) if (isIdentity(field.key)) headers.push(toHeader(field));
  if (core.route !== undefined && core.route !== '') headers.push(header('Route', core.route));
  headers.push(
    header('From', core.from),
    header('To', core.to),
    header('Call-ID', core.callId),
    header('CSeq', core.cseq),
  );
  pushOwn(headers, fields, isIdentity, core.contact);
  return headers;
}

/** A response's headers behind those that are the request's: the application's own, Contact, Content-Type. */
export function responseHeaders(fields: readonly Field[], contact: string | undefined): Header[] {
  const headers: Header[] = [];
  pushOwn(headers, fields, () => false, contact);
  return headers;
}

function pushOwn(
  headers: Header[],
  fields: readonly Field[],
  isElsewhere: (key: string) => boolean,
  contact: string | undefined,
): void {
  let contentType: Field | undefined;
  let givenContact: string | undefined;
  for (const field of fields) {
    const { key } = field;
    if (key === 'contact') givenContact = field.value;
    else if (key === 'content-type') contentType = field;
    else if (!NOT_THE_APPS.has(key) && !isElsewhere(key)) headers.push(toHeader(field));
  }
  const written = givenContact ?? contact;
  if (written !== undefined) headers.push(header('Contact', written));
  if (contentType !== undefined) headers.push(toHeader(contentType));
}

function isIdentity(key: string): boolean {
  return key.startsWith('p-') || key === 'privacy';
}

function toHeader({ name, value }: Field): Header {
  return header(spelledName(name), value);
}
