import type { Clock, Timer } from '@ims-sim/host';
import type { App } from './app.js';
import type { AppDialog } from './app-dialog.js';

export interface DialogTable {
  readonly size: number;
  /** No room for another one: a request that would make one is to be refused. */
  readonly full: boolean;
  find(id: string): AppDialog | undefined;
  add(dialog: AppDialog): void;
  remove(id: string): void;
  /** Those of an application that is gone. */
  removeAllOf(app: App): readonly AppDialog[];
  all(): Iterable<AppDialog>;
  close(): void;
}

/** How often what nobody ended is looked for, and how long after its end it is still there. */
const SWEEP_MS = 30_000;
const GRACE_MS = 32_000;

/**
 * Holds at most `max` dialogs. One that outlived its subscriptions is forgotten, and given to `onLapsed`; a session lasts until it is
 * ended.
 */
export function dialogTable(clock: Clock, max: number, onLapsed: (dialog: AppDialog) => void): DialogTable {
  const dialogs = new Map<string, AppDialog>();
  let timer: Timer | undefined;
  const sweep = () => {
    const lapsedBeforeMs = clock.now() - GRACE_MS;
    for (const dialog of dialogs.values()) {
      if (dialog.session !== undefined || dialog.expiresAtMs >= lapsedBeforeMs) continue;
      dialogs.delete(dialog.id);
      onLapsed(dialog);
    }
    timer = dialogs.size > 0 ? clock.timer(SWEEP_MS, sweep) : undefined;
  };
  return {
    get size() {
      return dialogs.size;
    },
    get full() {
      return dialogs.size >= max;
    },
    find: (id) => dialogs.get(id),
    add(dialog) {
      dialogs.set(dialog.id, dialog);
      timer ??= clock.timer(SWEEP_MS, sweep);
    },
    remove: (id) => void dialogs.delete(id),
    removeAllOf(app) {
      const removed = [...dialogs.values()].filter((dialog) => dialog.app === app);
      for (const { id } of removed) dialogs.delete(id);
      return removed;
    },
    all: () => dialogs.values(),
    close: () => timer?.cancel(),
  };
}
