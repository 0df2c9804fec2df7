import { parseTemplate, type RequestTemplate, type ResponseTemplate } from './template.js';

/** What an application asks; `id` is what the reply names. */
export type Command =
  | { readonly kind: 'authenticate'; readonly id: string; readonly secret: string }
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
  | { readonly kind: 'cancel'; readonly id: string }
  | { readonly kind: 'proxy'; readonly id: string }
  | { readonly kind: 'malformed'; readonly id: string };

/** Reads the payload of a frame (one character a byte). Anything that is no command is `malformed`. */
export function parseCommand(payload: string): Command {
  const lineEnd = payload.indexOf('\r');
  const tokens = (lineEnd < 0 ? payload : payload.slice(0, lineEnd)).split('|');
  const [id = '', type, third = '', fourth = '', fifth] = tokens;
  switch (type) {
    case 'authenticate':
      return { kind: 'authenticate', id, secret: third };
    case 'route':
      return { kind: 'route', id, verb: third.toLowerCase() };
    case 'remove_route':
      return { kind: 'remove-route', id, verb: third.toLowerCase() };
    case 'ping':
      return { kind: 'ping', id };
    case 'proxy':
      return { kind: 'proxy', id };
    case 'sip':
      if (tokens.length < 4 || lineEnd < 0) break;
      return sipCommand(id, third, fourth, fifth, payload, lineEnd + 2);
  }
  return { kind: 'malformed', id };
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
  if (txId !== '') return template.method === 'CANCEL' ? { kind: 'cancel', id } : { kind: 'malformed', id };
  return { kind: 'request', id, dialogId, proxy: proxy === '' ? undefined : proxy, template };
}
