import { describeDifference, type Verdict } from '@ims-sim/scenario';
import type { Judged } from './result.js';

/** What went wrong, for a reader: where the file says what was expected, what came instead, and who sent it. */
export function failureLines({ verdict, failures, broken, seed }: Judged): string[] {
  return [
    ...failures.map(({ at, text }) => `${at.file}:${at.line}: ${text}`),
    ...(verdict.passed ? [] : wrongSteps(verdict)),
    ...broken.map(({ property, text }) => `${property}: ${text}`),
    ...(broken.length > 0 && seed !== undefined ? [`seed ${seed} repeats it`] : []),
  ];
}

function wrongSteps({ steps, flow }: Verdict): string[] {
  return steps
    .filter(({ right }) => !right)
    .flatMap(({ step, differences }) => [
      `step ${step.step}: ${step.title} (${step.clause ?? flow.clause})`,
      ...differences.flatMap((difference) => describeDifference(difference).map((text) => `  ${text}`)),
    ]);
}
