import { token } from '@ims-sim/host';
import { createRequest, tagOf, parseNameAddr, type SipRequest } from '@ims-sim/sip';
import { isTargetRefresh, type AppDialog } from './app-dialog.js';
import { firstCSeq, ownUri, type Endpoint } from './endpoint.js';
import { requestHeaders } from './fields.js';
import { fieldValue, type Field, type RequestTemplate } from './template.js';

/** A request outside of dialogs, as the application gave it and with what it left out (RFC 3261 8.1.1). */
export function requestOutside(endpoint: Endpoint, template: RequestTemplate): SipRequest {
  const { host } = endpoint;
  const { method, uri, body } = template;
  const fields = filledIn(template.fields, endpoint);
  const given = fieldValue(fields, 'from');
  const from = given ?? `<${ownUri(endpoint)}>`;
  const core = {
    maxForwards: fieldValue(fields, 'max-forwards') ?? '70',
    route: fieldValue(fields, 'route'),
    from: isTagged(given) ? from : `${from};tag=${token(host.random, 8)}`,
    to: fieldValue(fields, 'to') ?? `<${uri}>`,
    callId: fieldValue(fields, 'call-id') ?? token(host.random, 22),
    cseq: `${cseqNumber(fields) ?? firstCSeq(endpoint)} ${method}`,
    contact: needsContact(method) ? `<${ownUri(endpoint)}>` : undefined,
  };
  return createRequest({ method, uri, headers: requestHeaders(core, withContentType(fields, body)), body });
}

/** The ACK of a 2xx to the INVITE that had `cseq` (RFC 3261 13.2.2.4). */
export function ackInDialog(dialog: AppDialog, cseq: number, template: RequestTemplate): SipRequest {
  const { fields, body } = template;
  const core = {
    maxForwards: '70',
    route: dialog.route,
    from: dialog.local,
    to: dialog.remote,
    callId: dialog.callId,
    cseq: `${cseq} ACK`,
    contact: undefined,
  };
  const headers = requestHeaders(core, withContentType(fields, body));
  return createRequest({ method: 'ACK', uri: dialog.target, headers, body });
}

/**
 * A request within a dialog (RFC 3261 12.2.1.1); takes the dialog's next CSeq. Not by `inDialogRequest`: the headers'
 * order has the application's own among them, and an `AppDialog` has text where a `Dialog` has parsed addresses.
 */
export function requestInDialog(
  endpoint: Endpoint,
  dialog: AppDialog,
  template: RequestTemplate,
): SipRequest {
  const { method, body } = template;
  const fields = filledIn(template.fields, endpoint);
  dialog.localCSeq++;
  const core = {
    maxForwards: fieldValue(fields, 'max-forwards') ?? '70',
    route: dialog.route,
    from: dialog.local,
    to: dialog.remote,
    callId: dialog.callId,
    cseq: `${dialog.localCSeq} ${method}`,
    contact: needsContact(method) ? `<${ownUri(endpoint)}>` : undefined,
  };
  const headers = requestHeaders(core, withContentType(fields, body));
  return createRequest({ method, uri: dialog.target, headers, body });
}

/** drachtio-server's rule: only a session description may come without a Content-Type. */
export function lacksContentType({ fields, body }: RequestTemplate): boolean {
  return body !== '' && !body.startsWith('v=0') && fieldValue(fields, 'content-type') === undefined;
}

function withContentType(fields: readonly Field[], body: string): readonly Field[] {
  if (!body.startsWith('v=0') || fieldValue(fields, 'content-type') !== undefined) return fields;
  return [...fields, { name: 'Content-Type', key: 'content-type', value: 'application/sdp' }];
}

function isTagged(from: string | undefined): boolean {
  return from !== undefined && tagOf(parseNameAddr(from)) !== undefined;
}

function cseqNumber(fields: readonly Field[]): number | undefined {
  const value = fieldValue(fields, 'cseq');
  const number = value === undefined ? NaN : Number.parseInt(value, 10);
  return number >= 0 && number < 2 ** 32 ? number : undefined;
}

/** RFC 3261 8.1.1.8, RFC 6665 8.2.1, RFC 3311 5.1, RFC 3515 2.2: mandatory in these. */
function needsContact(method: string): boolean {
  return isTargetRefresh(method) || method === 'REFER';
}

/**
 * `localhost` stands for this endpoint, as drachtio-srf writes it where it knows no host of its own (`callingNumber`); a real
 * drachtio-server fills it in, too.
 */
function filledIn(fields: readonly Field[], { stack }: Endpoint): readonly Field[] {
  if (!fields.some(({ value }) => value.includes('@localhost'))) return fields;
  return fields.map((field) =>
    field.key === 'from' || field.key === 'contact'
      ? { ...field, value: field.value.replace('@localhost', `@${stack.sentBy}`) }
      : field,
  );
}
