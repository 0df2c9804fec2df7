import type { Place, Verdict } from '@ims-sim/scenario';
import type { PageStep } from './page/page-data.js';

/** The steps of a flow and what the judge says of each, for the page. */
export function buildSteps({ flow, steps }: Verdict): PageStep[] {
  return steps.map(({ step, right, differences, errata }) => ({
    step: String(step.step),
    title: step.title,
    right,
    at: placeText(step.at),
    clause: step.clause ?? flow.clause,
    table: step.kind === 'message' ? step.table : '',
    differences: differences.map((difference) => ({
      where: difference.where,
      expected: difference.expected,
      got: difference.got,
      why: difference.why,
      at: lineOf(step, difference.where),
    })),
    errata: errata.map(({ table, right: corrected, why }) => ({ table, right: corrected, why })),
  }));
}

/** `file:line`. */
export function placeText({ file, line }: Place): string {
  return `${file}:${line}`;
}

/** Where the scenario file says what a header must be; the step where it does not. */
function lineOf(step: Verdict['steps'][number]['step'], where: string): string {
  const line = step.kind === 'message' ? step.lines.get(where.toLowerCase()) : undefined;
  return placeText({ ...step.at, line: line ?? step.at.line });
}
