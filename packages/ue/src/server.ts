import type { Endpoint, Host } from '@ims-sim/host';
import {
  DEFAULT_TIMERS,
  forStrictRouter,
  header,
  startSipStack,
  type ServerTransaction,
  type SipResponse,
  type SipStack,
  type Source,
  type StackOptions,
  type TimerSettings,
} from '@ims-sim/sip';
import type { Failed } from './ue.js';
import { type Party, type RequestUser } from './party.js';
import { Peer, type PeerOptions } from './peer.js';

export interface ServerOptions extends PeerOptions {
  readonly host: Host;
  /** Host name: in Via, Contact and From. */
  readonly name: string;
  /** An address of its own; port 0 finds a free one. */
  readonly listen: Endpoint;
  readonly resolver: StackOptions['resolver'];
  readonly timers?: Partial<TimerSettings> | undefined;
}

/** An application server or a network agent: a SIP endpoint with a host name and without a registration. */
export interface Server {
  readonly name: string;
  readonly stack: SipStack;
  readonly peer: Peer;
  /** Where the last request came from: the S-CSCF, of an application server. */
  readonly lastSource: Source | undefined;
  close(): Promise<void>;
}

/** Starts a server. Rejects where its address cannot be bound. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { host, name, listen, resolver, timers = {} } = options;
  let receive: (transaction: ServerTransaction) => void = () => undefined;
  let onStray: (response: SipResponse) => void = () => undefined;
  let lastSource: Source | undefined;
  const stack = await startSipStack({
    host,
    listen,
    resolver,
    timers,
    sentBy: name,
    trying: 'never',
    onRequest: (transaction) => {
      lastSource = transaction.source;
      receive(transaction);
    },
    onStray: (response) => {
      onStray(response);
    },
  });
  const open = new Set<(failure: Failed['failure']) => void>();
  const peer = new Peer(partyOf(stack, options, open), options);
  receive = (transaction) => {
    peer.receive(transaction);
  };
  onStray = (response) => {
    peer.responded(response);
  };
  return {
    name,
    stack,
    peer,
    get lastSource() {
      return lastSource;
    },
    close: () => {
      peer.close();
      for (const end of [...open]) {
        end('closed');
      }
      return stack.close();
    },
  };
}

function partyOf(
  stack: SipStack,
  { host, name, timers: given }: ServerOptions,
  open: Set<(failure: Failed['failure']) => void>,
): Party {
  const { t1Ms, t2Ms } = { ...DEFAULT_TIMERS, ...given };
  const identity = `sip:${name}`;
  return {
    host,
    timers: { t1Ms, t2Ms, longMs: 64 * t1Ms },
    identity,
    contact: () => identity,
    opening: () => [MAX_FORWARDS],
    within: () => [],
    answering: () => [],
    send: (request, user) => stack.send(request, tracked(user, open), { prepare: forStrictRouter }),
    acknowledge: (ack) => {
      stack.sendStateless(ack, { prepare: forStrictRouter });
    },
  };
}

const MAX_FORWARDS = header('Max-Forwards', '70');

/** Ends with `closed` where the server is closed before the final response. */
function tracked(user: RequestUser, open: Set<(failure: Failed['failure']) => void>): RequestUser {
  const end = (failure: Failed['failure']) => {
    if (open.delete(end)) {
      user.onFailure(failure);
    }
  };
  open.add(end);
  return {
    onResponse: (response, source) => {
      if (response.status >= 200) {
        open.delete(end);
      }
      user.onResponse(response, source);
    },
    onFailure: end,
  };
}
