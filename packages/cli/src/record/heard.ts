import { UserError } from '@ims-sim/element';
import { nodeNet, parseEndpoint, prettyEndpoint, systemClock } from '@ims-sim/host';
import { startCollector } from '@ims-sim/trace';
import { bind } from '../elements/element-host.js';
import { untilSignal } from '../signals.js';
import type { Captured } from './captured.js';

export interface HeardFlags {
  /** Where to take HEP, when no file is read. */
  readonly listen: string;
  /** How long to take it, in seconds; undefined: until Ctrl-C. */
  readonly for?: number;
}

/** What elements report by HEP until Ctrl-C, or for as long as was asked. Rejects with `UserError` where it cannot listen. */
export async function heard({ listen: text, for: forS }: HeardFlags): Promise<Captured> {
  const listen = parseEndpoint(text);
  if (listen === undefined) {
    throw new UserError(`--listen ${text}: expected ADDRESS:PORT, such as 127.0.0.1:9060`);
  }
  const collector = await bind('ims record', listen, () =>
    startCollector({ net: nodeNet, clock: systemClock, listen, names: () => undefined, udp: true }),
  );
  const until = forS === undefined ? 'Ctrl-C ends the recording' : `for ${forS} s, or until Ctrl-C`;
  console.log(`  listening for HEP at ${prettyEndpoint(collector.local)} (TCP and UDP); ${until}`);
  await Promise.race([untilSignal(), ...(forS === undefined ? [] : [pause(forS)])]);
  const records = collector.records();
  const messages = records.flatMap((record) => (record.kind === 'message' ? [record] : []));
  const decisions = records.flatMap((record) => (record.kind === 'decision' ? [record] : []));
  const { dropped, rejected } = collector;
  collector.close();
  const lost = dropped + rejected;
  return {
    messages,
    decisions,
    complaints: lost > 0 ? [`${lost} reports that were no HEP, or too many`] : [],
  };
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => {
    systemClock.timer(seconds * 1000, resolve);
  });
}
