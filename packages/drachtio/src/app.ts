import { header, serialize, type Header, type SipMessage } from '@ims-sim/sip';
import { spelledName } from './field-names.js';

/** What an application is shown of messages: less is cheaper, since drachtio-srf parses all of it. */
export interface View {
  /**
   * The only headers that the application reads, whatever their case; others are left out of the messages that it is
   * handed. All if not given, as a real drachtio-server has it.
   */
  readonly reads?: readonly string[] | undefined;
  /**
   * What it is handed of the messages that it sent itself. `start-line` will do where it uses none of createUAS,
   * createUAC, `Srf.Dialog` and `auth`, which look for tags and contacts there. `whole` if not given.
   */
  readonly echo?: 'whole' | 'start-line' | undefined;
  /** Runs the application's code for a frame; `call` itself if not given. */
  readonly within?: ((call: () => void) => void) | undefined;
}

/** An application's connection, as the endpoint sees it. */
export interface App {
  /**
   * Hands it a frame: never from within a call of the application's, and in order. `message` is latin1, one character
   * a byte.
   */
  send(tokens: string, message?: string): void;
  /** The same, a turn later: what waits as a promise for an earlier frame has then had its turn. */
  sendLater(tokens: string, message?: string): void;
  /** It gave the right secret. */
  authenticated: boolean;
  /** What it calls itself, for request handlers that route by that. */
  tags: readonly string[];
  /** To be called when it has. */
  readonly onAuthenticated?: (() => void) | undefined;
  /** Has registered for requests of this method (lower case). */
  handles(verb: string): boolean;
  route(verb: string): void;
  removeRoute(verb: string): void;
  /** The message as the application is to see it. */
  readonly show: (message: SipMessage) => string;
  readonly echo: (message: SipMessage) => string;
  /** Drops the connection, behind what was sent. */
  end(): void;
}

export function shows({ reads, echo = 'whole' }: View): Pick<App, 'show' | 'echo'> {
  const keys = reads === undefined ? undefined : new Set(reads.map((name) => name.toLowerCase()));
  const show = keys === undefined ? whole : (message: SipMessage) => excerpt(message, keys);
  return { show, echo: echo === 'whole' ? show : (message) => `${startLine(message)}\r\n` };
}

function whole(message: SipMessage): string {
  return serialize(
    message.headers.some(isCompact) ? { ...message, headers: message.headers.map(inFull) } : message,
  );
}

/** Content-Length stays where there is a body: without it the application would cut a body at its first empty line. */
function excerpt(message: SipMessage, keys: ReadonlySet<string>): string {
  let text = startLine(message);
  for (const h of message.headers) {
    if (keys.has(h.key) || (h.key === 'content-length' && message.body !== ''))
      text += inFull(h).line + '\r\n';
  }
  return text + '\r\n' + message.body;
}

/**
 * A real drachtio-server writes names out, and drachtio-srf relies on it: of the compact forms it knows few (no `o`,
 * no `u`).
 */
function inFull(h: Header): Header {
  return isCompact(h) ? header(spelledName(h.key), h.value) : h;
}

/** A name of one letter: a colon or white space comes second. */
function isCompact({ source, at }: Header): boolean {
  const second = source.charCodeAt(at + 1);
  return second === 58 || second === 32 || second === 9;
}

function startLine(message: SipMessage): string {
  return message.kind === 'request'
    ? `${message.method} ${message.uri} SIP/2.0\r\n`
    : `SIP/2.0 ${message.status} ${message.reason}\r\n`;
}
