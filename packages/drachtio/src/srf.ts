import type { EventEmitter } from 'node:events';
import type { Server, Socket } from 'node:net';
import UntypedSrf from 'drachtio-srf';

/*
 * What is used of drachtio-srf 5.0.29, typed by what it does: its own declaration leaves out or misstates a good part
 * (`request`, `createUAC`'s method, 'subscribe' of a dialog, `stackDialogId`, …).
 */

export type SrfHeaders = Record<string, string | number>;
export type SrfMiddleware = (req: SrfRequest, res: SrfResponse, next: (error?: unknown) => void) => void;

/** A SIP message as drachtio-srf holds it: lines of one header joined by commas, names in lower case. */
export interface SrfMessage {
  readonly raw: string;
  readonly uri: string;
  readonly method: string;
  readonly body: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  get(name: string): string | undefined;
  has(name: string): boolean;
  /** Throws where the message does not have the header. */
  getParsedHeader(name: 'from' | 'to'): { name?: string; uri: string; params: Record<string, string> };
  getParsedHeader(name: string): unknown;
}

export interface SrfRequest extends SrfMessage, EventEmitter {
  readonly source: 'network' | 'application';
  readonly source_address: string;
  readonly source_port: number;
  readonly protocol: string;
  readonly stackTxnId: string;
  /** Empty for a request outside of every dialog of this application. */
  readonly stackDialogId: string;
  readonly receivedOn?: string;
  readonly socket: Socket;
  readonly res: SrfResponse;
  on(event: 'response', listener: (res: SrfResponse, ack: () => void) => void): this;
  on(event: 'authenticate', listener: (req: SrfRequest) => void): this;
  /** An INVITE: the peer has given it up. */
  on(event: 'cancel', listener: (cancel: SrfRequest) => void): this;
  on(event: 'update', listener: (req: SrfRequest, res: SrfResponse) => void): this;
  /** Cancels an INVITE that the application sent. */
  cancel(options?: { headers?: SrfHeaders }, callback?: (error: unknown) => void): void;
  proxy(options: SrfProxyOptions, callback: (error: unknown, results?: SrfProxyResults) => void): this;
  proxy(options: SrfProxyOptions): Promise<SrfProxyResults>;
}

export interface SrfProxyOptions {
  destination?: string | string[];
  headers?: SrfHeaders;
  remainInDialog?: boolean;
  recordRoute?: boolean;
  followRedirects?: boolean;
  forking?: 'simultaneous' | 'sequential';
  /** `2s`, `1500ms`. */
  provisionalTimeout?: string;
  finalTimeout?: string;
}

export interface SrfProxyResults {
  readonly connected: boolean;
  readonly finalStatus?: number;
  readonly responses: readonly { address: string; port: number; msgs: readonly { status: number }[] }[];
}

export interface SrfResponse extends SrfMessage, EventEmitter {
  readonly status: number;
  readonly reason: string;
  readonly finalResponseSent: boolean;
  /** Of the response that was sent, once its callback is called. */
  readonly stackDialogId: string | undefined;
  /** `prack` hears of the PRACK of a reliable provisional response. */
  send(
    status: number,
    options?: SrfSendOptions,
    callback?: SrfSent,
    prack?: (prack: SrfRequest) => void,
  ): void;
  send(status: number, reason: string, options?: SrfSendOptions, callback?: SrfSent): void;
}

export interface SrfSendOptions {
  headers?: SrfHeaders;
  body?: string;
}

/** `error` is a string where the server said NOK. */
export type SrfSent = (error: unknown, message: SrfMessage) => void;

export interface SrfRequestOptions {
  method: string;
  uri?: string;
  headers?: SrfHeaders;
  body?: string;
  localSdp?: string;
  /** The next hop, a SIP URI, whatever the Request-URI is. */
  proxy?: string;
  auth?: { username: string; password: string };
  /** Sends within this dialog. */
  stackDialogId?: string;
  _socket?: Socket;
}

/** Has `code` ENODIALOG where the server does not know the dialog (any more), else EDRACHTIO. */
export type SrfRequested = (error: (Error & { code?: string }) | null, req: SrfRequest) => void;

