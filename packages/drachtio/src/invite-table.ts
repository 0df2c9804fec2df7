/** What an INVITE is found by, whoever sent it. */
interface Keyed {
  readonly txId: string;
  /** Of the dialog that it is in, or is to make. */
  readonly dialogId: string;
  /** It is within a dialog (RFC 3261 14). */
  readonly isLater: boolean;
}

/** INVITEs without a final response: by transaction id, and those that are to make a dialog by its id. */
export interface InviteTable<I> {
  readonly size: number;
  find(txId: string): I | undefined;
  /** The one that is to make this dialog. */
  making(dialogId: string): I | undefined;
  /** False where there are too many. */
  add(invite: I): boolean;
  /** It has its final response, or the application has passed it on. */
  remove(invite: I): void;
  all(): readonly I[];
}

/** `max` at most; `onRemove` is called with each that is taken off. */
export function inviteTable<I extends Keyed>(max: number, onRemove: (invite: I) => void): InviteTable<I> {
  const byTransaction = new Map<string, I>();
  const byDialog = new Map<string, I>();
  return {
    get size() {
      return byTransaction.size;
    },
    find: (txId) => byTransaction.get(txId),
    making: (dialogId) => byDialog.get(dialogId),
    add(invite) {
      if (byTransaction.size >= max) return false;
      byTransaction.set(invite.txId, invite);
      if (!invite.isLater) byDialog.set(invite.dialogId, invite);
      return true;
    },
    remove(invite) {
      byTransaction.delete(invite.txId);
      if (byDialog.get(invite.dialogId) === invite) byDialog.delete(invite.dialogId);
      onRemove(invite);
    },
    all: () => [...byTransaction.values()],
  };
}
