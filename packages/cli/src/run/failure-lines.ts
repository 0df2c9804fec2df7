import { failureText } from '@ims-sim/scenario';
import type { Judged } from './result.js';

/** What went wrong, for a reader: where the file says what was expected, what came instead, and who sent it. */
export function failureLines({ verdict, failures, broken, seed }: Judged): string[] {
  return [
    ...failures.map(({ at, text }) => `${at.file}:${at.line}: ${text}`),
    ...(verdict.passed ? [] : failureText(verdict, {})),
    ...broken.map(({ property, text }) => `${property}: ${text}`),
    ...(broken.length > 0 && seed !== undefined ? [`seed ${seed} repeats it`] : []),
  ];
}
