import { parseTemplate, type Field, type RequestTemplate, type ResponseTemplate } from './template.js';

/** What an application asks; `id` is what the reply names. */
export type Command =
  | {
      readonly kind: 'authenticate';
      readonly id: string;
      readonly secret: string;
      readonly tags: readonly string[];
    }
  | { readonly kind: 'route' | 'remove-route'; readonly id: string; readonly verb: string }
  | { readonly kind: 'ping'; readonly id: string }
  /** A response to the request that came with this transaction id. */
  | {
      readonly kind: 'respond';
      readonly id: string;
      readonly txId: string;
      readonly template: ResponseTemplate;
    }
  /** A request, in the dialog `dialogId` unless that is empty; `proxy` is its next hop where one was given. */
  | {
      readonly kind: 'request';
      readonly id: string;
      readonly dialogId: string;
      readonly proxy: string | undefined;
      readonly template: RequestTemplate;
    }
  /** CANCEL of an INVITE that the application sent. */
  | {
      readonly kind: 'cancel';
      readonly id: string;
      readonly txId: string;
      readonly template: RequestTemplate;
    }
  | ProxyCommand
  | { readonly kind: 'malformed'; readonly id: string };

/** The application passes on a request that came with this transaction id (`req.proxy`). */
export interface ProxyCommand extends ProxyPlan {
  readonly kind: 'proxy';
  readonly id: string;
  readonly txId: string;
}

/** How a request is passed on. */
export interface ProxyPlan {
  readonly remainInDialog: boolean;
  readonly followRedirects: boolean;
  readonly simultaneous: boolean;
  /** Until a first response, and until a final one; undefined: as the RFC has it. */
  readonly provisionalTimeoutMs: number | undefined;
  readonly finalTimeoutMs: number | undefined;
  readonly destinations: readonly string[];
  /** What its headers are to be. */
  readonly fields: readonly Field[];
}

/** Reads the payload of a frame (one character a byte). Anything that is no command is `malformed`. */
export function parseCommand(payload: string): Command {
  const lineEnd = payload.indexOf('\r');
  const tokens = (lineEnd < 0 ? payload : payload.slice(0, lineEnd)).split('|');
  const [id = '', type, third = '', fourth = '', fifth] = tokens;
  switch (type) {
    case 'authenticate':
      return { kind: 'authenticate', id, secret: third, tags: tagsIn(fourth) };
    case 'route':
      return { kind: 'route', id, verb: third.toLowerCase() };
    case 'remove_route':
      return { kind: 'remove-route', id, verb: third.toLowerCase() };
    case 'ping':
      return { kind: 'ping', id };
    case 'proxy':
      return lineEnd < 0 ? { kind: 'malformed', id } : proxyCommand(id, tokens, payload, lineEnd + 2);
    case 'sip':
      if (tokens.length < 4 || lineEnd < 0) break;
      return sipCommand(id, third, fourth, fifth, payload, lineEnd + 2);
  }
  return { kind: 'malformed', id };
}

/** drachtio-srf's own bounds: 20 tags of 32 characters. */
function tagsIn(text: string): readonly string[] {
  return text
    .split(',')
    .filter((tag) => tag !== '' && tag.length <= 32)
    .slice(0, 20);
}

function sipCommand(
  id: string,
  txId: string,
  dialogId: string,
  proxy: string | undefined,
  payload: string,
  at: number,
): Command {
  const template = parseTemplate(payload, at);
  if (template === undefined) return { kind: 'malformed', id };
  if (template.kind === 'response') {
    return txId === '' ? { kind: 'malformed', id } : { kind: 'respond', id, txId, template };
  }
  if (txId !== '') {
    return template.method === 'CANCEL' ? { kind: 'cancel', id, txId, template } : { kind: 'malformed', id };
  }
  return { kind: 'request', id, dialogId, proxy: proxy === '' ? undefined : proxy, template };
}

/** Destinations of one request, at most. */
export const MAX_DESTINATIONS = 32;

/** `id|proxy|txid|remainInDialog?|fullResponse|followRedirects?|simultaneous or serial|provTimeout|finalTimeout|dest|...` */
function proxyCommand(id: string, tokens: readonly string[], payload: string, at: number): Command {
  const template = parseTemplate(payload, at);
  const [, , txId = '', remains, , follows, forking, provisional = '', final = '', ...destinations] = tokens;
  if (template?.kind !== 'request' || txId === '' || destinations.length === 0)
    return { kind: 'malformed', id };
  return {
    kind: 'proxy',
    id,
    txId,
    remainInDialog: remains === 'remainInDialog',
    followRedirects: follows === 'followRedirects',
    simultaneous: forking === 'simultaneous',
    provisionalTimeoutMs: durationMs(provisional),
    finalTimeoutMs: durationMs(final),
    destinations: destinations.slice(0, MAX_DESTINATIONS),
    fields: template.fields,
  };
}

/** `2s`, `1500ms`, or milliseconds without a unit; an hour at most. */
export function durationMs(text: string): number | undefined {
  const unit = text.endsWith('ms') ? 'ms' : text.endsWith('s') ? 's' : '';
  const number = Number(text.slice(0, text.length - unit.length));
  if (text === '' || !(number > 0)) return undefined;
  return Math.min(unit === 's' ? number * 1000 : number, 3_600_000);
}
