import type { TraceProtocol } from '@ims-sim/host';
import type { TraceRecord } from './record.js';
import { summarize } from './summary.js';

export interface LadderParticipant {
  /** As the rows name it, e.g. `pcscf1.home1.net`. */
  readonly name: string;
  /** The head of its column, e.g. `P-CSCF#1`. */
  readonly label: string;
  /** What stands over neighbouring columns of the same group, e.g. `home1.net`. */
  readonly group?: string | undefined;
}

export type LadderMark = 'right' | 'wrong' | 'unjudged';

/** What a judge says of a row. */
export interface LadderVerdict {
  readonly step?: number | string | undefined;
  readonly mark?: LadderMark | undefined;
  /** Why, below the row; lines are separated by `\n`. */
  readonly note?: string | undefined;
}

export type LadderRow = LadderArrow | LadderNote;

export interface LadderArrow extends LadderVerdict {
  readonly kind: 'arrow';
  readonly from: string;
  readonly to: string;
  readonly label: string;
  /** Undefined: SIP. */
  readonly protocol?: TraceProtocol | undefined;
  /** Drawn with a broken line. */
  readonly response?: boolean | undefined;
}

export interface LadderNote extends LadderVerdict {
  readonly kind: 'note';
  readonly on: string;
  readonly text: string;
}

export interface Ladder {
  readonly title?: string | undefined;
  readonly participants: readonly LadderParticipant[];
  readonly rows: readonly LadderRow[];
  /** Rows past the bound, left out. */
  readonly omittedRows?: number | undefined;
}

export interface LadderOptions {
  readonly title?: string;
  /** The columns, in their order; who else has a part gets a column after them, up to `MAX_PARTICIPANTS` in all. */
  readonly participants?: readonly LadderParticipant[];
  /** A row's step and verdict, or `omit` for a record that the ladder leaves out. */
  readonly verdict?: (record: TraceRecord) => LadderVerdict | 'omit' | undefined;
  /** 2,000 unless told. */
  readonly maxRows?: number;
}

export const MAX_PARTICIPANTS = 12;
/** The column of all for whom there is no column left. */
const OTHERS: LadderParticipant = { name: '(others)', label: 'others' };

/** The sequence diagram of a run: messages are arrows, decisions are notes on their element's column. */
export function buildLadder(records: readonly TraceRecord[], options: LadderOptions = {}): Ladder {
  const participants = new Map(
    (options.participants ?? []).map((participant) => [participant.name, participant]),
  );
  const column = (name: string): string => {
    if (!participants.has(name)) {
      const participant =
        participants.size < MAX_PARTICIPANTS - 1 ? { name, label: shortName(name) } : OTHERS;
      participants.set(participant.name, participant);
      return participant.name;
    }
    return name;
  };
  const { maxRows = 2000 } = options;
  const rows: LadderRow[] = [];
  let omittedRows = 0;
  for (const record of records) {
    const verdict = options.verdict?.(record);
    if (verdict === 'omit') {
      continue;
    }
    if (rows.length >= maxRows) {
      omittedRows += 1;
      continue;
    }
    if (record.kind === 'decision') {
      const text = record.clause === '' ? record.text : `${record.text} (${record.clause})`;
      rows.push({ kind: 'note', on: column(record.element), text, ...verdict });
    } else {
      const { label, response } = summarize(record.protocol, record.bytes);
      rows.push({
        kind: 'arrow',
        from: column(record.from),
        to: column(record.to),
        label,
        protocol: record.protocol,
        response,
        ...verdict,
      });
    }
  }
  return { title: options.title, participants: [...participants.values()], rows, omittedRows };
}

/** A column's head for an element's host name: `pcscf1.home1.net` is `P-CSCF#1`, `hss2.home2.net` is `HSS#2`, `ue1` is `UE1`. */
export function shortName(name: string): string {
  if (/^[\d[]/.test(name)) {
    return name; // A stranger's address.
  }
  const [host = ''] = name.split('.', 1);
  const [, role = host, number = ''] = /^([a-z]+?)[-_]?(\d*)$/i.exec(host) ?? [];
  const isCscf = /^([pise])(cscf)$/i.test(role);
  const upper = role.toUpperCase();
  if (isCscf) {
    return `${upper.slice(0, 1)}-${upper.slice(1)}${number === '' ? '' : `#${number}`}`;
  }
  return upper === 'UE' || number === '' ? upper + number : `${upper}#${number}`;
}
