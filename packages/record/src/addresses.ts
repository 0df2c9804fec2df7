import { prettyEndpoint, type Endpoint } from '@ims-sim/host';
import type { MessageRecord } from '@ims-sim/trace';

/** How the tables write the addresses of actors, and the rewriting of messages into it. */
export interface ActorAddresses {
  readonly symbols: ReadonlyMap<string, string>;
  /** Ports of actors beside their first, which the tables name: symbols of their own. */
  readonly ports: readonly string[];
  written(text: string): string;
}

/**
 * Each actor gets an address of the documentation prefix (RFC 3849), without a port for the endpoint that it was first seen
 * with; a further endpoint of it (TS 33.203 7.1: its protected ports) keeps its port.
 */
export function actorAddresses(records: readonly MessageRecord[], actors: readonly string[]): ActorAddresses {
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
  for (const { from, to, source, destination, transport } of records) {
    if (transport === 'udp') {
      meet(from, source); // of TCP, the port of a connection is nobody's address
      meet(to, destination);
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
 * Any of the texts, longest first, not within a longer number. A user before it and the transport UDP behind it go too: a test UE's
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
    `(?<=<?sips?:)[^@\\s<>"]+@(?<user>${one})(?:;transport=udp)?|(?<![\\w.])(?<bare>${one})(?:;transport=udp)?`,
    'gi',
  );
}
