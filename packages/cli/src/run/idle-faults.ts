import { toldOf } from '@ims-sim/faults';
import type { ActionFailure } from '@ims-sim/player';
import type { Scenario, ScenarioFault } from '@ims-sim/scenario';
import type { TraceRecord } from '@ims-sim/trace';

/** Faults that never took place though nothing says that they need not: a flow that went well without them has tested nothing. */
export function idleFaults(
  { faults, file }: Pick<Scenario, 'faults' | 'file'>,
  records: readonly TraceRecord[],
): ActionFailure[] {
  if (faults.length === 0) {
    return [];
  }
  const decisions = [
    ...new Set(records.flatMap((record) => (record.kind === 'decision' ? [record.text] : []))),
  ];
  return faults.flatMap((fault, index): ActionFailure[] => {
    const { label, may, at = { file, line: 1, column: 1 }, text } = fault;
    if (label === undefined || may === true) {
      return [];
    }
    const told = decisions.map((decision) => toldOf(label, decision));
    const why = whyOf(fault, told.includes('unchanged'));
    return told.includes('struck')
      ? []
      : [{ at, text: `fault ${index + 1} \`${text}\` never took place: ${why}` }];
  });
}

function whyOf({ after = 0 }: ScenarioFault, hadNothingToChange: boolean): string {
  if (hadNothingToChange) {
    return 'such a message passed, with nothing in it to change';
  }
  return after === 0 ? 'no such message passed' : `no more than ${after} such messages passed`;
}
