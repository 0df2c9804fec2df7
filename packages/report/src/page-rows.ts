import { prettyEndpoint } from '@ims-sim/host';
import type { Verdict } from '@ims-sim/scenario';
import {
  type DecisionRecord,
  type LadderParticipant,
  shortName,
  summarize,
  type MessageRecord,
  type TraceRecord,
} from '@ims-sim/trace';
import { diameterText } from './diameter-text.js';
import { dnsText } from './dns-text.js';
import { hops } from './hops.js';
import type { MessageStore } from './message-store.js';
import { ROW_FLAG, ROW_KINDS, type PageParticipant, type PageRows, type RowKind } from './page/page-data.js';

/** Past so many columns all others share one. */
export const MAX_COLUMNS = 40;

export interface BuiltRows {
  readonly rows: PageRows;
  readonly texts: readonly string[];
  readonly participants: readonly PageParticipant[];
  readonly beganUs: number;
}

type Columns = { [K in keyof PageRows]: number[] };

/** The rows of a run, in the order of `records`: each of them, and each step that nothing was found for where it should have come. */
export function buildRows(
  records: readonly TraceRecord[],
  verdict: Verdict,
  participants: readonly LadderParticipant[],
  store: MessageStore,
): BuiltRows {
  const beganUs = records[0]?.atUs ?? 0;
  const builder = new RowBuilder(verdict, participants, store, beganUs);
  builder.addMissing(0, 0);
  for (const record of records) {
    if (record.kind === 'decision') {
      builder.addDecision(record);
    } else {
      builder.addMessage(record);
    }
    builder.addMissing(record.id, record.atUs - beganUs);
  }
  return { ...builder.finish(), beganUs };
}

