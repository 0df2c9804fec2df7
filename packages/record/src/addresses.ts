import { isIP } from 'node:net';
import { prettyEndpoint, type Endpoint } from '@ims-sim/host';
import { addresses, type SipMessage, vias } from '@ims-sim/sip';
import type { SipSeen } from './select.js';

/** How the tables write the addresses of actors, and the rewriting of messages into it. */
export interface ActorAddresses {
  readonly symbols: ReadonlyMap<string, string>;
  /** Ports of actors beside their first, which the tables name: symbols of their own. */
  readonly ports: readonly string[];
  written(text: string): string;
}

/**
 * Each actor gets an address of the documentation prefix (RFC 3849), without a port for the endpoint that it first named as its own;
 * a further endpoint of it (TS 33.203 7.1: its protected ports) keeps its port.
 */
export function actorAddresses(messages: readonly SipSeen[], actors: readonly string[]): ActorAddresses {
  const symbols = new Map(actors.map((name, index) => [name, `[2001:db8::${(index + 1).toString(16)}]`]));
  const written = new Map<string, string>();
  const ports = new Set<string>();
  const seen = new Set<string>();
  const meet = (name: string, endpoint: Endpoint): void => {
    const symbol = symbols.get(name);
    const text = prettyEndpoint(endpoint);
    if (symbol === undefined || written.has(text)) {
      return;
    }
    const isFirst = !seen.has(name);
    seen.add(name);
    written.set(text, isFirst ? symbol : `${symbol}:${endpoint.port}`);
    if (!isFirst) {
      ports.add(String(endpoint.port));
    }
    if (endpoint.port === 5060) {
      written.set(text.replace(/:5060$/, ''), symbol);
    }
  };
  for (const { record, message } of messages) {
    for (const endpoint of symbols.has(record.from) ? ownIn(message) : []) {
      meet(record.from, endpoint);
    }
  }
  const saysItself = new Set(seen);
  for (const { record } of messages) {
    const { from, to, source, destination, transport } = record;
    if (transport === 'udp') {
      // One that writes no address has that of its packets; of TCP, the port of a connection is nobody's address.
      for (const [name, endpoint] of [
        [from, source],
        [to, destination],
      ] as const) {
        if (!saysItself.has(name)) {
          meet(name, endpoint);
        }
      }
    }
  }
  const pattern = patternOf([...written.keys()]);
  return {
    symbols,
    ports: [...ports],
    written: (text) =>
      pattern === undefined
        ? text
        : text.replace(
            pattern,
            (found, user?: string, bare?: string) => written.get(user ?? bare ?? '') ?? found,
          ),
  };
}

/**
 * The endpoints that a sender's own message names as its own: the sent-by of a Via that nobody has added to, and the Contact. They are
 * what tables have, also where a capture has other addresses in its packets (NAT, or a trace that gives each element one).
 */
function ownIn(message: SipMessage): Endpoint[] {
  const path = vias(message);
  const [via] = message.kind === 'request' && path.length === 1 ? path : [];
  const contacts = addresses(message, 'contact').flatMap(({ uri }) => (uri.kind === 'sip' ? [uri] : []));
  return [...(via ? [via] : []), ...contacts].flatMap(({ host, port = 5060 }) => {
    const address = host.replace(/^\[|\]$/g, '');
    return isIP(address) === 0 ? [] : [{ address, port }];
  });
}

/**
 * Any of the texts, longest first, not within a longer number. A user before it and the transport behind it go too: a test UE's
 * Contact has neither, and who plays the scenario is one.
 */
function patternOf(texts: readonly string[]): RegExp | undefined {
  if (texts.length === 0) {
    return undefined;
  }
  const alternatives = [...texts]
    .sort((a, b) => b.length - a.length)
    .map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const one = `(?:${alternatives.join('|')})(?![\\w.]*\\w|:\\d)`;
  return new RegExp(
    `(?<=<?sips?:)[^@\\s<>"]+@(?<user>${one})(?:;transport=(?:udp|tcp))?|(?<![\\w.])(?<bare>${one})(?:;transport=(?:udp|tcp))?`,
    'gi',
  );
}
