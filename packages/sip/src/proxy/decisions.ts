import type { Header } from '../message/header.js';
import type { SipRequest } from '../message/message.js';
import type { Because, Fork, Forward, Reply, Taken } from './decision.js';

/** The decision to answer; `headers` come beside those that every response has. */
export function reply(
  status: number,
  reason: string,
  options: { readonly headers?: readonly Header[] | undefined; readonly because?: Because | undefined } = {},
): Reply {
  return { kind: 'reply', status, reason, headers: options.headers, because: options.because };
}

/** The decision to send the request on. */
export function forward(request: SipRequest, options: Omit<Forward, 'kind' | 'request'> = {}): Forward {
  return { kind: 'forward', request, ...options };
}

/** The decision to send the request on to several targets: a group after the other, the branches of a group at once. */
export function fork(groups: Fork['groups'], options: Omit<Fork, 'kind' | 'groups'> = {}): Fork {
  return { kind: 'fork', groups, ...options };
}

/** The procedure answers by the transaction itself. */
export function taken(because?: Because): Taken {
  return { kind: 'taken', because };
}
