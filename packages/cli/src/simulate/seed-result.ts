import type { Network } from '@ims-sim/element';
import { play } from '@ims-sim/player';
import { failureText, judge, type Scenario } from '@ims-sim/scenario';
import type { ChanceBounds } from './chance.js';
import type { SeedResult } from './seeds.js';
import { simulateWith } from './simulate.js';

/** As with one seed: once nothing has come for so long, the flow is over, unless the scenario says how long. */
const QUIET_MS = 50;
/** The first ones say it; the command that repeats the seed shows all. */
const MAX_LINES = 12;
const COLUMNS = 100;

/** Plays a scenario with one seed, and judges it. */
export async function seedResult(
  scenario: Scenario,
  network: Network,
  { seed, chance }: { readonly seed: number; readonly chance: ChanceBounds },
): Promise<SeedResult> {
  const { played, records, broken, restarts } = await simulateWith(
    scenario,
    network,
    { seed, chance },
    (ground, abort) =>
      play(scenario, network, ground, { quietMs: scenario.quietMs ?? QUIET_MS, abort, seed }),
  );
  const failures = broken.map(({ property, text }) => `${property}: ${text}`);
  // With an element killed what comes is not what the table says; what must always hold is what counts.
  if (restarts === 0) {
    failures.push(...played.failures.map(({ at, text }) => `${at.file}:${at.line}: ${text}`));
    const verdict = judge(played.flow(scenario.flow), records);
    failures.push(...(verdict.passed ? [] : failureText(verdict, { columns: COLUMNS }).slice(0, MAX_LINES)));
  }
  return { seed, passed: failures.length === 0, failures, restarts };
}
