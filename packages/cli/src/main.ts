import { UserError } from '@ims-sim/element';
import { Command, CommanderError, Option } from 'commander';
import { outliveOutput } from './output-lost.js';
import { addRecord } from './record/command.js';
import { addRun } from './run/command.js';
import { visible } from './run/text.js';
import { addSubscribers } from './subscribers/command.js';
import { VERSION } from './version.js';

/** Exit statuses: what CI reads. */
const FLOW_FAILED = 1;
const UNUSABLE = 2;

outliveOutput(UNUSABLE);

const program = new Command('ims')
  .description(
    'An IP Multimedia Subsystem on this machine: plays call flows of the 3GPP texts and judges them.',
  )
  .version(VERSION)
  .exitOverride()
  .showHelpAfterError('(ims --help lists the commands)');

addRun(program);

program
  .command('up')
  .description('start a network and leave it up until Ctrl-C; no UE in it')
  .argument('[network]', 'network file', 'scenarios/network.yaml')
  .option('--ready-file <file>', 'written once every element answers: pids and sockets, as JSON')
  .addOption(logLevel('least level of the log lines that elements write', 'warn'))
  .action(async (file: string, options: { readyFile?: string; logLevel: string }) => {
    const { up } = await import('./up.js');
    await up(file, options);
  });

program
  .command('element')
  .description('one element of a network, as containers start it')
  .argument('<name>', 'host name of the element, or of the DNS')
  .requiredOption('--network <file>', 'network file')
  .addOption(logLevel('least level of the log lines that it writes', 'info'))
  .action(async (name: string, options: { network: string; logLevel: string }) => {
    const { runElement } = await import('./run-element.js');
    await runElement(name, options);
  });

program
  .command('probe')
  .description('whether an element of a network answers: exit status 0, or 1 (a health check)')
  .argument('<name>', 'host name of the element, or of the DNS')
  .requiredOption('--network <file>', 'network file')
  .action(async (name: string, options: { network: string }) => {
    const { probeNamed } = await import('./probe.js');
    process.exitCode = (await probeNamed(name, options.network)) ? 0 : FLOW_FAILED;
  });

program
  .command('trace')
  .description('show a recorded run again')
  .argument('<file>', 'a trace.jsonl')
  .action(async (file: string) => {
    const { showTrace } = await import('./show-trace.js');
    showTrace(file);
  });

program
  .command('zones')
  .description('the zones that a DNS server of your own needs for a network, as master files')
  .argument('[network]', 'network file', 'scenarios/network.yaml')
  .option('--out <dir>', 'a file for each zone into this folder')
  .action(async (network: string, options: { out?: string }) => {
    const { showZones } = await import('./zones.js');
    showZones(network, options);
  });

program
  .command('new')
  .description('start a scenario by asking')
  .argument('[file]', 'the scenario file to write')
  .action(async (file: string | undefined) => {
    const { newScenario } = await import('./new/new-scenario.js');
    await newScenario(file, { input: process.stdin, output: process.stdout });
  });

addRecord(program);
addSubscribers(program);

function logLevel(description: string, level: string): Option {
  const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];
  return new Option('--log-level <level>', description).choices(levels).default(level);
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : UNUSABLE;
  } else if (error instanceof UserError) {
    console.error(`ims: ${visible(error.message)}`);
    process.exitCode = UNUSABLE;
  } else {
    console.error('ims: a bug, please report it:', error);
    process.exitCode = 70; // EX_SOFTWARE
  }
}
