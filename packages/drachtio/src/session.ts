import type { Timer } from '@ims-sim/host';
import type { Repetition } from '@ims-sim/sip';
import type { IncomingInvite } from './incoming-invite.js';
import type { OutgoingInvite } from './outgoing-invite.js';

/** What an INVITE adds to a dialog (RFC 3261 13, 14). */
export interface Session {
  /** `early`: its INVITE has no final response yet. */
  state: 'early' | 'confirmed';
  /** An INVITE of the peer, the first or a later one, that has no final response yet. */
  incoming: IncomingInvite | undefined;
  /** The application's own INVITE that has no final response yet. */
  outgoing: OutgoingInvite | undefined;
  /** A 2xx of this end that waits for its ACK. */
  answered: Answered | undefined;
  /** The application's INVITE whose 2xx it is to acknowledge. */
  toAcknowledge: OutgoingInvite | undefined;
  /** Requests of the application that wait for that ACK (RFC 3261 15: no BYE before it). */
  readonly held: (() => void)[];
  /** RFC 4028: when nobody has refreshed the session by then, it is over. */
  expiry: Timer | undefined;
}

export interface Answered {
  readonly txId: string;
  readonly cseq: number;
  /** Sends the 2xx again and again (RFC 3261 13.3.1.4). */
  readonly repetition: Repetition;
}

/** Requests that may wait for an ACK. */
export const MAX_HELD = 8;

export function newSession(): Session {
  return {
    state: 'early',
    incoming: undefined,
    outgoing: undefined,
    answered: undefined,
    toAcknowledge: undefined,
    held: [],
    expiry: undefined,
  };
}

/** Nothing of it moves any more. */
export function stopSession(session: Session): void {
  session.answered?.repetition.stop();
  session.answered = undefined;
  session.expiry?.cancel();
  session.expiry = undefined;
  session.toAcknowledge = undefined;
  session.held.length = 0;
}
