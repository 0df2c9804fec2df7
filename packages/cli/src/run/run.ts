import { join, basename } from 'node:path';
import { type Network, UserError } from '@ims-sim/element';
import { readNetworkFile } from '@ims-sim/element/files';
import { nodeNet, systemClock } from '@ims-sim/host';
import { judge, type Scenario } from '@ims-sim/scenario';
import { readScenarioFile } from '@ims-sim/scenario/files';
import { type HepCollector, startCollector, type TraceRecord } from '@ims-sim/trace';
import type { Crash } from '../child-element.js';
import { bind } from '../elements/element-host.js';
import type { RunFlags } from '../main.js';
import { PROBE } from '../probe.js';
import { untilSignal } from '../signals.js';
import { writableFolder } from '../writable-folder.js';
import { namesOf } from './names.js';
import { openNetwork } from './open-network.js';
import { writeOutput } from './output-files.js';
import { play, type Played } from './play.js';
import { type Printer, printerFor } from './print.js';

export type RunResult = 'passed' | 'failed' | 'interrupted';

/** Once nothing has come for so long, the flow is over, unless the scenario says how long. */
const QUIET_MS = 50;

/**
 * `ims run`: plays the scenarios one after the other, each on a network of its own; `passed` when all did. Rejects with
 * `UserError` where a file or the environment cannot be used, an element crashes, or a scenario takes too long.
 */
export async function runScenarios(files: readonly string[], flags: RunFlags): Promise<RunResult> {
  const scenarios = files.map((file) => readScenarioFile(file));
  const networks = scenarios.map((scenario) => networkOf(scenario, flags));
  writableFolder('--out', flags.out);
  const printer = printerFor(process.stdout);
  const signal = untilSignal();
  let passed = true;
  for (const [index, scenario] of scenarios.entries()) {
    const out =
      scenarios.length === 1 ? flags.out : join(flags.out, basename(scenario.file).replace(/\.ya?ml$/, ''));
    const result = await runOne(scenario, networks[index] as Network, { ...flags, out }, printer, signal);
    if (result === 'interrupted') {
      return result;
    }
    passed &&= result === 'passed';
  }
  return passed ? 'passed' : 'failed';
}

function networkOf(scenario: Scenario, flags: RunFlags): Network {
  if (flags.attach && flags.network === undefined) {
    throw new UserError('--attach needs --network FILE: it says where the elements are');
  }
  const file = flags.network ?? scenario.network;
  const network = readNetworkFile(file);
  if (network.profile !== scenario.profile) {
    throw new UserError(
      `${scenario.file}: is for the profile ${scenario.profile}, and ${file} has ${network.profile}`,
    );
  }
  return network;
}

async function runOne(
  scenario: Scenario,
  network: Network,
  flags: RunFlags,
  printer: Printer,
  signal: Promise<NodeJS.Signals>,
): Promise<RunResult> {
  const beganMs = systemClock.now();
  printer.heading(scenario);
  const names = namesOf(network);
  const listen = network.collector && flags.attach ? network.collector : { address: '127.0.0.1', port: 0 };
  const collector = await bind('the runner', listen, () =>
    startCollector({ net: nodeNet, clock: systemClock, listen, names: names.of }),
  );
  const over = new AbortController();
  const terminates = [...scenario.before, ...scenario.play].some(({ kind }) => kind === 'terminate');
  const opening = openNetwork(network, flags, collector, printer, over.signal, terminates);
  let playing: Promise<Played> | undefined;
  try {
    const opened = await interruptible(opening, signal, flags);
    if (opened === 'interrupted') {
      return opened;
    }
    names.listening(opened.listening);
    const abort = over.signal;
    const { quietMs = QUIET_MS } = scenario;
    playing = play(scenario, network, { collector, names, printer, quietMs, opened, abort });
    const end = await interruptible(Promise.race([playing, opened.crashed.then(crashed)]), signal, flags);
    return end === 'interrupted' ? end : conclude(scenario, end, collector, flags, printer, beganMs);
  } finally {
    over.abort();
    await playing?.catch(() => undefined);
    await opening.then(
      (opened) => opened.stop(),
      () => undefined, // it has stopped itself
    );
    collector.close();
  }
}

/** Judges what was played, says so, and writes it down. */
function conclude(
  scenario: Scenario,
  { flow, failures }: Played,
  collector: HepCollector,
  flags: RunFlags,
  printer: Printer,
  beganMs: number,
): RunResult {
  if (collector.dropped + collector.rejected > 0) {
    throw new UserError(
      `the trace has holes (${collector.dropped} records dropped, ${collector.rejected} not to be read)`,
    );
  }
  const records = withoutProbes(collector.records());
  const verdict = judge(flow(scenario.flow), records);
  const tookS = (systemClock.now() - beganMs) / 1000;
  printer.verdict(scenario, verdict, records);
  for (const failure of failures) {
    printer.line(`  ${failure}`);
  }
  const files = writeOutput(flags.out, scenario, { verdict, failures }, records, tookS);
  printer.line(`  written into ${flags.out}: ${files.join(' ')}`);
  return verdict.passed && failures.length === 0 ? 'passed' : 'failed';
}

/** The run without the questions by which `probe` found out that the elements answer. */
function withoutProbes(records: readonly TraceRecord[]): TraceRecord[] {
  return records.filter((record) =>
    record.kind === 'message' ? !record.bytes.includes(PROBE) : record.callId?.startsWith(PROBE) !== true,
  );
}

function crashed({ name, how, lastLines }: Crash): never {
  throw new UserError([`${name} ${how} during the run; its last lines:`, ...lastLines].join('\n  '));
}

/** `work`, unless a signal or the time limit comes first; the caller then sees to it that the work ends. */
async function interruptible<T>(
  work: Promise<T>,
  signal: Promise<NodeJS.Signals>,
  { timeout }: RunFlags,
): Promise<T | 'interrupted'> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new UserError(`not over within ${timeout} s (--timeout)`));
    }, timeout * 1000);
  });
  try {
    return await Promise.race([work, limit, signal.then((): 'interrupted' => 'interrupted')]);
  } finally {
    clearTimeout(timer);
  }
}
