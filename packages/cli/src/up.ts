import { dirname } from 'node:path';
import type { Network } from '@ims-sim/element';
import { readNetworkFile } from '@ims-sim/element/files';
import { type Endpoint, nodeNet, prettyEndpoint } from '@ims-sim/host';
import { KeptUp } from './kept-up.js';
import { type NetworkProcesses, NOBODY_AUTHENTICATED, startNetwork } from './network-processes.js';
import { writeReadyFile } from './ready-file.js';
import { untilSignal } from './signals.js';
import { writableFolder } from './writable-folder.js';

/**
 * `ims up`: starts the network of `file` and keeps it up until a signal. An element that ends on its own, or is killed, is
 * started again at its place; one that was started again three times, and was up for less than ten seconds each time, ends the
 * network, with `UserError`.
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
  const keptUp = new KeptUp(sayReady);
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
      keptUp.crashed(crash);
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
  keptUp.keep(running);
  try {
    sayWhereItIs(network, running);
    sayReady(running);
    console.log('up; Ctrl-C stops it');
    const end = await Promise.race([interrupted, keptUp.lost]);
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

/** Where a runner may listen that attaches by the ready file, and has the elements' trace. */
async function freeEndpoint(): Promise<Endpoint> {
  const listener = await nodeNet.listen({ address: '127.0.0.1', port: 0 }, () => ({
    onData: () => undefined,
    onClose: () => undefined,
  }));
  listener.close();
  return listener.local;
}