export interface SrfDialog extends EventEmitter {
  readonly id: string;
  readonly type: 'uas' | 'uac';
  readonly connected: boolean;
  readonly sip: { callId: string; localTag: string; remoteTag: string };
  readonly subscriptions: readonly string[];
  request(options: SrfRequestOptions, callback: (error: unknown, res: SrfResponse) => void): this;
  request(options: SrfRequestOptions): Promise<SrfResponse>;
  destroy(options?: { headers?: SrfHeaders }): Promise<SrfRequest>;
  readonly local: { sdp: string };
  readonly remote: { sdp: string };
  /** A re-INVITE; resolves with the peer's session description. */
  modify(sdp: string): Promise<string>;
  on(
    event:
      'subscribe' | 'notify' | 'message' | 'options' | 'publish' | 'info' | 'modify' | 'update' | 'refer',
    listener: (req: SrfRequest, res: SrfResponse) => void,
  ): this;
  on(event: 'unsubscribe' | 'ack' | 'refresh', listener: (req: SrfRequest) => void): this;
  on(event: 'destroy', listener: (req: SrfRequest, reason?: string) => void): this;
}

type Verb =
  'refer' | 'subscribe' | 'notify' | 'publish' | 'message' | 'options' | 'register' | 'info' | 'invite';

export interface Srf extends EventEmitter, Readonly<Record<Verb, (...handlers: SrfMiddleware[]) => void>> {
  readonly app: {
    readonly routedMethods: Readonly<Record<string, boolean>>;
    readonly client?: {
      readonly cdrHandlers: ReadonlyMap<string, unknown>;
      /** The methods that it has the server route to it. */
      readonly verbs: ReadonlyMap<string, unknown>;
      /** The connection: emits `msg` with the socket and each frame's text. */
      readonly wp: EventEmitter;
    };
  };
  readonly idle: boolean;
  use(handler: SrfMiddleware): void;
  /** An application that others dial: here, the endpoint in the same process. */
  listen(options: ({ server: Server } | { host: string; port: number }) & { secret: string }): Server;
  /** An application that was dialled for this request hangs up. */
  endSession(of: SrfRequest | SrfResponse): void;
  connect(options: {
    host: string;
    port: number;
    secret: string;
    enablePing?: boolean;
    pingInterval?: number;
  }): void;
  disconnect(): void;
  createUAS(
    req: SrfRequest,
    res: SrfResponse,
    options: SrfSendOptions & { localSdp?: string },
  ): Promise<SrfDialog>;
  createUAC(
    uri: string,
    options: Omit<SrfRequestOptions, 'method'> & { method?: string },
    progress?: {
      cbRequest?: (error: unknown, req: SrfRequest) => void;
      cbProvisional?: (res: SrfResponse) => void;
    },
  ): Promise<SrfDialog>;
  createB2BUA(
    req: SrfRequest,
    res: SrfResponse,
    uri: string,
    options: {
      localSdpB?: string;
      headers?: SrfHeaders;
      proxyRequestHeaders?: string[];
      proxyResponseHeaders?: string[];
    },
  ): Promise<{ uas: SrfDialog; uac: SrfDialog }>;
  proxyRequest(
    req: SrfRequest,
    destination: string | string[],
    options?: SrfProxyOptions,
  ): Promise<SrfProxyResults>;
  request(uri: string, options: SrfRequestOptions, callback: SrfRequested): this;
  request(options: SrfRequestOptions, callback: SrfRequested): this;
  /** Loses the response where it comes in the same turn as the reply: prefer the callback. */
  request(uri: string, options: SrfRequestOptions): Promise<SrfRequest>;
  addDialog(dialog: SrfDialog): void;
  removeDialog(dialog: SrfDialog): void;
  findDialogById(id: string): SrfDialog | undefined;
  findDialogByCallIDAndFromTag(callId: string, tag: string): SrfDialog | undefined;
  unregisterForMessages(verb: string): void;
  reregisterForMessages(verb: string): void;
  on(event: 'connect', listener: (error: Error | null, hostPorts: string, version: string) => void): this;
  on(event: 'cdr:attempt', listener: (source: string, time: string, message: SrfMessage) => void): this;
  on(
    event: 'cdr:start' | 'cdr:stop',
    listener: (source: string, time: string, roleOrReason: string, message: SrfMessage) => void,
  ): this;
  on(event: 'error' | 'reconnecting' | 'close', listener: (detail: unknown) => void): this;
}

export interface SrfConstructor {
  new (tags?: string | string[]): Srf;
  readonly Dialog: new (
    srf: Srf,
    type: 'uas',
    parts: { req: SrfRequest; res: SrfResponse; sent: SrfMessage },
  ) => SrfDialog;
}

/** drachtio-srf, unmodified. */
export const Srf = UntypedSrf as unknown as SrfConstructor;
