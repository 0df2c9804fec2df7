import { UserError } from '@ims-sim/element';
import { readNetworkFile } from '@ims-sim/element/files';
import { prettyEndpoint } from '@ims-sim/host';
import { startNetwork, writeReadyFile } from './network-processes.js';
import { untilSignal } from './signals.js';

/** `ims up`: starts the network of `file` and keeps it up until a signal or a crash; rejects with `UserError` on a crash. */
export async function up(file: string, { readyFile, logLevel }: { readyFile?: string; logLevel: string }): Promise<void> {
  const network = readNetworkFile(file);
  const signal = untilSignal();
  const started = startNetwork(network, {
    collector: network.collector,
    logLevel,
    onProgress: () => undefined,
    onLine: (name, line) => {
      process.stderr.write(`${name}: ${line}\n`);
    },
  });
  const running = await started;
  try {
    for (const [name, { sip, diameter, dns }] of Object.entries(running.listening)) {
      const endpoint = sip ?? diameter ?? dns;
      const protocol = sip ? 'sip' : diameter ? 'diameter' : 'dns';
      console.log(`${name.padEnd(22)} ${protocol.padEnd(9)} ${endpoint ? prettyEndpoint(endpoint) : ''}`);
    }
    console.log('up; Ctrl-C stops it');
    if (readyFile !== undefined) {
      writeReadyFile(readyFile, running);
    }
    const end = await Promise.race([signal, running.crashed]);
    if (typeof end !== 'string') {
      throw new UserError([`${end.name} ${end.how}; its last lines:`, ...end.lastLines].join('\n  '));
    }
  } finally {
    await running.stop();
  }
}
