import type { Command } from 'commander';
import { positive } from '../run/command.js';
import type { ImportFlags } from './import-sipp.js';
import type { RecordFlags } from './record.js';

/** Adds `ims record` and `ims import sipp`. */
export function addRecord(program: Command): void {
  const again = (one: string, all: readonly string[]): readonly string[] => [...all, one];
  program
    .command('record')
    .description('write a scenario from what was seen: a capture, a trace, or what elements report (HEP)')
    .argument('[file]', 'a pcap, pcapng or trace.jsonl; none: HEP until Ctrl-C')
    .option('--out <file>', 'the scenario file to write', 'recorded.yaml')
    .option('--network <file>', 'the network that it is of (default: scenarios/network.yaml)')
    .option('--title <text>', 'of the scenario')
    .option('--clause <text>', 'that the flow is of', 'recorded')
    .option('--name <host=address:port>', 'who is at an address; again for each', again, [])
    .option('--call-id <id>', 'only the call with that Call-ID; again for each', again, [])
    .option(
      '--from <time>',
      'only calls that begin then or later: seconds into the capture, or 2026-11-23T10:00:00Z',
    )
    .option('--to <time>', 'only calls that begin then or earlier')
    .option('--dns', 'what elements asked the DNS becomes steps too')
    .option('--listen <address:port>', 'where to take HEP, by TCP and UDP', '127.0.0.1:9060')
    .option('--for <seconds>', 'how long to take HEP (default: until Ctrl-C)', positive)
    .option('--no-check', 'do not play it in simulation to see whether it passes')
    .action(async (file: string | undefined, options: RecordFlags) => {
      const { record } = await import('./record.js');
      await record(file, options);
    });

  program
    .command('import')
    .description('take a scenario of another program over')
    .command('sipp')
    .description('a SIPp scenario, as far as it goes; says what it could not take')
    .argument('<file>', "SIPp's XML")
    .option('--out <file>', 'the scenario file to write (default: beside it, .yaml)')
    .option(
      '--network <file>',
      'the network that it is to be played on (default: scenarios/network.yaml, or a small one within the scenario)',
    )
    .action(async (file: string, options: ImportFlags) => {
      const { importSipp } = await import('./import-sipp.js');
      await importSipp(file, options);
    });
}
