import { isIP } from 'node:net';
import { base, decodeMessage, get } from '@ims-sim/diameter';
import { type Endpoint, parseEndpoint, prettyEndpoint, type TraceProtocol } from '@ims-sim/host';
import { addresses, from as fromHeader, parseMessage, type SipRequest, vias } from '@ims-sim/sip';
import type { CapturedMessage, MessageRecord } from '@ims-sim/trace';

export interface Named {
  readonly records: readonly MessageRecord[];
  /** Test UEs and whoever else writes addresses where elements write their host names, in the order of their first message. */
  readonly actors: readonly string[];
  /** Those of the actors that are no UEs, and their host names: they stand where the network has none of that name. */
  readonly servers: ReadonlyMap<string, string>;
  /** Endpoints that forward requests like an element and whose name nobody says. */
  readonly unnamed: readonly Endpoint[];
}

const MAX_AVPS = 1000;

/**
 * Who is at each end of each message. `known` says it by `address:port`; else the messages do: the Via that an element writes (RFC 3261
 * 18.1.1), the Route that leads to it, the Origin-Host of Diameter (RFC 6733 6.3). Who writes an address is an actor; what has the
 * same From in its REGISTERs is one actor, on however many ports. `aliases`: further host names of elements, and their first;
 * `elements`: host names that are never an actor's, though it may write an address.
 */
export function named(
  messages: readonly CapturedMessage[],
  known: ReadonlyMap<string, string>,
  aliases: ReadonlyMap<string, string> = new Map(),
  elements: ReadonlySet<string> = new Set(),
): Named {
  const book = new Book(known);
  const canonical = (name: string): string => aliases.get(name) ?? name;
  for (const message of messages) {
    book.read(message);
  }
  const all = messages.map((message, index): MessageRecord => {
    const { atUs, source, destination, protocol, transport, bytes } = message;
    const [from, to] = [
      canonical(saidName(message.from) ?? book.nameOf(source, protocol)),
      canonical(saidName(message.to) ?? book.nameOf(destination, protocol)),
    ];
    return {
      kind: 'message',
      id: index + 1,
      atUs,
      from,
      to,
      source,
      destination,
      protocol,
      transport,
      bytes,
    };
  });
  const ues = actorsOf(all, book.actors()).filter((name) => !elements.has(name));
  const found = serversOf(all, book, new Set([...ues, ...elements]), elements);
  const { hosts, renamed } = found;
  const records = renamed.size === 0 ? all : all.map((record) => renamedIn(record, renamed));
  return { records, actors: [...ues, ...hosts.keys()], servers: hosts, unnamed: book.unnamed() };
}

interface Servers {
  /** Host names by the actors' names. */
  readonly hosts: ReadonlyMap<string, string>;
  /** What they are called in the records, where that is a host name: an actor has a short one. */
  readonly renamed: ReadonlyMap<string, string>;
}

/** Who speaks SIP and is neither a UE nor an element of the network: of that, the network file must be known. */
function serversOf(
  records: readonly MessageRecord[],
  book: Book,
  others: ReadonlySet<string>,
  elements: ReadonlySet<string>,
): Servers {
  const hosts = new Map<string, string>();
  const renamed = new Map<string, string>();
  const meet = (name: string, endpoint: Endpoint): void => {
    const host = isHostName(name) ? name : book.hostOf(endpoint);
    if (others.has(name) || hosts.has(name) || renamed.has(name) || host === undefined) {
      return;
    }
    if (name !== host) {
      hosts.set(name, host);
      return;
    }
    const label = name.split('.')[0] ?? name;
    const own = others.has(label) || hosts.has(label) ? `${label}-${hosts.size + 1}` : label;
    hosts.set(own, host);
    renamed.set(name, own);
  };
  for (const { protocol, from, to, source, destination } of elements.size === 0 ? [] : records) {
    if (protocol === 'sip') {
      meet(from, source);
      meet(to, destination);
    }
  }
  return { hosts, renamed };
}

function renamedIn(record: MessageRecord, renamed: ReadonlyMap<string, string>): MessageRecord {
  const [from, to] = [renamed.get(record.from), renamed.get(record.to)];
  return from === undefined && to === undefined
    ? record
    : { ...record, from: from ?? record.from, to: to ?? record.to };
}

function isHostName(name: string): boolean {
  return name.includes('.') && !name.includes(':') && !isAddress(name);
}

