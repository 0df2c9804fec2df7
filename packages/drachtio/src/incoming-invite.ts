import type { Timer } from '@ims-sim/host';
import type { Reliability, Repetition, ServerTransaction, SipResponse } from '@ims-sim/sip';
import type { App } from './app.js';
import type { AppDialog } from './app-dialog.js';
import { inviteTable, type InviteTable } from './invite-table.js';

/** An INVITE from the network that an application has, without a final response yet. */
export interface IncomingInvite {
  readonly txId: string;
  readonly transaction: ServerTransaction;
  readonly app: App;
  /** Of the dialog that it is in, or is to make. */
  readonly dialogId: string;
  /** It came within a dialog (RFC 3261 14). */
  readonly isLater: boolean;
  /** The dialog that it came in, or that a provisional response has made. */
  dialog: AppDialog | undefined;
  /** What the endpoint puts into To of every response, unless the application chose one. */
  toTag: string | undefined;
  /** The peer understands reliable provisional responses, or wants nothing else (RFC 3262 3). */
  readonly reliability: Reliability;
  /** RSeq of the next reliable provisional response. */
  rseq: number;
  /** The reliable provisional response that waits for its PRACK. */
  unacknowledged: Unacknowledged | undefined;
  /** Send the responses that wait for that PRACK. The application was told already that they are sent. */
  readonly waiting: (() => void)[];
  /** The application has given a 2xx, which waits for a PRACK. */
  isAccepted: boolean;
  /** How long the application may be silent. */
  patience: Timer | undefined;
}

export interface Unacknowledged {
  readonly rseq: number;
  readonly response: SipResponse;
  readonly repetition: Repetition;
}

/** Responses that may wait for one PRACK. */
export const MAX_WAITING_RESPONSES = 8;

export type IncomingInvites = InviteTable<IncomingInvite>;

const MAX_INVITES = 50_000;

export function incomingInvites(): IncomingInvites {
  return inviteTable(MAX_INVITES, (invite) => {
    invite.patience?.cancel();
    const session = invite.dialog?.session;
    if (session?.incoming === invite) session.incoming = undefined;
  });
}
