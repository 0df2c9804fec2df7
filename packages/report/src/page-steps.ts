import { headerKey } from '@ims-sim/sip';
import type { Place, Verdict } from '@ims-sim/scenario';
import type { PageStep } from './page/page-data.js';

/** The steps of a flow and what the judge says of each, for the page. */
export function buildSteps({ flow, steps }: Verdict, rowOf: ReadonlyMap<number, number>): PageStep[] {
  return steps.map(({ step, right, differences, errata, closest = [] }) => ({
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
    closest: closest.flatMap(({ id }) => rowOf.get(id) ?? []),
    errata: errata.map(({ table, right: corrected, why }) => ({ table, right: corrected, why })),
  }));
}

/** `file:line`. */
export function placeText({ file, line }: Place): string {
  return `${file}:${line}`;
}

/** Where the scenario file says what a header must be; the step where it does not. */
function lineOf(step: Verdict['steps'][number]['step'], where: string): string {
  if (step.kind !== 'message') {
    return placeText(step.at);
  }
  const line = step.lines.get(headerKey(where)) ?? step.lines.get('') ?? step.at.line;
  return placeText({ ...step.at, line });
}
