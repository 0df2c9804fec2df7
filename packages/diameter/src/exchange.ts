import type { Avp } from './avp.js';
import type { CommandDefinition } from './command.js';
import type { Message } from './decode.js';
import { get } from './decode.js';
import { base } from './dictionary-base.js';
import type { DiameterNode } from './node.js';
import type { OutgoingRequest } from './options.js';
import { UNABLE_TO_DELIVER } from './result-code.js';

/** How a request of a client ended. */
export type Exchange =
  | { readonly kind: 'answer'; readonly message: Message }
  /** `mayBeServed`: the request was sent, and may have been served without its answer coming back. */
  | { readonly kind: 'nobody'; readonly reason: string; readonly mayBeServed: boolean };

/** A refusal of any application: no peer, or no answer in time. */
export interface Unreachable {
  readonly kind: 'unreachable';
  readonly reason: string;
}

/** What the answer says, by an application's `decode`; `unreachable` where nobody answered. */
export function answerOf<T>(outcome: Exchange, decode: (answer: Message) => T): T | Unreachable {
  return outcome.kind === 'nobody'
    ? { kind: 'unreachable', reason: outcome.reason }
    : decode(outcome.message);
}

/** One request in a session of its own. Nobody has answered too where an agent says that nobody can be reached (3002). */
export async function exchange(
  node: DiameterNode,
  request: Omit<OutgoingRequest, 'sessionId'>,
): Promise<Exchange> {
  const outcome = await node.request({ ...request, sessionId: node.nextSessionId() });
  if (outcome.kind === 'failed') {
    return { kind: 'nobody', reason: outcome.text, mayBeServed: outcome.reason !== 'no-peer' };
  }
  const { message } = outcome;
  if (get(message, base.resultCode) !== UNABLE_TO_DELIVER) return { kind: 'answer', message };
  const reason = get(message, base.errorMessage) ?? 'DIAMETER_UNABLE_TO_DELIVER';
  return { kind: 'nobody', reason, mayBeServed: false };
}

export interface RealmClientOptions {
  readonly node: DiameterNode;
  readonly destinationRealm: string;
  /** The server; absent: whichever of the realm answers first, and from then on that one, until it does not. */
  readonly destinationHost?: string;
}

/** Asks the servers of a realm; TS 29.229 5.4 and TS 29.329 5.4: who answered is asked again. Nothing rejects. */
export function realmClient({
  node,
  destinationRealm,
  destinationHost,
}: RealmClientOptions): (command: CommandDefinition, avps: readonly Avp[]) => Promise<Exchange> {
  let learnedHost: string | undefined;
  return async (command, avps) => {
    const request = { command, destinationRealm, avps };
    if (destinationHost !== undefined) return exchange(node, { ...request, destinationHost });
    const learned = learnedHost;
    let outcome = await exchange(node, { ...request, destinationHost: learned });
    if (outcome.kind === 'nobody') {
      if (learnedHost === learned) learnedHost = undefined;
      if (learned !== undefined && !outcome.mayBeServed) outcome = await exchange(node, request);
    }
    if (outcome.kind === 'answer') learnedHost ??= get(outcome.message, base.originHost);
    return outcome;
  };
}
