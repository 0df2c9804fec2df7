import type { Endpoint as Address } from '@ims-sim/host';
import { from, parseUri, to, valueOf, type ServerTransaction } from '@ims-sim/sip';
import { durationMs, MAX_DESTINATIONS, type ProxyPlan } from './command.js';
import type { Endpoint } from './endpoint.js';
import { httpGet } from './http-get.js';

/** What a request handler says. */
export type HandlerAnswer =
  /** To the application that listens there, `host:port`. */
  | { readonly kind: 'route'; readonly at: string }
  | { readonly kind: 'reject'; readonly status: number; readonly reason: string | undefined }
  | { readonly kind: 'redirect'; readonly contacts: readonly string[] }
  /** To an application that is connected and calls itself so. */
  | { readonly kind: 'tag'; readonly tag: string }
  | { readonly kind: 'proxy'; readonly plan: ProxyPlan };

/** Asks a request handler by HTTP. Rejects where it does not answer, or not in its words. */
export async function askHandler(
  endpoint: Endpoint,
  handler: string,
  transaction: ServerTransaction,
  addressOf: (at: string) => Promise<Address>,
): Promise<HandlerAnswer> {
  const url = new URL(handler);
  if (url.protocol !== 'http:') throw new Error(`${handler} is neither tcp: nor http:`);
  describe(transaction, url.searchParams);
  const at = await addressOf(`${url.hostname}:${url.port === '' ? '80' : url.port}`);
  return readAnswer(await httpGet(endpoint.host, at, url.host, `${url.pathname}${url.search}`));
}

/** The query, in drachtio-server's words. */
function describe({ request, source }: ServerTransaction, query: URLSearchParams): void {
  const user = (uri: ReturnType<typeof parseUri>) => (uri?.kind === 'sip' ? (uri.user ?? '') : '');
  const uri = parseUri(request.uri);
  query.set('method', request.method);
  query.set('domain', uri?.kind === 'sip' ? uri.host : '');
  query.set('protocol', source.transport.toLowerCase());
  query.set('source_address', source.remote.address);
  query.set('fromUser', user(from(request)?.uri));
  query.set('toUser', user(to(request)?.uri));
  query.set('uriUser', user(uri));
  query.set('contentType', valueOf(request.headers, 'content-type') ?? '');
  query.set('uri', request.uri);
}

function readAnswer(text: string): HandlerAnswer {
  const answer: unknown = JSON.parse(text);
  const action = member(answer, 'action');
  const data = member(answer, 'data');
  const uri = member(data, 'uri');
  if (action === 'route' && typeof uri === 'string') return { kind: 'route', at: uri };
  const tag = member(data, 'tag');
  if (action === 'route' && typeof tag === 'string') return { kind: 'tag', tag };
  const plan = action === 'proxy' ? planIn(data) : undefined;
  if (plan !== undefined) return { kind: 'proxy', plan };
  const status = member(data, 'status');
  if (action === 'reject' && typeof status === 'number' && status >= 400 && status < 700) {
    const reason = member(data, 'reason');
    return { kind: 'reject', status, reason: typeof reason === 'string' ? plain(reason) : undefined };
  }
  const contact = member(data, 'contact');
  const contacts = (Array.isArray(contact) ? contact : [contact]).filter(
    (one): one is string => typeof one === 'string' && parseUri(one) !== undefined,
  );
  if (action === 'redirect' && contacts.length > 0) return { kind: 'redirect', contacts };
  throw new Error(`${text.slice(0, 200)} is no answer of a request handler`);
}

/** As `req.proxy` of drachtio-srf has it; undefined where no destination can be read. */
function planIn(data: unknown): ProxyPlan | undefined {
  const given = member(data, 'destination');
  const destinations = (Array.isArray(given) ? given : [given]).flatMap((one) => {
    const uris = typeof one === 'string' ? [one, `sip:${one}`] : [];
    return uris.find((uri) => parseUri(uri)?.kind === 'sip') ?? [];
  });
  if (destinations.length === 0) return undefined;
  const timeout = (name: string) => {
    const value = member(data, name);
    return typeof value === 'string' || typeof value === 'number' ? durationMs(String(value)) : undefined;
  };
  return {
    remainInDialog: member(data, 'recordRoute') === true,
    followRedirects: member(data, 'followRedirects') === true,
    simultaneous: member(data, 'simultaneous') === true,
    provisionalTimeoutMs: timeout('provisionalTimeout'),
    finalTimeoutMs: timeout('finalTimeout'),
    destinations: destinations.slice(0, MAX_DESTINATIONS),
    fields: [],
  };
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function plain(text: string): string {
  return text.replaceAll(/[^ -~]/g, ' ');
}
