import { UserError } from '@ims-sim/element';
import { failureLines } from '../run/failure-lines.js';
import type { RunFlags } from '../run/flags.js';
import { type Planned, plan } from '../run/plan.js';
import { playSimulated } from '../run/play-simulated.js';

/** What is known of a file that was just written. */
export type Checked =
  | { readonly kind: 'passes'; readonly steps: number }
  | { readonly kind: 'fails'; readonly lines: readonly string[] }
  /** The reader takes it, and it was not played: why. */
  | { readonly kind: 'unplayed'; readonly why: string }
  /** The reader does not take it. */
  | { readonly kind: 'unusable'; readonly complaints: readonly string[] };

const SEED = 1;
const LIMIT_S = 30;
/** Of more the user has the command. */
const MAX_STEPS_PLAYED = 1000;
const MAX_LINES = 12;
const FLAGS: RunFlags = {
  out: 'out',
  attach: false,
  timeout: LIMIT_S,
  bail: false,
  keepGoing: false,
  repeat: 1,
  simulate: true,
};

/**
 * Reads a scenario as `ims run` does, and, where `isPlayed`, plays it in simulation: what it says of itself is then known, and not hoped.
 * Takes at most 30 s; writes nothing.
 */
export async function checked(file: string, isPlayed: boolean): Promise<Checked> {
  let planned: Planned | undefined;
  try {
    [planned] = plan([file], FLAGS);
  } catch (error) {
    if (error instanceof UserError) {
      return { kind: 'unusable', complaints: error.message.split('\n') };
    }
    throw error;
  }
  if (planned === undefined || !isPlayed) {
    return { kind: 'unplayed', why: 'as was asked' };
  }
  const { steps } = planned.scenario.flow;
  if (steps.length > MAX_STEPS_PLAYED) {
    return { kind: 'unplayed', why: `it has more than ${MAX_STEPS_PLAYED} steps` };
  }
  const outside = planned.network.elements.find(({ external }) => external !== undefined);
  if (outside !== undefined) {
    return { kind: 'unplayed', why: `${outside.name} is external` };
  }
  return played(planned);
}

async function played(planned: Planned): Promise<Checked> {
  const abort = new AbortController();
  try {
    const options = { flags: FLAGS, seed: SEED, chance: false, abort: abort.signal };
    const judged = await playSimulated(planned, options);
    return judged.passed
      ? { kind: 'passes', steps: judged.verdict.steps.length }
      : { kind: 'fails', lines: failureLines(judged).slice(0, MAX_LINES) };
  } catch (error) {
    if (error instanceof UserError) {
      return { kind: 'fails', lines: error.message.split('\n') };
    }
    throw error;
  } finally {
    abort.abort();
  }
}
