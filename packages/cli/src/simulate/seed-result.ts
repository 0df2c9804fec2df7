import type { Network } from '@ims-sim/element';
import type { ActionFailure } from '@ims-sim/player';
import type { Scenario } from '@ims-sim/scenario';
import type { ChanceBounds } from './chance.js';
import { type BrokenProperty, propertyText } from './properties/property.js';
import type { SeedResult } from './seeds.js';
import { NeverOver } from './simulate.js';
import { simulate } from './simulate-scenario.js';

/** What counts of a simulation with chance. */
interface Chancy {
  readonly broken: readonly BrokenProperty[];
  readonly failures: readonly ActionFailure[];
  readonly restarts: number;
}

/**
 * Why a simulation with chance has failed, in lines; none where it has not. What must always hold does so, and each action of the scenario
 * has come of what it was to come of, unless an element was killed. The flow's table does not count: it has no message twice, no answer
 * that is late, and no lifetime that a second has gone from.
 */
export function chancyFailures({ broken, failures, restarts }: Chancy): string[] {
  return [
    ...broken.map(propertyText),
    ...(restarts > 0 ? [] : failures.map(({ at, text }) => `${at.file}:${at.line}: ${text}`)),
  ];
}

/** Plays a scenario with one seed and chance. */
export async function seedResult(
  scenario: Scenario,
  network: Network,
  { seed, chance }: { readonly seed: number; readonly chance: ChanceBounds },
): Promise<SeedResult> {
  const simulated = await simulate(scenario, network, { seed, chance }).catch((error: unknown) => {
    if (error instanceof NeverOver) {
      return error; // with another seed it may well end
    }
    throw error;
  });
  if (simulated instanceof NeverOver) {
    return { seed, passed: false, failures: [simulated.message], restarts: 0 };
  }
  const { played, broken, restarts, records } = simulated;
  const tookS = ((records.at(-1)?.atUs ?? 0) - (played.beganAtUs ?? Infinity)) / 1e6;
  const failures = chancyFailures({ broken, failures: played.failures, restarts });
  return { seed, passed: failures.length === 0, failures, restarts, tookS: Math.max(0, tookS) };
}