class RowBuilder {
  readonly #verdict: Verdict;
  readonly #store: MessageStore;
  readonly #beganUs: number;
  readonly #judged: ReadonlyMap<number, Judged>;
  readonly #missing: ReadonlyMap<number, readonly number[]>;
  readonly #columns: ReturnType<typeof columnsOf>;
  readonly #texts = interner();
  readonly #related = hops();
  readonly #rows: Columns = {
    ...{ kind: [], id: [], atUs: [], from: [], to: [], flags: [] },
    ...{ label: [], note: [], message: [], before: [], partner: [], step: [] },
  };

  constructor(
    verdict: Verdict,
    participants: readonly LadderParticipant[],
    store: MessageStore,
    beganUs: number,
  ) {
    this.#verdict = verdict;
    this.#store = store;
    this.#beganUs = beganUs;
    this.#judged = judgedRecords(verdict);
    this.#missing = missingAfter(verdict);
    this.#columns = columnsOf(participants);
  }

  addMessage(record: MessageRecord): void {
    const rows = this.#rows;
    const { before, request } = this.#related.add(record, rows.kind.length);
    const row = this.#push(record.protocol, {
      ...this.#common(record),
      from: this.#columns.of(record.from),
      to: this.#columns.of(record.to),
      label: this.#texts.of(labelOf(record)),
      note: this.#texts.of(`${prettyEndpoint(record.source)} to ${prettyEndpoint(record.destination)}`),
      message: this.#store.add(contentOf(record)),
      before,
      partner: request,
    });
    if (request >= 0) {
      rows.partner[request] = row; // The last response is the final one.
    }
  }

  addDecision(record: DecisionRecord): void {
    const on = this.#columns.of(record.element);
    const [label, note] = [this.#texts.of(record.text), this.#texts.of(record.clause)];
    const alone = { message: -1, before: -1, partner: -1 };
    this.#push('decision', { ...this.#common(record), from: on, to: on, label, note, ...alone });
  }

  /** The steps that nothing was found for and that should have come after that record (0: before all), at its time. */
  addMissing(afterId: number, atUs: number): void {
    for (const index of this.#missing.get(afterId) ?? []) {
      const step = this.#verdict.steps[index]?.step;
      if (step !== undefined) {
        const [from, to] = step.kind === 'decision' ? [step.on, step.on] : [step.from, step.to];
        this.#push('missing', {
          ...{ id: 0, atUs, flags: ROW_FLAG.wrong | ROW_FLAG.inFlow, step: index },
          ...{ from: this.#columns.of(from), to: this.#columns.of(to) },
          ...{ label: this.#texts.of(`missing: ${step.title}`), note: this.#texts.of('') },
          ...{ message: -1, before: -1, partner: -1 },
        });
      }
    }
  }

  finish(): Omit<BuiltRows, 'beganUs'> {
    const { beganAtUs } = this.#verdict.flow;
    markFlow(this.#rows, beganAtUs === undefined ? Infinity : beganAtUs - this.#beganUs);
    return { rows: this.#rows, texts: this.#texts.all, participants: this.#columns.all };
  }

  #common(record: TraceRecord): { id: number; atUs: number; flags: number; step: number } {
    const { flags = 0, step = -1 } = this.#judged.get(record.id) ?? {};
    return { id: record.id, atUs: record.atUs - this.#beganUs, flags: flags | flagsOf(record), step };
  }

  /** The row's number. Each column by its name: there may be 100,000 rows. */
  #push(kind: RowKind, values: Omit<{ [K in keyof Columns]: number }, 'kind'>): number {
    const rows = this.#rows;
    rows.kind.push(ROW_KINDS.indexOf(kind));
    rows.id.push(values.id);
    rows.atUs.push(values.atUs);
    rows.from.push(values.from);
    rows.to.push(values.to);
    rows.flags.push(values.flags);
    rows.label.push(values.label);
    rows.note.push(values.note);
    rows.message.push(values.message);
    rows.before.push(values.before);
    rows.partner.push(values.partner);
    rows.step.push(values.step);
    return rows.kind.length - 1;
  }
}

/** SIP requests with their Request-URI: what tells two of them apart at a glance. */
function labelOf({ protocol, bytes }: MessageRecord): string {
  const { label, response } = summarize(protocol, bytes);
  if (protocol !== 'sip' || response) {
    return label;
  }
  const line = bytes.toString('utf8', 0, Math.min(bytes.length, 300)).split('\r\n', 1)[0] ?? '';
  const [, uri = ''] = line.split(' ');
  return `${label} ${uri}`.trim();
}

/** What a reader sees of a message: SIP as it was, Diameter and DNS by name. */
function contentOf({ protocol, bytes }: MessageRecord): Buffer {
  switch (protocol) {
    case 'diameter':
      return Buffer.from(diameterText(bytes));
    case 'dns':
      return Buffer.from(dnsText(bytes));
    default:
      return bytes;
  }
}

function flagsOf(record: TraceRecord): number {
  if (record.kind === 'decision') {
    return 0;
  }
  const { response } = summarize(record.protocol, record.bytes);
  return (response ? ROW_FLAG.response : 0) | (record.transport === 'tcp' ? ROW_FLAG.tcp : 0);
}

interface Judged {
  readonly step: number;
  readonly flags: number;
}

/** What the judge says of records, by their ids. */
function judgedRecords({ steps, unexpected, retransmissions }: Verdict): ReadonlyMap<number, Judged> {
  const judged = new Map<number, Judged>();
  for (const { id } of unexpected) {
    judged.set(id, { step: -1, flags: ROW_FLAG.unexpected | ROW_FLAG.wrong });
  }
  for (const { id } of retransmissions) {
    judged.set(id, { step: -1, flags: ROW_FLAG.retransmission });
  }
  for (const [step, { records, right }] of steps.entries()) {
    for (const { id } of records) {
      judged.set(id, { step, flags: right ? ROW_FLAG.right : ROW_FLAG.wrong });
    }
  }
  return judged;
}

/** Steps that nothing was found for, by the id of the record that they come after in the flow; 0: before all. */
function missingAfter({ steps }: Verdict): ReadonlyMap<number, number[]> {
  const missing = new Map<number, number[]>();
  let after = 0;
  for (const [index, { records, skipped }] of steps.entries()) {
    if (records.length > 0) {
      after = Math.max(after, ...records.map(({ id }) => id));
    } else if (skipped !== true) {
      missing.set(after, [...(missing.get(after) ?? []), index]);
    }
  }
  return missing;
}

/**
 * The flow is what lies between its beginning, or the first row that a step was found in, and the last such row, with the answers to what
 * was asked within it.
 */
function markFlow({ flags, step, atUs, partner }: Columns, beganUs: number): void {
  const first = step.findIndex((index, row) => index >= 0 || (atUs[row] ?? 0) >= beganUs);
  const last = step.findLastIndex((index) => index >= 0);
  const isWithin = (row: number): boolean => first >= 0 && row >= first && row <= last;
  for (let row = 0; row < flags.length; row += 1) {
    const isLateAnswer = row > last && isWithin(partner[row] ?? -1);
    const isIn = isWithin(row) || isLateAnswer || ((flags[row] ?? 0) & ROW_FLAG.unexpected) !== 0;
    flags[row] = (flags[row] ?? 0) | (isIn ? ROW_FLAG.inFlow : 0);
  }
}

function columnsOf(given: readonly LadderParticipant[]) {
  const all: PageParticipant[] = given
    .slice(0, MAX_COLUMNS)
    .map(({ name, label, group }) => ({ name, label, group }));
  const known = new Map(all.map(({ name }, index) => [name, index]));
  return {
    all,
    of(name: string): number {
      let index = known.get(name);
      if (index === undefined) {
        index = all.length < MAX_COLUMNS ? all.length : MAX_COLUMNS - 1;
        if (all.length < MAX_COLUMNS) {
          const isLast = all.length === MAX_COLUMNS - 1;
          all.push(isLast ? { name: '(others)', label: 'others' } : { name, label: shortName(name) });
        }
        known.set(name, index);
      }
      return index;
    },
  };
}

function interner() {
  const all: string[] = [];
  const known = new Map<string, number>();
  return {
    all,
    of(text: string): number {
      let index = known.get(text);
      if (index === undefined) {
        index = all.push(text) - 1;
        known.set(text, index);
      }
      return index;
    },
  };
}
