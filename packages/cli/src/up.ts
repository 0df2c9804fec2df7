import { dirname } from 'node:path';
import { UserError } from '@ims-sim/element';
import { readNetworkFile } from '@ims-sim/element/files';
import { prettyEndpoint } from '@ims-sim/host';
import { startNetwork, writeReadyFile } from './network-processes.js';
import { untilSignal } from './signals.js';
import { writableFolder } from './writable-folder.js';

/** `ims up`: starts the network of `file` and keeps it up until a signal or a crash; rejects with `UserError` on a crash. */
export async function up(
  file: string,
  { readyFile, logLevel }: { readyFile?: string; logLevel: string },
): Promise<void> {
  const network = readNetworkFile(file);
  if (readyFile !== undefined) {
    writableFolder('--ready-file', dirname(readyFile));
  }
  const abort = new AbortController();
  const signal = untilSignal();
  const interrupted = signal.then((name) => {
    abort.abort();
    return name;
  });
  const started = startNetwork(network, {
    collector: network.collector,
    logLevel,
    provisioning: true,
    abort: abort.signal,
    onProgress: () => undefined,
    onLine: (name, line) => {
      process.stderr.write(`${name}: ${line}\n`);
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
  try {
    if (network.auth === 'none') {
      console.log('auth: none: nobody is authenticated, every REGISTER is believed');
    }
    for (const [name, { sip, diameter, dns, http }] of Object.entries(running.listening)) {
      const endpoint = sip ?? diameter ?? dns;
      const protocol = sip ? 'sip' : diameter ? 'diameter' : 'dns';
      const more = http ? `  provisioning http://${prettyEndpoint(http)}` : '';
      const whose = running.pids.has(name) ? '' : '  (external)';
      const at = endpoint ? prettyEndpoint(endpoint) : '';
      console.log(`${name.padEnd(22)} ${protocol.padEnd(9)} ${at}${more}${whose}`);
    }
    if (readyFile !== undefined) {
      writeReadyFile(readyFile, running);
    }
    console.log('up; Ctrl-C stops it');
    const end = await Promise.race([interrupted, running.crashed]);
    if (typeof end !== 'string') {
      throw new UserError([`${end.name} ${end.how}; its last lines:`, ...end.lastLines].join('\n  '));
    }
  } finally {
    await running.stop();
  }
}
