import type { AppDialog } from './app-dialog.js';
import { endSession } from './end-session.js';
import type { Endpoint } from './endpoint.js';

/** RFC 3261 12.2.1.2, RFC 5057 5.1: 481 or 408 to a request within it: the dialog is gone, with all that is in it. */
export function dialogIsGone(endpoint: Endpoint, dialog: AppDialog, status: number): void {
  if (dialog.session === undefined) endpoint.dialogs.remove(dialog.id);
  else if (dialog.session.state === 'confirmed' && endpoint.dialogs.find(dialog.id) === dialog) {
    endSession(endpoint, dialog, { cause: status, text: 'the peer has lost the dialog' }, status === 481);
  }
}
