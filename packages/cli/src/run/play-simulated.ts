import { judge } from '@ims-sim/scenario';
import type { RunFlags } from './flags.js';
import { withinLimit } from './interruptible.js';
import type { Planned } from './plan.js';
import type { Judged } from './result.js';

export interface SimulatedOptions {
  readonly flags: RunFlags;
  readonly seed: number;
  /** Messages are lost, late or doubled, and elements restarted, by chance. */
  readonly chance: boolean;
  readonly abort: AbortSignal;
}

/** Plays a scenario in this process. */
export async function playSimulated(planned: Planned, options: SimulatedOptions): Promise<Judged> {
  // All elements' code: a run on real processes does without.
  const { simulate, USUAL_CHANCE } = await import('../simulate/simulate.js');
  const { flags, seed, chance, abort } = options;
  const { scenario, network } = planned;
  const simulating = simulate(scenario, network, { seed, ...(chance && { chance: USUAL_CHANCE }) });
  const { played, records, broken } = await withinLimit(simulating, flags.timeout, abort);
  const verdict = judge(played.flow(scenario.flow), records);
  const { failures } = played;
  const asExpected = verdict.passed && failures.length === 0;
  // With chance, what comes is not what the table says: what must hold whatever happens is what counts.
  const passed = broken.length === 0 && (chance || asExpected);
  return { kind: 'judged', planned, passed, verdict, failures, broken, records, tookS: 0, seed, files: [] };
}
