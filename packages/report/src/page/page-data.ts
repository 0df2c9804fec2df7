/** What the page is given of one scenario. Columns of numbers in place of objects: a run may have 100,000 rows. */
export interface PageData {
  readonly title: string;
  readonly clause: string;
  readonly passed: boolean;
  readonly meta: {
    readonly seed?: number | undefined;
    readonly tookS: number;
    readonly version: string;
    readonly command: string;
  };
  /** Microseconds since the epoch that the rows' times count from. */
  readonly beganUs: number;
  readonly participants: readonly PageParticipant[];
  readonly steps: readonly PageStep[];
  readonly failures: readonly { readonly at: string; readonly text: string }[];
  readonly counts: { readonly unexpected: number; readonly retransmissions: number };
  /** Each text that a row shows, once. */
  readonly texts: readonly string[];
  readonly rows: PageRows;
  readonly messages: {
    /** Index of the block that a message stands in, and where in it, in bytes. */
    readonly block: readonly number[];
    readonly start: readonly number[];
    readonly length: readonly number[];
  };
  /** How many blocks of message text the page has for it: elements of the ids `run-N-block-M`, deflated, in base64. */
  readonly blocks: number;
}

export interface PageParticipant {
  readonly name: string;
  readonly label: string;
  readonly group?: string | undefined;
}

export interface PageRows {
  /** A place in `ROW_KINDS`. */
  readonly kind: readonly number[];
  readonly id: readonly number[];
  readonly atUs: readonly number[];
  /** Places in `participants`; a decision's element is both. */
  readonly from: readonly number[];
  readonly to: readonly number[];
  /** `ROW_FLAG`s. */
  readonly flags: readonly number[];
  /** Places in `texts`: what stands on the arrow; a decision's text. */
  readonly label: readonly number[];
  /** Places in `texts`: addresses and ports; a decision's clause. */
  readonly note: readonly number[];
  /** Places in `messages`, -1 for none. */
  readonly message: readonly number[];
  /** Rows, -1 for none: the same message at the hop before, and the request or answer that belongs to it. */
  readonly before: readonly number[];
  readonly partner: readonly number[];
  /** A place in `steps`, -1 for none. */
  readonly step: readonly number[];
}

/** `missing`: a step that nothing was found for. */
export const ROW_KINDS = ['sip', 'diameter', 'dns', 'http', 'decision', 'missing'] as const;
export type RowKind = (typeof ROW_KINDS)[number];

export const ROW_FLAG = {
  response: 1,
  tcp: 2,
  /** Between the first and the last message of the flow. */
  inFlow: 4,
  unexpected: 8,
  retransmission: 16,
  right: 32,
  wrong: 64,
} as const;

export interface PageStep {
  readonly step: string;
  readonly title: string;
  readonly right: boolean;
  /** It is optional, and did not happen. */
  readonly skipped: boolean;
  /** `file:line`. */
  readonly at: string;
  readonly clause: string;
  /** As the specification prints it; empty where the step is no message. */
  readonly table: string;
  readonly differences: readonly PageDifference[];
  /** Rows: what comes closest to a step that nothing was found for. */
  readonly closest: readonly number[];
  readonly errata: readonly PageErratum[];
}

export interface PageDifference {
  readonly where: string;
  readonly expected: string;
  readonly got: string;
  readonly why: string;
  readonly at: string;
  /** The sender got it so from the hop before: it is not this hop's fault. */
  readonly passedOn: boolean;
}

export interface PageErratum {
  readonly table: string;
  readonly right: string;
  readonly why: string;
}