/** Those that got a name here, and those that have one and begin requests with an address in the Via, in the order of their first message. */
function actorsOf(records: readonly MessageRecord[], named: readonly string[]): string[] {
  const own = new Set(named);
  const elements = new Set<string>();
  for (const { protocol, bytes, from } of records) {
    const parsed = protocol === 'sip' ? parseMessage(bytes.toString('latin1')) : undefined;
    if (parsed?.kind !== 'message' || parsed.message.kind !== 'request') {
      continue;
    }
    const path = vias(parsed.message);
    const isStranger = path.length === 1 && isAddress(path[0]?.host ?? '');
    (isStranger ? own : elements).add(from);
  }
  const inOrder = new Set(records.flatMap(({ from, to }) => [from, to]));
  return [...inOrder].filter((name) => own.has(name) && !elements.has(name));
}

/** A trace has the address in the place of a name that it does not know, its capture beside one that was made up for it. */
function saidName(name: string | undefined): string | undefined {
  return name === undefined || parseEndpoint(name) !== undefined ? undefined : name;
}

class Book {
  readonly #known: ReadonlyMap<string, string>;
  /** What an element wrote of itself; it counts for more than what others wrote of it. */
  readonly #own = new Map<string, string>();
  readonly #routed = new Map<string, string>();
  readonly #forwards = new Map<string, Endpoint>();
  /** Endpoints that begin requests with an address in the Via, and the From that they register. */
  readonly #strangers = new Map<string, string | undefined>();
  readonly #names = new Map<string, string>();

  constructor(known: ReadonlyMap<string, string>) {
    this.#known = known;
  }

  read({ source, destination, protocol, bytes }: CapturedMessage): void {
    if (protocol === 'diameter') {
      const decoding = decodeMessage(bytes, MAX_AVPS);
      const host = decoding.kind === 'message' ? get(decoding.message, base.originHost) : undefined;
      if (host !== undefined) {
        this.#own.set(prettyEndpoint(source), host);
      }
    }
    const parsed = protocol === 'sip' ? parseMessage(bytes.toString('latin1')) : undefined;
    if (parsed?.kind === 'message' && parsed.message.kind === 'request') {
      this.#request(parsed.message, prettyEndpoint(source), source, prettyEndpoint(destination));
    }
  }

  #request(request: SipRequest, source: string, endpoint: Endpoint, destination: string): void {
    const path = vias(request);
    const sentBy = path[0]?.host;
    if (sentBy !== undefined && !isAddress(sentBy)) {
      this.#own.set(source, sentBy);
    } else if (path.length > 1) {
      this.#forwards.set(source, endpoint);
    } else if (!this.#strangers.has(source) || request.method === 'REGISTER') {
      const identity = request.method === 'REGISTER' ? fromHeader(request)?.uri : undefined;
      this.#strangers.set(
        source,
        identity && 'user' in identity ? `${identity.user ?? ''}@${identity.host}` : undefined,
      );
    }
    const [route] = addresses(request, 'route');
    if (route?.uri.kind === 'sip' && !isAddress(route.uri.host)) {
      this.#routed.set(destination, route.uri.host);
    }
  }

  nameOf(endpoint: Endpoint, protocol: TraceProtocol): string {
    const at = prettyEndpoint(endpoint);
    const said = this.#known.get(at) ?? this.#own.get(at) ?? this.#routed.get(at) ?? this.#names.get(at);
    if (said !== undefined) {
      return said;
    }
    if (protocol === 'dns') {
      return this.#soleAt(endpoint.address) ?? at;
    }
    if (protocol !== 'sip' || this.#forwards.has(at)) {
      return at;
    }
    const identity = this.#strangers.get(at);
    const same = [...this.#strangers].find(
      ([other, its]) => identity !== undefined && its === identity && this.#names.has(other),
    );
    const name = (same && this.#names.get(same[0])) ?? `UE${new Set(this.#names.values()).size + 1}`;
    this.#names.set(at, name);
    return name;
  }

  /** Questions to the DNS come from any port: the element that has the address to itself. */
  #soleAt(address: string): string | undefined {
    const isThere = (at: string): boolean => parseEndpoint(at)?.address === address;
    if ([...this.#strangers.keys()].some((at) => isThere(at) && !this.#known.has(at) && !this.#own.has(at))) {
      return undefined;
    }
    const names = new Set(
      [...this.#known, ...this.#own].flatMap(([at, name]) => (isThere(at) ? [name] : [])),
    );
    const [name] = names;
    return names.size === 1 ? name : undefined;
  }

  /** The host name that its own messages or those to it say. */
  hostOf(endpoint: Endpoint): string | undefined {
    const at = prettyEndpoint(endpoint);
    return this.#own.get(at) ?? this.#routed.get(at);
  }

  actors(): string[] {
    return [...new Set(this.#names.values())];
  }

  unnamed(): Endpoint[] {
    return [...this.#forwards]
      .filter(([at]) => !this.#known.has(at) && !this.#own.has(at) && !this.#routed.has(at))
      .map(([, endpoint]) => endpoint);
  }
}

function isAddress(host: string): boolean {
  return isIP(host.replace(/^\[|\]$/g, '')) !== 0;
}
