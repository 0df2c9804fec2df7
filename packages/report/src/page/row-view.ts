import { el, marked, spoken, svg } from './dom.js';
import { KIND_NAMES, type Model } from './model.js';

export const ROW_HEIGHT = 36;
/** Step, verdict, time: left of the first lifeline, in pixels. The style sheet's `--gutter` is the same. */
const GUTTER = 168;
/** Where the ladder is no wider than `NARROW_LADDER`, times are told to the millisecond. */
const NARROW_GUTTER = 132;
const NARROW_LADDER = 640;
const LINE_Y = 26;

/** The width of a character of a label at most, on average: it is cut where it is wider than the ladder. */
const CHARACTER = 8.5;

/** The gutter of a ladder of this width, both in pixels. */
export function gutterOf(width: number): number {
  return width <= NARROW_LADDER ? NARROW_GUTTER : GUTTER;
}

/** How the ladder is drawn: its columns, and each participant's among them. */
export interface Lanes {
  readonly count: number;
  readonly width: number;
  readonly of: ReadonlyMap<number, number>;
}

export interface RowState {
  readonly active: boolean;
  readonly open: boolean;
  /** Its place among the rows that are shown, from 0. */
  readonly position: number;
  readonly needle: string;
}

/** One row of the ladder: its step and verdict, its time, and its arrow or note. */
export function rowView(model: Model, row: number, lanes: Lanes, state: RowState): HTMLElement {
  const kind = model.kind(row);
  const verdict = model.verdict(row);
  const isNote = kind === 'decision';
  const classes = ['row', `kind-${kind}`, verdict, isNote ? 'note' : undefined];
  return el(
    'div',
    {
      id: rowId(row),
      class: [...classes, state.active ? 'active' : undefined].filter((name) => name !== undefined).join(' '),
      role: 'row',
      'aria-level': 1,
      'aria-rowindex': state.position + 1,
      'aria-selected': state.active ? 'true' : 'false',
      'aria-expanded': state.open ? 'true' : 'false',
      'aria-label': model.describe(row),
      'data-position': state.position,
    },
    gutter(model, row, verdict),
    el(
      'div',
      { class: 'lanes', role: 'gridcell' },
      isNote ? noteLines(model, row, lanes) : arrowLines(model, row, lanes),
      isNote ? noteText(model, row, lanes, state.needle) : arrowText(model, row, lanes, state.needle),
    ),
  );
}

/** The id of the element of a row, as `aria-activedescendant` has it. */
export function rowId(row: number): string {
  return `row-${row}`;
}

function gutter(model: Model, row: number, verdict: 'right' | 'wrong' | undefined): HTMLElement {
  const step = model.step(row);
  const mark =
    verdict === 'right' ? '✓' : verdict === 'wrong' ? '✗' : model.is(row, 'retransmission') ? '↻' : '';
  const meaning = verdict ?? (mark === '' ? '' : 'came again');
  const errata = (step?.errata.length ?? 0) > 0;
  return el(
    'div',
    { class: 'gutter' },
    el('span', { class: 'step', role: 'gridcell' }, step?.step ?? ''),
    el(
      'span',
      { class: 'mark', role: 'gridcell', title: meaning },
      el('span', { 'aria-hidden': 'true' }, mark),
      spoken(meaning),
      errata ? el('span', { class: 'erratum-sign', title: 'the text has an erratum here' }, '†') : undefined,
    ),
    timeView(model.time(row)),
  );
}

/** Microseconds apart: there is not always room for them. */
function timeView(time: string): HTMLElement {
  const fine = el('span', { class: 'fine' }, time.slice(-3));
  return el('span', { class: 'time', role: 'gridcell' }, time.slice(0, -3), fine);
}

/** Where the participant's lifeline is. */
function laneX({ width, of }: Lanes, participant: number | undefined): number {
  return ((of.get(participant ?? -1) ?? 0) + 0.5) * width;
}

