import { UserError } from '@ims-sim/element';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { addSubscribers } from './subscribers/command.js';

/** Exit statuses: what CI reads. */
const FLOW_FAILED = 1;
const UNUSABLE = 2;
const EXIT_STATUS = { passed: 0, failed: FLOW_FAILED, interrupted: 130 } as const; // 128 + SIGINT, as shells have it

const program = new Command('ims')
  .description(
    'An IP Multimedia Subsystem on this machine: plays call flows of the 3GPP texts and judges them.',
  )
  .version('0.1.0')
  .exitOverride()
  .showHelpAfterError('(ims --help lists the commands)');

program
  .command('run')
  .description('start the network, play the scenarios, judge every message, stop')
  .argument('<scenario...>', 'scenario files')
  .option('--out <dir>', 'where ladder, trace and junit.xml go', 'out')
  .option('--network <file>', 'another network file than the scenario names')
  .option('--attach', 'play on a network that is already up (needs --network)', false)
  .option('--timeout <seconds>', 'how long one scenario may take', positive, 60)
  .action(async (files: string[], options: RunFlags) => {
    const { runScenarios } = await import('./run/run.js');
    process.exitCode = EXIT_STATUS[await runScenarios(files, options)];
  });

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

addSubscribers(program);

export interface RunFlags {
  readonly out: string;
  readonly network?: string;
  readonly attach: boolean;
  readonly timeout: number;
}

function logLevel(description: string, level: string): Option {
  const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];
  return new Option('--log-level <level>', description).choices(levels).default(level);
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) {
    throw new InvalidArgumentError('expected a number above 0');
  }
  return value;
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : UNUSABLE;
  } else if (error instanceof UserError) {
    console.error(`ims: ${error.message}`);
    process.exitCode = UNUSABLE;
  } else {
    console.error('ims: a bug, please report it:', error);
    process.exitCode = 70; // EX_SOFTWARE
  }
}
