/** The states of RFC 6733 5.6. `i`: this node opened the connection; `r`: the peer did. */
export type PeerState =
  | 'closed'
  | 'wait-conn-ack'
  | 'wait-i-cea'
  | 'wait-conn-ack-elect'
  | 'wait-returns'
  | 'r-open'
  | 'i-open'
  | 'closing';

/** The events of RFC 6733 5.6.1. A CER comes in as `r-conn-cer` only after it has been found in order (Process-CER). */
export type PeerInput =
  | 'start'
  | 'i-conn-ack'
  | 'i-conn-nack'
  | 'i-cea'
  | 'i-non-cea'
  | 'r-conn-cer'
  | 'win-election'
  | 'dpr'
  | 'dpa'
  | 'i-peer-disc'
  | 'r-peer-disc'
  | 'stop'
  | 'timeout';

/** The actions of RFC 6733 5.6.2; `up` and `down`: requests can, can no longer be sent to the peer. */
export type PeerAction =
  | 'i-snd-conn-req'
  | 'i-snd-cer'
  | 'i-disc'
  | 'r-accept'
  | 'r-reject'
  | 'r-snd-cea'
  | 'r-disc'
  | 'elect'
  | 'snd-dpr'
  | 'snd-dpa'
  | 'up'
  | 'down';

export interface PeerStep {
  readonly state: PeerState;
  readonly actions: readonly PeerAction[];
}

const to = (state: PeerState, ...actions: PeerAction[]): PeerStep => ({ state, actions });
const opened = {
  dpr: to('closing', 'down', 'snd-dpa'),
  stop: to('closing', 'down', 'snd-dpr'),
  timeout: to('closed', 'down', 'i-disc', 'r-disc'), // RFC 3539 3.4.1: the watchdog closes the connection
};

/**
 * RFC 6733 5.6:
 *
 *     state                input          actions                       next state
 *     closed               start          i-snd-conn-req                wait-conn-ack
 *                          r-conn-cer     r-accept, r-snd-cea           r-open
 *     wait-conn-ack        i-conn-ack     i-snd-cer                     wait-i-cea
 *                          i-conn-nack                                  closed
 *                          r-conn-cer     r-accept                      wait-conn-ack-elect
 *                          timeout        i-disc                        closed
 *     wait-i-cea           i-cea                                        i-open
 *                          r-conn-cer     r-accept, elect               wait-returns
 *                          i-peer-disc, i-non-cea, timeout   i-disc     closed
 *     wait-conn-ack-elect  i-conn-ack     i-snd-cer, elect              wait-returns
 *                          i-conn-nack    r-snd-cea                     r-open
 *                          r-peer-disc    r-disc                        wait-conn-ack
 *                          r-conn-cer     r-reject                      (same)
 *                          timeout        i-disc, r-disc                closed
 *     wait-returns         win-election, i-peer-disc, i-non-cea   i-disc, r-snd-cea   r-open
 *                          i-cea          r-disc                        i-open
 *                          r-peer-disc    r-disc                        wait-i-cea
 *                          r-conn-cer     r-reject                      (same)
 *                          timeout        i-disc, r-disc                closed
 *     r-open, i-open       r-conn-cer     r-reject                      (same)
 *                          stop           snd-dpr                       closing
 *                          dpr            snd-dpa                       closing
 *                          peer-disc      disc                          closed
 *     closing              dpa, timeout, peer-disc   disc               closed
 *                          r-conn-cer     r-reject                      (same)
 *
 * `stop` before the peer is open ends the attempt. What is not in the table changes nothing.
 */
const table: Readonly<Record<PeerState, Readonly<Partial<Record<PeerInput, PeerStep>>>>> = {
  closed: {
    start: to('wait-conn-ack', 'i-snd-conn-req'),
    'r-conn-cer': to('r-open', 'r-accept', 'r-snd-cea', 'up'),
  },
  'wait-conn-ack': {
    'i-conn-ack': to('wait-i-cea', 'i-snd-cer'),
    'i-conn-nack': to('closed'),
    'r-conn-cer': to('wait-conn-ack-elect', 'r-accept'),
    timeout: to('closed', 'i-disc'),
    stop: to('closed', 'i-disc'),
  },
  'wait-i-cea': {
    'i-cea': to('i-open', 'up'),
    'r-conn-cer': to('wait-returns', 'r-accept', 'elect'),
    'i-peer-disc': to('closed', 'i-disc'),
    'i-non-cea': to('closed', 'i-disc'),
    timeout: to('closed', 'i-disc'),
    stop: to('closed', 'i-disc'),
  },
  'wait-conn-ack-elect': {
    'i-conn-ack': to('wait-returns', 'i-snd-cer', 'elect'),
    'i-conn-nack': to('r-open', 'r-snd-cea', 'up'),
    'r-peer-disc': to('wait-conn-ack', 'r-disc'),
    'r-conn-cer': to('wait-conn-ack-elect', 'r-reject'),
    timeout: to('closed', 'i-disc', 'r-disc'),
    stop: to('closed', 'i-disc', 'r-disc'),
  },
  'wait-returns': {
    'win-election': to('r-open', 'i-disc', 'r-snd-cea', 'up'),
    'i-peer-disc': to('r-open', 'i-disc', 'r-snd-cea', 'up'),
    'i-non-cea': to('r-open', 'i-disc', 'r-snd-cea', 'up'),
    'i-cea': to('i-open', 'r-disc', 'up'),
    'r-peer-disc': to('wait-i-cea', 'r-disc'),
    'r-conn-cer': to('wait-returns', 'r-reject'),
    timeout: to('closed', 'i-disc', 'r-disc'),
    stop: to('closed', 'i-disc', 'r-disc'),
  },
  'r-open': {
    ...opened,
    'r-conn-cer': to('r-open', 'r-reject'),
    'r-peer-disc': to('closed', 'down', 'r-disc'),
  },
  'i-open': {
    ...opened,
    'r-conn-cer': to('i-open', 'r-reject'),
    'i-peer-disc': to('closed', 'down', 'i-disc'),
  },
  closing: {
    dpa: to('closed', 'i-disc', 'r-disc'),
    timeout: to('closed', 'i-disc', 'r-disc'),
    'i-peer-disc': to('closed', 'i-disc', 'r-disc'),
    'r-peer-disc': to('closed', 'i-disc', 'r-disc'),
    'r-conn-cer': to('closing', 'r-reject'),
  },
};

/** One step of the peer state machine: the next state, and what is to be done on the way, in that order. */
export function step(state: PeerState, input: PeerInput): PeerStep {
  return table[state][input] ?? { state, actions: [] };
}

/** Whether requests of applications go over the connection, whoever opened it (RFC 6733 5.6). */
export function isOpen(state: PeerState): boolean {
  return state === 'r-open' || state === 'i-open';
}
