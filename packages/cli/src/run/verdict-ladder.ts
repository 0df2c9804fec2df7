import { toldOf } from '@ims-sim/faults';
import type { Scenario, StepVerdict, Verdict } from '@ims-sim/scenario';
import { describeDifference } from '@ims-sim/scenario';
import {
  buildLadder,
  type Ladder,
  type LadderRow,
  type LadderVerdict,
  type TraceRecord,
} from '@ims-sim/trace';

/** The step that a record was found for. */
export function stepOf({ steps }: Verdict, record: TraceRecord): StepVerdict | undefined {
  return steps.find(({ records }) => records.some(({ id }) => id === record.id));
}

/**
 * The flow as a ladder: the messages and decisions of its steps, in the order in which they came, each with its mark. Of a scenario
 * without a flow, what came since it began.
 */
export function ladderOf(scenario: Scenario, verdict: Verdict, records: readonly TraceRecord[]): Ladder {
  const unexpected = new Set(verdict.unexpected.map(({ id }) => id));
  const stepOfRecord = stepsByRecord(verdict);
  const { clause, steps, beganAtUs = Infinity } = verdict.flow;
  const ladder = buildLadder(records, {
    title: clause === '' ? scenario.title : `${clause}: ${scenario.title}`,
    participants: scenario.participants.map(([name, label]) => ({ name, label })),
    verdict: (record): LadderVerdict | 'omit' => {
      const found = stepOfRecord.get(record.id);
      if (steps.length === 0 && record.atUs >= beganAtUs && !isOfDns(record)) {
        return { mark: 'unjudged' };
      }
      if (found) {
        return { step: found.step.step, mark: found.right ? 'right' : 'wrong', note: noteOf(found) };
      }
      if (record.kind === 'decision' && record.text.startsWith('ENUM')) {
        return { mark: 'unjudged' }; // how the number became a SIP URI: part of step 5, which the tables judge by its result
      }
      if (isFault(record, scenario)) {
        return { mark: 'unjudged' };
      }
      return unexpected.has(record.id)
        ? { mark: 'wrong', note: 'no step of the table has this message' }
        : 'omit';
    },
  });
  return { ...ladder, rows: withMissing(ladder.rows, verdict) };
}

function stepsByRecord({ steps }: Verdict): ReadonlyMap<number, StepVerdict> {
  return new Map(
    steps.toReversed().flatMap((step) => step.records.map(({ id }): [number, StepVerdict] => [id, step])),
  );
}

/** That a fault of the scenario took place. */
function isFault(record: TraceRecord, { faults }: Scenario): boolean {
  return (
    record.kind === 'decision' &&
    faults.some(({ label }) => label !== undefined && toldOf(label, record.text) === 'struck')
  );
}

function isOfDns(record: TraceRecord): boolean {
  return record.kind === 'message' && record.protocol === 'dns';
}

function noteOf({ right, differences }: StepVerdict): string | undefined {
  return right ? undefined : differences.flatMap(describeDifference).join('\n');
}

/** With a row for each step that nothing was found for, behind the last of those before it; an optional one need not happen. */
function withMissing(rows: readonly LadderRow[], { steps }: Verdict): LadderRow[] {
  const places = new Map(rows.map(({ step }, place) => [step, place]));
  const missing = new Map<number, LadderRow[]>();
  let last = -1;
  for (const verdict of steps) {
    if (verdict.records.length > 0) {
      last = Math.max(last, places.get(verdict.step.step) ?? -1);
    } else if (verdict.skipped !== true) {
      missing.set(last, [...(missing.get(last) ?? []), missingRow(verdict)]);
    }
  }
  return [...(missing.get(-1) ?? []), ...rows.flatMap((row, place) => [row, ...(missing.get(place) ?? [])])];
}

function missingRow(verdict: StepVerdict): LadderRow {
  const { step } = verdict;
  const common = { step: step.step, mark: 'wrong', note: noteOf(verdict) } as const;
  return step.kind === 'decision'
    ? { kind: 'note', on: step.on, text: `missing: ${step.title}`, ...common }
    : { kind: 'arrow', from: step.from, to: step.to, label: 'missing', ...common };
}
