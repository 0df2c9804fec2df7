import { rmSync } from 'node:fs';
import type { ElementCommand, ElementKind, FromElement, RunningElement, ToElement } from '@ims-sim/element';
import { loadElement } from './load-element.js';

/**
 * The process of one element that a runner started: `element-process.js KIND`. It loads its code at once, starts when it
 * is told its configuration, and ends when the runner tells it to or is gone.
 */
const STOP_WITHIN_MS = 1900;
const start = loadElement(process.argv[2] as ElementKind | 'dns');
let running: RunningElement | undefined;
/** What only the runner has a use for; it takes it away itself, unless it is gone. */
let stateFolder = '';

for (const signal of ['SIGINT', 'SIGHUP'] as const) {
  process.on(signal, () => undefined); // these go to the whole group: the runner decides
}
process.on('disconnect', () => void stop(true));
process.on('message', (message: ToElement) => {
  handle(message).catch((error: unknown) => {
    tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  });
});

async function handle(message: ToElement): Promise<void> {
  switch (message.kind) {
    case 'start':
      ({ stateFolder } = message.start);
      running = await (await start)(message.start);
      tell({ kind: 'listening', listening: running.listening });
      return;
    case 'others':
      running?.update?.(message.network, message.listening);
      await running?.ready();
      tell({ kind: 'ready' });
      return;
    case 'command':
      tell({ kind: 'done', failure: await obey(message.command) });
      return;
    case 'turn':
      await turn();
      await turn();
      tell({ kind: 'turned' });
      return;
    case 'stop':
      await stop();
  }
}

async function obey(command: ElementCommand): Promise<string | undefined> {
  return running?.command === undefined ? 'it has not started' : running.command(command);
}

/** The event loop has looked at every socket once. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

async function stop(isRunnerGone = false): Promise<void> {
  const end = (): void => {
    if (isRunnerGone && stateFolder !== '') {
      rmSync(stateFolder, { recursive: true, force: true });
    }
    process.exit(0);
  };
  setTimeout(end, STOP_WITHIN_MS).unref(); // whatever does not close
  try {
    await running?.close();
  } finally {
    end();
  }
}

function tell(message: FromElement): void {
  if (process.connected) {
    process.send?.(message);
  }
}
