import type { Timer } from '@ims-sim/host';
import type { ClientTransaction, SipRequest } from '@ims-sim/sip';
import type { App } from './app.js';
import type { AppDialog } from './app-dialog.js';
import { inviteTable, type InviteTable } from './invite-table.js';

/** An INVITE of an application (RFC 3261 13.2). */
export interface OutgoingInvite {
  readonly app: App;
  readonly request: SipRequest;
  readonly txId: string;
  /** Of the dialog that it is in, or is to make. */
  readonly dialogId: string;
  /** It is sent within a dialog (RFC 3261 14). */
  readonly isLater: boolean;
  /** The dialog that it is in, or that its first 2xx made. */
  dialog: AppDialog | undefined;
  transaction: ClientTransaction | undefined;
  /** Dialogs that provisional responses made, by To tag: several where a proxy forked it. */
  readonly early: Map<string, EarlyDialog>;
  /** What acknowledged its 2xx: sent again for each that comes again (RFC 3261 13.2.2.4). */
  ack: SipRequest | undefined;
  /** It has its final response. */
  isOver: boolean;
  isCancelled: boolean;
  /** How long its peers may be silent. */
  patience: Timer | undefined;
}

/** One end that a provisional response came from. */
export interface EarlyDialog {
  readonly dialog: AppDialog;
  /** RSeq of its last reliable provisional response that was handed up (RFC 3262 4). */
  rseq: number | undefined;
  /** The application has acknowledged that. */
  acknowledged: boolean;
}

/** Ends that one INVITE may ring at. */
export const MAX_EARLY_DIALOGS = 32;

export type OutgoingInvites = InviteTable<OutgoingInvite>;

/** Bounded by the client transactions of the stack. */
export function outgoingInvites(): OutgoingInvites {
  return inviteTable(Infinity, (invite) => {
    invite.isOver = true;
    invite.patience?.cancel();
    invite.early.clear();
    const session = invite.dialog?.session;
    if (session?.outgoing === invite) session.outgoing = undefined;
  });
}
