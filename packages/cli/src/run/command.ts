import { type Command, InvalidArgumentError } from 'commander';
import { START_WITHIN_S } from '../start-within.js';
import type { RunFlags } from './flags.js';

/** What CI reads; 130 is 128 + SIGINT, as shells have it. */
const EXIT_STATUS = { passed: 0, failed: 1, unusable: 2, interrupted: 130 } as const;

/** `ims run`. */
export function addRun(program: Command): void {
  program
    .command('run')
    .description('start the network, play the scenarios, judge every message, stop')
    .argument(
      '<scenario...>',
      'scenario files, or folders: every scenario in them and below; each once, however often it is named',
    )
    .option(
      '--out <dir>',
      'where ladder, trace, report and junit.xml go; a folder for each of several',
      'out',
    )
    .option('--grep <pattern>', 'only those whose title, file or clause the regular expression matches')
    .option('--bail', 'begin no further one after one failed', false)
    .option('--keep-going', 'go on with a scenario after one of its actions failed', false)
    .option('--repeat <times>', 'play each so often', count, 1)
    .option('--jobs <number>', 'how many at a time (default: as many as there are cores)', count)
    .option('--network <file>', 'another network file than the scenario names')
    .option('--attach', 'play on a network that is already up (needs --network or --ready-file)', false)
    .option('--ready-file <file>', 'where that network is: what `ims up --ready-file` has written')
    .option('--no-probe', 'ask no external element whether it is there before the play (OPTIONS; CER)')
    .option('--simulate', 'in this process, on virtual time and a network in memory', false)
    .option('--seed <number>', 'of a simulation: the same seed, the same trace', seed)
    .option(
      '--seeds <number>',
      'simulate with so many seeds, by chance 2 % of datagrams each lost, doubled and overtaken, 0-50 ms of delay, one element killed for up to 5 s',
      count,
    )
    .option(
      '--timeout <seconds>',
      'how long one scenario may take, its network being up; with --seeds, each seed: one that takes longer has failed',
      positive,
      60,
    )
    .option(
      '--start-timeout <seconds>',
      'how long the start of its network may go without any element coming up',
      positive,
      START_WITHIN_S,
    )
    .addHelpText('after', HELP)
    .action(async (paths: string[], options: RunFlags) => {
      const { runScenarios } = await import('./run.js');
      process.exitCode = EXIT_STATUS[await runScenarios(paths, options)];
    });
}

const HELP = `
Exit status: 0 all passed; 1 a scenario failed; 2 something cannot be used, or a scenario could not be
played to its end (an element ended, --timeout, --start-timeout), whatever became of the others; 130 interrupted.
Examples:
  ims run scenarios/tr-24.841-6.1.1.yaml
  ims run scenarios --grep '24\\.228' --jobs 2 --out out
  ims run scenarios --simulate --seeds 1000`;

/** A timer of Node's takes 2^31 ms at most; a longer one would run out at once. */
const MAX_SECONDS = 2_000_000;

/** A number of seconds. */
export function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= MAX_SECONDS)) {
    throw new InvalidArgumentError(`expected a number above 0, up to ${MAX_SECONDS}`);
  }
  return value;
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 1_000_000) {
    throw new InvalidArgumentError('expected a whole number from 1 to 1000000');
  }
  return value;
}

function seed(text: string): number {
  const value = Number(text);
  if (text === '' || !Number.isSafeInteger(value) || value < 0) {
    throw new InvalidArgumentError('expected a whole number from 0 on');
  }
  return value;
}
