import { counted } from './counted.js';
import type { Checked } from './checked.js';

/** A scenario failed: as `ims run` says it. */
const FLOW_FAILED = 1;

/** Says what is known of a file that was just written, and the command that plays it; sets the exit status. `why` it may fail. */
export function sayChecked(its: Checked, out: string, why: string): void {
  switch (its.kind) {
    case 'passes': {
      const steps = its.steps === 0 ? 'each action went through' : counted(its.steps, 'step');
      console.log(`  checked   it passes in simulation, ${steps}: ims run ${out} plays it`);
      break;
    }
    case 'unplayed':
      console.log(`  checked   ims run takes it; not played (${its.why}): ims run ${out} plays it`);
      break;
    case 'fails':
      console.log(`  checked   in simulation it does NOT pass (${why}):`);
      lines(its.lines);
      break;
    case 'unusable':
      console.log('  checked   ims run does NOT take it as it stands:');
      lines(its.complaints);
  }
}

function lines(texts: readonly string[]): void {
  for (const text of texts) {
    console.log(`            ${text}`);
  }
  process.exitCode = FLOW_FAILED;
}
