import type { Scenario, Verdict } from '@ims-sim/scenario';
import { buildLadder, type Ladder, type LadderRow, renderLadderText, type TraceRecord } from '@ims-sim/trace';
import type { Judged } from './result.js';
import { unicodeTerminal, WIDTH } from './text.js';
import { ladderOf } from './verdict-ladder.js';

/** Lines of an excerpt, with that of the names and the one that says how much is left out. */
const MAX_LINES = 12;
const ROWS_BEFORE = 6;
const ROWS_AFTER = 3;

/**
 * The rows of a failed run's ladder around what went wrong first: the first wrong step, else the first message that no step has, else what
 * shows that a property does not hold, else the last that came. `omittedRows` counts those that are left out. Undefined where nothing
 * came. `isTableJudged`: false where messages are lost by chance, and a step that is wrong says little.
 */
export function ladderExcerpt(
  { planned, verdict, broken, records }: Pick<Judged, 'planned' | 'verdict' | 'broken' | 'records'>,
  { isTableJudged = true }: { readonly isTableJudged?: boolean } = {},
): Ladder | undefined {
  const [shown] = broken.flatMap(({ records: its }) => its);
  const ladder =
    shown !== undefined && (verdict.passed || !isTableJudged)
      ? ladderAround(planned.scenario, verdict, records, shown)
      : inPlace(ladderOf(planned.scenario, verdict, records), verdict);
  const rows = ladder.rows.map((row): LadderRow => ({ ...row, note: undefined })); // the reasons are said beside the excerpt
  if (rows.length === 0) {
    return undefined;
  }
  const wrong = rows.findIndex(({ mark }) => mark === 'wrong');
  const at = wrong < 0 ? rows.length - 1 : wrong;
  const kept = rows.slice(Math.max(0, at - ROWS_BEFORE), at + ROWS_AFTER + 1);
  const { participants, omittedRows = 0 } = ladder;
  return { participants, rows: kept, omittedRows: omittedRows + rows.length - kept.length };
}

/** With the excerpt of one that failed. `options` as for `ladderExcerpt`. */
export function withExcerpt(judged: Judged, options: { readonly isTableJudged?: boolean } = {}): Judged {
  return judged.passed ? judged : { ...judged, excerpt: ladderExcerpt(judged, options) };
}

/** An excerpt in lines of `columns` at most, about a dozen of them, drawn as a single run's ladder is. */
export function excerptLines(
  excerpt: Ladder,
  { colour, columns = WIDTH - 2 }: { readonly colour: boolean; readonly columns?: number },
): string[] {
  let { rows, omittedRows = 0 } = excerpt;
  for (;;) {
    const text = renderLadderText(
      { ...excerpt, rows, omittedRows },
      { columns, unicode: unicodeTerminal(), colour },
    );
    const all = text.split('\n');
    // Without the names below and the legend: both are for a ladder that fills the screen.
    const lines = all.slice(0, all.lastIndexOf(all[0] ?? '', all.length - 1));
    if (lines.length <= MAX_LINES || rows.length <= 1) {
      return lines.slice(0, MAX_LINES);
    }
    const wrong = rows.findIndex(({ mark }) => mark === 'wrong');
    const at = wrong < 0 ? rows.length - 1 : wrong;
    rows = at >= rows.length - 1 - at ? rows.slice(1) : rows.slice(0, -1); // the longer side
    omittedRows++;
  }
}

/** With the first wrong step that nothing was found for where it was to come, in place of at the end. */
function inPlace(ladder: Ladder, { steps }: Verdict): Ladder {
  const index = steps.findIndex(({ right }) => !right);
  const first = steps[index];
  if (first === undefined || first.records.length > 0) {
    return ladder;
  }
  const missing = ladder.rows.find(
    (row) => row.mark === 'wrong' && row.step === first.step.step && isMissing(row),
  );
  const before = new Set(steps.slice(0, index).map(({ step }) => step.step));
  const came = ladder.rows.filter((row) => !isMissing(row));
  const at = came.findLastIndex(({ step }) => typeof step === 'number' && before.has(step)) + 1;
  return missing === undefined
    ? ladder
    : { ...ladder, rows: [...came.slice(0, at), missing, ...came.slice(at)] };
}

/** A row for a step that nothing was found for. */
export function isMissing(row: LadderRow): boolean {
  return (row.kind === 'note' ? row.text : row.label).startsWith('missing');
}

/** What came around a message that breaks a property; it may have come after the flow was over. */
function ladderAround(
  { participants }: Scenario,
  verdict: Verdict,
  records: readonly TraceRecord[],
  shown: TraceRecord,
): Ladder {
  const isInTrace = records.some(({ id }) => id === shown.id);
  const near = (isInTrace ? [...records] : [...records, shown]).filter(
    (record) => record.id === shown.id || (record.kind === 'message' && record.protocol !== 'dns'),
  );
  const steps = new Map(
    verdict.steps.flatMap(({ step, records: its }) => its.map(({ id }) => [id, step.step] as const)),
  );
  const at = near.findIndex(({ id }) => id === shown.id);
  const from = Math.max(0, at - ROWS_BEFORE);
  const ladder = buildLadder(near.slice(from, at + ROWS_AFTER + 1), {
    participants: participants.map(([name, label]) => ({ name, label })),
    verdict: ({ id }) => ({ step: steps.get(id), mark: id === shown.id ? 'wrong' : 'unjudged' }),
  });
  return { ...ladder, omittedRows: near.length - ladder.rows.length };
}
