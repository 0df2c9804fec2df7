import { lineOf, type Place, type Verdict } from '@ims-sim/scenario';
import type { PageStep } from './page/page-data.js';

/** The steps of a flow and what the judge says of each, for the page. */
export function buildSteps({ flow, steps }: Verdict, rowOf: ReadonlyMap<number, number>): PageStep[] {
  return steps.map(({ step, right, skipped = false, differences, errata, closest = [] }) => ({
    step: String(step.step),
    title: step.title,
    right,
    skipped,
    at: placeText(step.at),
    clause: step.clause ?? flow.clause,
    table: step.kind === 'message' ? step.table : '',
    differences: differences.map((difference) => ({
      where: difference.where,
      expected: difference.expected,
      got: difference.got,
      why: difference.why,
      at: placeText({ ...step.at, line: lineOf(step, difference.where, difference.bodyRow) }),
      passedOn: difference.since !== undefined,
    })),
    closest: closest.flatMap(({ id }) => rowOf.get(id) ?? []),
    errata: errata.map(({ table, right: corrected, why }) => ({ table, right: corrected, why })),
  }));
}

/** `file:line`. */
export function placeText({ file, line }: Place): string {
  return `${file}:${line}`;
}
