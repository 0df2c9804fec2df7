import type { Ladder, LadderArrow, LadderMark, LadderNote, LadderRow } from './ladder.js';
import { printable } from './printable.js';
import { asciiText, cut, textLine, wrapText, type TextLine, type TextStyle } from './text-line.js';

export interface LadderTextOptions {
  /** The terminal's width; 100 unless told. Up to 8 participants fit into 100. */
  readonly columns?: number;
  /** False: ASCII alone, marks `ok` and `XX`. */
  readonly unicode?: boolean;
  /** ANSI colours; nothing is said by colour alone. */
  readonly colour?: boolean;
}

interface Glyphs {
  readonly lifeline: string;
  readonly request: string;
  readonly response: string;
  readonly crossing: string;
  readonly fromLeft: string;
  readonly fromRight: string;
  readonly toRight: string;
  readonly toLeft: string;
  readonly self: string;
  readonly note: string;
  readonly marks: Readonly<Record<LadderMark, string>>;
}

const UNICODE: Glyphs = {
  lifeline: '│',
  request: '─',
  response: '┄',
  crossing: '┼',
  fromLeft: '├',
  fromRight: '┤',
  toRight: '►',
  toLeft: '◄',
  self: '↺',
  note: '◆',
  marks: { right: '✓', wrong: '✗', unjudged: '·' },
};
const ASCII: Glyphs = {
  lifeline: '|',
  request: '-',
  response: '.',
  crossing: '+',
  fromLeft: '|',
  fromRight: '|',
  toRight: '>',
  toLeft: '<',
  self: '@',
  note: '*',
  marks: { right: 'ok', wrong: 'XX', unjudged: '.' },
};

const STEP_WIDTH = 3;
const GUTTER_WIDTH = 7;
const MIN_SPACING = 5;
const MAX_SPACING = 18;
const MAX_NOTE_WIDTH = 60;
const MAX_NOTE_LINES = 6;
const MAX_REASON_LINES = 12;
const MARK_STYLE: Readonly<Record<LadderMark, TextStyle>> = {
  right: 'right',
  wrong: 'wrong',
  unjudged: 'faint',
};

interface Layout {
  readonly columns: number;
  readonly unicode: boolean;
  readonly glyphs: Glyphs;
  readonly spacing: number;
  /** Each participant's column on the terminal. */
  readonly lanes: ReadonlyMap<string, number>;
}

/** A ladder for a terminal: one line an arrow, its label on it or beside it, steps and marks at the left. */
export function renderLadderText(ladder: Ladder, options: LadderTextOptions = {}): string {
  const { columns = 100, unicode = true, colour = false } = options;
  const layout = layOut(ladder, columns, unicode);
  const lines: TextLine[] = [heads(ladder, layout)];
  for (const row of ladder.rows) {
    lines.push(...rowLines(row, layout));
  }
  if ((ladder.omittedRows ?? 0) > 0) {
    const line = lifelines(layout);
    line.put(GUTTER_WIDTH, `${ladder.omittedRows} more are not shown`);
    lines.push(line);
  }
  lines.push(heads(ladder, layout), ...legend(ladder, layout));
  const title = ladder.title === undefined ? [] : [titleOf(ladder.title, columns, unicode), ''];
  return [...title, ...lines.map((line) => line.toString(colour)), ''].join('\n');
}

function titleOf(title: string, columns: number, unicode: boolean): string {
  const line = printable(title, columns);
  return unicode ? line : asciiText(line);
}

function layOut(ladder: Ladder, columns: number, unicode: boolean): Layout {
  const count = Math.max(1, ladder.participants.length);
  const spacing = Math.min(MAX_SPACING, Math.max(MIN_SPACING, Math.floor((columns - GUTTER_WIDTH) / count)));
  const first = GUTTER_WIDTH + Math.floor(spacing / 2);
  const lanes = new Map(ladder.participants.map(({ name }, index) => [name, first + index * spacing]));
  const width = Math.max(columns, GUTTER_WIDTH + count * spacing);
  return { columns: width, unicode, glyphs: unicode ? UNICODE : ASCII, spacing, lanes };
}

function heads(ladder: Ladder, { columns, unicode, lanes, spacing }: Layout): TextLine {
  const line = textLine(columns, unicode);
  for (const { name, label } of ladder.participants) {
    const head = cut(printable(label, 40), spacing - 1);
    line.put((lanes.get(name) ?? 0) - Math.floor(head.length / 2), head, 'strong');
  }
  return line;
}

function legend(ladder: Ladder, { columns, unicode, glyphs }: Layout): TextLine[] {
  const meanings = { right: 'as specified', wrong: 'not as specified', unjudged: 'not judged' } as const;
  const used = (['right', 'wrong', 'unjudged'] as const).filter((mark) =>
    ladder.rows.some((row) => row.mark === mark),
  );
  if (used.length === 0) {
    return [];
  }
  const line = textLine(columns, unicode);
  let at = GUTTER_WIDTH;
  for (const mark of used) {
    line.put(at, glyphs.marks[mark], MARK_STYLE[mark]);
    line.put(at + glyphs.marks[mark].length + 1, meanings[mark], 'faint');
    at += glyphs.marks[mark].length + meanings[mark].length + 4;
  }
  return [textLine(columns), line];
}

