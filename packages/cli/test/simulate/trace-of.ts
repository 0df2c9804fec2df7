import { toJsonLine } from '@ims-sim/trace';
import { DEFAULT_CHANCE } from '../../src/simulate/chance.js';
import { simulateWith } from '../../src/simulate/simulate.js';
import { mainNetwork, PLAIN, playMainFlow } from './main-flow.js';

/** The whole trace of the main flow with chance, as `trace.jsonl` has it. */
export async function traceOf(seed: number): Promise<string> {
  const options = { seed, chance: DEFAULT_CHANCE };
  const { all } = await simulateWith(PLAIN, mainNetwork(), options, playMainFlow);
  return all.map((record) => `${toJsonLine(record)}\n`).join('');
}
