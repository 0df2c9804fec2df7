import { readFileSync } from 'node:fs';
import type { Cx, LocationInfoAnswer, ServerCapabilities, UserAuthorizationAnswer } from '@ims-sim/cx';
import {
  addresses,
  parseMessage,
  tagOf,
  to,
  withoutTopValue,
  type Decision,
  type Forward,
  type Header,
  type Incoming,
  type SipRequest,
} from '@ims-sim/sip';
import { decide, type ICscf } from '../src/index.js';

const HERE = { address: '127.0.0.1', port: 5060 };
const NAMES = new Set(['icscf2.home2.net', 'icscf2_s.home2.net']);

export const ANYTHING: ServerCapabilities = { mandatory: [], optional: [], serverNames: [] };

/** A request out of `messages/`, with some of its text replaced. */
export function request(file: string, ...changes: readonly [from: string, to: string][]): SipRequest {
  let text = readFileSync(new URL(`../../test/messages/${file}.sip`, import.meta.url), 'latin1');
  for (const [from, replacement] of changes) {
    if (!text.includes(from)) throw new Error(`${file}.sip has no ${JSON.stringify(from)}`);
    text = text.replace(from, replacement);
  }
  const parsed = parseMessage(text.replace(/\r?\n/g, '\r\n'));
  if (parsed.kind !== 'message' || parsed.message.kind !== 'request')
    throw new Error(`${file}.sip is no request`);
  return parsed.message;
}

/** An HSS that gives these answers, one after the other, and remembers what it was asked. */
export class ScriptedHss implements Cx {
  readonly asked: object[] = [];
  readonly #locations: LocationInfoAnswer[];
  readonly #authorizations: UserAuthorizationAnswer[];

  constructor(locations: LocationInfoAnswer[], authorizations: UserAuthorizationAnswer[] = []) {
    this.#locations = locations;
    this.#authorizations = authorizations;
  }

  async locationInfo(request: object): Promise<LocationInfoAnswer> {
    this.asked.push(request);
    return this.#locations.shift() ?? { kind: 'unreachable', reason: 'not scripted' };
  }

  async userAuthorization(request: object): Promise<UserAuthorizationAnswer> {
    this.asked.push(request);
    return this.#authorizations.shift() ?? { kind: 'unreachable', reason: 'not scripted' };
  }

  async serverAssignment(): Promise<never> {
    throw new Error('an I-CSCF assigns nothing');
  }
}

export function icscf(cx: Cx, options: Partial<ICscf> = {}): ICscf {
  return {
    cx,
    profile: 'tr-24.841',
    domain: 'home2.net',
    names: NAMES,
    viaName: 'icscf2_s.home2.net',
    sCscfs: [{ name: 'scscf2.home2.net', capabilities: [1, 2] }],
    trusted: () => true,
    trace: { enabled: true },
    ...options,
  };
}

export async function ask(message: SipRequest, element: ICscf): Promise<Decision> {
  return decide(incoming(message), element);
}

function incoming(message: SipRequest): Incoming {
  const top = addresses(message, 'route')[0];
  const own = top?.uri.kind === 'sip' && NAMES.has(top.uri.host) ? [top] : [];
  const headers = own.length > 0 ? withoutTopValue(message.headers, 'route') : message.headers;
  return {
    request: { ...message, headers },
    source: { transport: 'UDP', remote: HERE, local: HERE },
    ownRoutes: own,
    inDialog: tagOf(to(message)) !== undefined,
    transaction: undefined as never,
  };
}

export function forwarded(decision: Decision | undefined): Forward {
  if (decision?.kind !== 'forward') throw new Error(`not forwarded: ${JSON.stringify(decision)}`);
  return decision;
}

export function lines(message: { readonly headers: readonly Header[] }): string[] {
  return message.headers.map(({ line }) => line);
}

export function valuesOf(message: { readonly headers: readonly Header[] }, key: string): string[] {
  return message.headers.filter((h) => h.key === key).map(({ value }) => value);
}
