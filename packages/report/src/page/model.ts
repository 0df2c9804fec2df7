import { ROW_FLAG, ROW_KINDS, type PageData, type PageStep, type RowKind } from './page-data.js';

/** A run's rows by their number, in words. */
export interface Model {
  readonly run: number;
  readonly data: PageData;
  readonly count: number;
  kind(row: number): RowKind;
  is(row: number, flag: keyof typeof ROW_FLAG): boolean;
  label(row: number): string;
  note(row: number): string;
  from(row: number): string;
  to(row: number): string;
  step(row: number): PageStep | undefined;
  verdict(row: number): 'right' | 'wrong' | undefined;
  /** Seconds since the flow began, `0.012345`. */
  time(row: number): string;
  /** What, who, step and verdict: `SUBSCRIBE sip:user2@home2.net, I-CSCF#2 to S-CSCF#2, step 8, right`. */
  describe(row: number): string;
}

export const KIND_NAMES: Readonly<Record<RowKind, string>> = {
  sip: 'SIP',
  diameter: 'Diameter',
  dns: 'DNS',
  http: 'HTTP',
  decision: 'Decisions',
  missing: 'Missing',
};

/** Reads what the page holds of its nth run; a page without it is one without rows. */
export function loadModel(run: number): Model {
  const data = JSON.parse(document.getElementById(`run-${run}`)?.textContent ?? '{}') as PageData;
  const { rows, texts, participants, steps } = data;
  const flowRow = Math.max(
    0,
    rows.flags.findIndex((flags) => (flags & (ROW_FLAG.inFlow | ROW_FLAG.unexpected)) === ROW_FLAG.inFlow),
  );
  const beganUs = rows.atUs[flowRow] ?? 0;
  const nameOf = (index: number | undefined): string => participants[index ?? -1]?.label ?? '?';
  const model: Model = {
    run,
    data,
    count: rows.kind.length,
    kind: (row) => ROW_KINDS[rows.kind[row] ?? 0] ?? 'sip',
    is: (row, flag) => ((rows.flags[row] ?? 0) & ROW_FLAG[flag]) !== 0,
    label: (row) => texts[rows.label[row] ?? -1] ?? '',
    note: (row) => texts[rows.note[row] ?? -1] ?? '',
    from: (row) => nameOf(rows.from[row]),
    to: (row) => nameOf(rows.to[row]),
    step: (row) => steps[rows.step[row] ?? -1],
    verdict: (row) => (model.is(row, 'wrong') ? 'wrong' : model.is(row, 'right') ? 'right' : undefined),
    time: (row) => (((rows.atUs[row] ?? 0) - beganUs) / 1e6).toFixed(6),
    describe: (row) => describeRow(model, row),
  };
  return model;
}

function describeRow(model: Model, row: number): string {
  const kind = model.kind(row);
  const step = model.step(row);
  const [from, to] = [model.from(row), model.to(row)];
  const isAt = kind === 'decision' || (kind === 'missing' && from === to); // A decision that was not taken.
  const parts = [
    kind === 'decision' ? `decision: ${model.label(row)}` : model.label(row),
    isAt ? `at ${from}` : `${from} to ${to}`,
    step && `step ${step.step}`,
    model.verdict(row),
    model.is(row, 'unexpected') ? 'no step of the table has this message' : undefined,
    model.is(row, 'retransmission') ? 'came again' : undefined,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}
