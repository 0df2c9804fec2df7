import type { Timer } from '@ims-sim/host';
import type { ServerTransaction, SipResponse } from '@ims-sim/sip';
import type { App } from './app.js';
import type { AppDialog } from './app-dialog.js';
import type { Repetition } from './repeat.js';

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
  readonly reliability: 'none' | 'supported' | 'required';
  /** RSeq of the next reliable provisional response. */
  rseq: number;
  /** The reliable provisional response that waits for its PRACK. */
  unacknowledged: Unacknowledged | undefined;
  /** Responses that wait for that PRACK. */
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

/** By transaction id, and by the dialog that they are in or are to make. */
export interface IncomingInvites {
  readonly size: number;
  find(txId: string): IncomingInvite | undefined;
  /** The one that is to make this dialog. */
  making(dialogId: string): IncomingInvite | undefined;
  /** False where there are too many. */
  add(invite: IncomingInvite): boolean;
  /** It has its final response, or the application has passed it on. */
  remove(invite: IncomingInvite): void;
  all(): readonly IncomingInvite[];
}

const MAX_INVITES = 50_000;

export function incomingInvites(): IncomingInvites {
  const byTransaction = new Map<string, IncomingInvite>();
  const byDialog = new Map<string, IncomingInvite>();
  return {
    get size() {
      return byTransaction.size;
    },
    find: (txId) => byTransaction.get(txId),
    making: (dialogId) => byDialog.get(dialogId),
    add(invite) {
      if (byTransaction.size >= MAX_INVITES) return false;
      byTransaction.set(invite.txId, invite);
      if (!invite.isLater) byDialog.set(invite.dialogId, invite);
      return true;
    },
    remove(invite) {
      byTransaction.delete(invite.txId);
      if (byDialog.get(invite.dialogId) === invite) byDialog.delete(invite.dialogId);
      invite.patience?.cancel();
      if (invite.dialog?.session?.incoming === invite) invite.dialog.session.incoming = undefined;
    },
    all: () => [...byTransaction.values()],
  };
}
