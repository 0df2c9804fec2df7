import { dirname } from 'node:path';
import { type Network, UserError } from '@ims-sim/element';
import { readNetworkFile } from '@ims-sim/element/files';
import { type Endpoint, nodeNet, prettyEndpoint, systemClock } from '@ims-sim/host';
import { type Crash, endOf } from './child-element.js';
import { type NetworkProcesses, NOBODY_AUTHENTICATED, startNetwork } from './network-processes.js';
import { writeReadyFile } from './ready-file.js';
import { untilSignal } from './signals.js';
import { writableFolder } from './writable-folder.js';

/**
 * `ims up`: starts the network of `file` and keeps it up until a signal. An element that ends on its own, or is killed, is
 * started again at its place; one that was started again three times and did not stay up for ten seconds after any of them ends
 * the network when it ends once more, with `UserError`.
 */
export async function up(
  file: string,
  { readyFile, logLevel }: { readyFile?: string; logLevel: string },
): Promise<void> {
  const network = readNetworkFile(file);
  if (readyFile !== undefined) {
    writableFolder('--ready-file', dirname(readyFile));
  }
  const collector = network.collector ?? (readyFile === undefined ? undefined : await freeEndpoint());
  const sayReady = (running: NetworkProcesses): void => {
    if (readyFile !== undefined) {
      writeReadyFile(readyFile, running, collector);
    }
  };
  const abort = new AbortController();
  const signal = untilSignal();
  const interrupted = signal.then((name) => {
    abort.abort();
    return name;
  });
  const restarts = new Restarts();
  let giveUp: (why: UserError) => void = () => undefined;
  const lost = new Promise<UserError>((resolve) => {
    giveUp = resolve;
  });
  let onceUp: NetworkProcesses | undefined = undefined;
  const started = startNetwork(network, {
    collector,
    logLevel,
    provisioning: true,
    abort: abort.signal,
    onProgress: () => undefined,
    onLine: (name, line) => {
      process.stderr.write(`${name}: ${line}\n`);
    },
    onCrash: (crash) => {
      if (onceUp === undefined) {
        return; // the start fails, and says so
      }
      if (restarts.may(crash.name, systemClock.now())) {
        startAgain(crash, onceUp, sayReady, restarts).catch((error: unknown) => {
          giveUp(lastWords(crash, `cannot be started again: ${(error as Error).message}`));
        });
      } else {
        giveUp(lastWords(crash, 'again'));
      }
    },
  });
  const running = await Promise.race([started, interrupted]);
  if (typeof running === 'string') {
    await started.then(
      (late) => late.stop(),
      () => undefined,
    );
    return;
  }
  onceUp = running;
  try {
    sayWhereItIs(network, running);
    sayReady(running);
    console.log('up; Ctrl-C stops it');
    const end = await Promise.race([interrupted, lost]);
    if (typeof end !== 'string') {
      throw end;
    }
  } finally {
    await running.stop();
  }
}

function sayWhereItIs(network: Network, running: NetworkProcesses): void {
  if (network.auth === 'none') {
    console.log(NOBODY_AUTHENTICATED);
  }
  for (const [name, { sip, diameter, dns, http }] of Object.entries(running.listening)) {
    const endpoint = sip ?? diameter ?? dns;
    const protocol = sip ? 'sip' : diameter ? 'diameter' : 'dns';
    const more = http ? `  provisioning http://${prettyEndpoint(http)}` : '';
    const whose = running.pids.has(name) ? '' : '  (external)';
    const at = endpoint ? prettyEndpoint(endpoint) : '';
    console.log(`${name.padEnd(22)} ${protocol.padEnd(9)} ${at}${more}${whose}`);
  }
}

async function startAgain(
  { name, how }: Crash,
  running: NetworkProcesses,
  sayReady: (running: NetworkProcesses) => void,
  restarts: Restarts,
): Promise<void> {
  console.log(`${name} ${how}: starting it again`);
  await running.restart(name);
  restarts.back(name, systemClock.now());
  console.log(`${name} is back`);
  sayReady(running);
}

/** Where a runner may listen that attaches by the ready file, and has the elements' trace. */
async function freeEndpoint(): Promise<Endpoint> {
  const listener = await nodeNet.listen({ address: '127.0.0.1', port: 0 }, () => ({
    onData: () => undefined,
    onClose: () => undefined,
  }));
  listener.close();
  return listener.local;
}

function lastWords(crash: Crash, what: string): UserError {
  return new UserError(endOf(crash, `, ${what}`));
}

const RESTARTS = 3;
/** Who has been up for so long stays up. What a start takes does not count: it says more about the machine than about the element. */
const STAYS_UP_MS = 10_000;

/** How often each element was started again without staying up. */
class Restarts {
  readonly #times = new Map<string, { readonly count: number; readonly backMs: number }>();

  may(name: string, nowMs: number): boolean {
    const last = this.#times.get(name);
    const count = last === undefined || nowMs - last.backMs >= STAYS_UP_MS ? 0 : last.count;
    this.#times.set(name, { count: count + 1, backMs: nowMs });
    return count < RESTARTS;
  }

  /** It is up again. */
  back(name: string, nowMs: number): void {
    const last = this.#times.get(name);
    if (last !== undefined) {
      this.#times.set(name, { ...last, backMs: nowMs });
    }
  }
}