/** From where to where a row is drawn: what must be in sight of it. */
export function rowSpan(model: Model, row: number, lanes: Lanes): [left: number, right: number] {
  const { from, to } = model.data.rows;
  const [x, y] = [laneX(lanes, from[row]), laneX(lanes, to[row])];
  return [Math.min(x, y) - lanes.width / 2, Math.max(x, y) + lanes.width / 2];
}

function frame(lanes: Lanes): SVGElement {
  const path = Array.from(
    { length: lanes.count },
    (_, lane) => `M${(lane + 0.5) * lanes.width} 0V${ROW_HEIGHT}`,
  );
  const size = { width: lanes.count * lanes.width, height: ROW_HEIGHT, 'aria-hidden': 'true' };
  return svg('svg', size, svg('path', { class: 'lifelines', d: path.join('') }));
}

function arrowLines(model: Model, row: number, lanes: Lanes): SVGElement {
  const { from, to } = model.data.rows;
  const [x, y] = [laneX(lanes, from[row]), laneX(lanes, to[row])];
  const drawing = frame(lanes);
  const response = model.is(row, 'response') ? ' response' : '';
  if (x === y) {
    drawing.append(
      svg('path', { class: `arrow${response}`, d: `M${x} ${LINE_Y - 12}h22v12h-14` }),
      svg('path', { class: 'head', d: `M${x + 1} ${LINE_Y}l9 -4.5v9Z` }),
    );
    return drawing;
  }
  const direction = y > x ? 1 : -1;
  drawing.append(
    svg('path', { class: `arrow${response}`, d: `M${x} ${LINE_Y}H${y - direction * 8}` }),
    svg('circle', { class: 'head', cx: x, cy: LINE_Y, r: 2.2 }),
    svg('path', { class: 'head', d: `M${y - direction} ${LINE_Y}l${-direction * 9} -4.5v9Z` }),
  );
  return drawing;
}

function arrowText(model: Model, row: number, lanes: Lanes, needle: string): HTMLElement {
  const { from, to } = model.data.rows;
  const [x, y] = [laneX(lanes, from[row]), laneX(lanes, to[row])];
  const total = lanes.count * lanes.width;
  const text = CHARACTER * (model.label(row).length + (model.kind(row) === 'diameter' ? 9 : 1));
  const room = Math.max(Math.abs(y - x) - 12, Math.min(text, total - 4));
  const middle = x === y ? x + 30 + room / 2 : (x + y) / 2;
  const left = Math.max(2, Math.min(middle - room / 2, total - room - 2));
  const label = el('div', { class: 'label' }, ...tag(model, row), ...marked(model.label(row), needle));
  label.style.left = `${left}px`;
  label.style.width = `${room}px`;
  return label;
}

/** What tells a protocol apart without its colour; SIP is the usual one. */
function tag(model: Model, row: number): (HTMLElement | string)[] {
  const kind = model.kind(row);
  return kind === 'diameter' ? [el('span', { class: 'tag' }, KIND_NAMES[kind]), ' '] : [];
}

function noteLines(model: Model, row: number, lanes: Lanes): SVGElement {
  const x = laneX(lanes, model.data.rows.from[row]);
  const drawing = frame(lanes);
  drawing.append(svg('path', { class: 'diamond', d: `M${x} ${ROW_HEIGHT / 2 - 5}l5 5l-5 5l-5 -5Z` }));
  return drawing;
}

function noteText(model: Model, row: number, lanes: Lanes, needle: string): HTMLElement {
  const x = laneX(lanes, model.data.rows.from[row]);
  const total = lanes.count * lanes.width;
  const isRight = x <= total * 0.6;
  const clause = model.note(row);
  const text = el(
    'div',
    { class: 'label', title: model.label(row) },
    el('span', { class: 'because' }, ...marked(model.label(row), needle)),
    clause === '' ? undefined : el('span', { class: 'clause' }, ...marked(clause, needle)),
  );
  text.style.maxWidth = `${(isRight ? total - x : x) - 20}px`;
  text.style[isRight ? 'left' : 'right'] = `${(isRight ? x : total - x) + 11}px`;
  return text;
}