function rowLines(row: LadderRow, layout: Layout): TextLine[] {
  const lines = row.kind === 'arrow' ? [arrowLine(row, layout)] : noteLines(row, layout);
  const [first] = lines;
  if (first !== undefined) {
    putGutter(first, row, layout);
  }
  return row.note === undefined ? lines : [...lines, ...reasonLines(row.note, row.mark, layout)];
}

function putGutter(line: TextLine, { step, mark }: LadderRow, { glyphs }: Layout): void {
  if (step !== undefined) {
    const text = cut(String(step), STEP_WIDTH);
    line.put(STEP_WIDTH - text.length, text, mark === 'wrong' ? 'wrong' : 'plain');
  }
  if (mark !== undefined) {
    line.put(STEP_WIDTH + 1, glyphs.marks[mark], MARK_STYLE[mark]);
  }
}

function lifelines({ columns, unicode, lanes, glyphs }: Layout): TextLine {
  const line = textLine(columns, unicode);
  for (const lane of lanes.values()) {
    line.put(lane, glyphs.lifeline, 'faint');
  }
  return line;
}

function arrowLine(arrow: LadderArrow, layout: Layout): TextLine {
  const { lanes, glyphs, columns } = layout;
  const from = lanes.get(arrow.from);
  const to = lanes.get(arrow.to);
  const line = lifelines(layout);
  const label = printable(arrow.label, 120);
  const style: TextStyle = arrow.mark === 'wrong' ? 'wrong' : 'plain';
  if (from === undefined || to === undefined) {
    line.put(GUTTER_WIDTH, cut(`${arrow.from} to ${arrow.to}: ${label}`, columns - GUTTER_WIDTH), style);
    return line;
  }
  if (from === to) {
    line.put(from, glyphs.self, style);
    putBeside(line, label, from, from, style, layout);
    return line;
  }
  const [left, right] = from < to ? [from, to] : [to, from];
  const gap = right - left - 1;
  line.put(left + 1, (arrow.response === true ? glyphs.response : glyphs.request).repeat(gap), style);
  for (const lane of lanes.values()) {
    if (lane > left && lane < right) {
      line.put(lane, glyphs.crossing, style);
    }
  }
  line.put(from, from < to ? glyphs.fromLeft : glyphs.fromRight, style);
  line.put(from < to ? right - 1 : left + 1, from < to ? glyphs.toRight : glyphs.toLeft, style);
  // On the arrow only where enough of the arrow is left to be seen.
  if (label.length + 5 <= gap) {
    line.put(left + 1 + Math.floor((gap - label.length - 2) / 2), ` ${label} `, style);
  } else {
    putBeside(line, label, left, right, style, layout);
  }
  return line;
}

/** A label right of the arrow, or left of it where it does not fit there; cut where it fits on neither side. */
function putBeside(
  line: TextLine,
  label: string,
  left: number,
  right: number,
  style: TextStyle,
  layout: Layout,
): void {
  const roomRight = layout.columns - right - 2;
  const roomLeft = left - 2 - GUTTER_WIDTH;
  if (label.length <= roomRight || roomRight >= roomLeft) {
    line.put(right + 2, cut(label, roomRight), style);
  } else {
    const text = cut(label, roomLeft);
    line.put(left - 1 - text.length, text, style);
  }
}

function noteLines(note: LadderNote, layout: Layout): TextLine[] {
  const { columns, lanes, glyphs } = layout;
  const lane = lanes.get(note.on) ?? GUTTER_WIDTH;
  const text = printable(note.text, 400);
  const roomRight = columns - lane - 2;
  const roomLeft = lane - 2 - GUTTER_WIDTH;
  const isRight = roomRight >= Math.min(text.length, MAX_NOTE_WIDTH) || roomRight >= roomLeft;
  const width = Math.min(MAX_NOTE_WIDTH, (isRight ? roomRight : roomLeft) - 1);
  const style: TextStyle = note.mark === 'wrong' ? 'wrong' : 'note';
  return wrapText(text, width, MAX_NOTE_LINES).map((part, index) => {
    const line = lifelines(layout);
    if (index === 0) {
      line.put(lane, glyphs.note, style);
    }
    // A space at either end, so that no lifeline touches the text.
    line.put(isRight ? lane + 1 : lane - 2 - part.length, ` ${part} `, style);
    return line;
  });
}

/** Why a row is marked as it is, below it. */
function reasonLines(reason: string, mark: LadderMark | undefined, { columns, unicode }: Layout): TextLine[] {
  const style: TextStyle = mark === 'wrong' ? 'wrong' : 'plain';
  const indent = GUTTER_WIDTH + 1;
  const texts = reason
    .split('\n')
    .flatMap((text) => wrapText(printable(text, 1000), columns - indent, MAX_REASON_LINES));
  return texts.slice(0, MAX_REASON_LINES).map((text) => {
    const line = textLine(columns, unicode);
    line.put(indent, text, style);
    return line;
  });
}
