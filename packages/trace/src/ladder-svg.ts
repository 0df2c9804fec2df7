import type { Ladder, LadderArrow, LadderNote, LadderRow } from './ladder.js';
import { arrowHead, arrowInk, INK, WRONG_INK } from './svg-arrow.js';
import { MARK_MEANING, svgMark } from './svg-marks.js';
import { cut, wrapText } from './text-line.js';
import { xmlText } from './xml-text.js';

const FONT = `system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif`;
const GUTTER = 84;
const LANE = 160;
const MARGIN = 20;
const TITLE_HEIGHT = 44;
/** What the title and the legend have where there are few columns. */
const MIN_WIDTH = 580;
const GROUP_HEIGHT = 26;
const HEAD = { width: 128, height: 30 } as const;
const ARROW_HEIGHT = 36;
/** In a long flow the heads stand again, so that they are in sight wherever one looks. */
const HEADS_EVERY = 1400;
const LINE_HEIGHT = 17;
const NOTE = { width: 320, padding: 8, maxLines: 6 } as const;
const MAX_REASON_LINES = 12;
/** The mean width of a character of 13 pixels, from which widths are guessed: there is no font to measure here. */
const CHARACTER = 6.9;
/** Of the title, which is half as large again, and bold. */
const TITLE = { character: 10.6, lineHeight: 25, maxLines: 4 } as const;

const SOFT_INK = '#5a6675';
const PAPER = '#ffffff';
const WRONG_PAPER = '#fdeeec';

interface Layout {
  readonly width: number;
  readonly lanes: ReadonlyMap<string, number>;
  readonly labels: ReadonlyMap<string, string>;
}

/** A ladder as a self-contained SVG document: system fonts, light paper, a description for screen readers. */
export function renderLadderSvg(ladder: Ladder): string {
  const { participants, rows } = ladder;
  const layout: Layout = {
    width: Math.max(MIN_WIDTH, GUTTER + participants.length * LANE + MARGIN),
    lanes: new Map(participants.map(({ name }, index) => [name, GUTTER + (index + 0.5) * LANE])),
    labels: new Map(participants.map(({ name, label }) => [name, label])),
  };
  const hasGroups = participants.some(({ group }) => group !== undefined);
  const title = titleLines(ladder, layout);
  const groupsY = MARGIN + TITLE_HEIGHT + (title.length - 1) * TITLE.lineHeight;
  const headsY = groupsY + (hasGroups ? GROUP_HEIGHT : 0);
  const rowsY = headsY + HEAD.height + 14;
  const papers: string[] = [];
  const body: string[] = [];
  let y = rowsY;
  let headsAt = y;
  for (const row of rows) {
    if (y - headsAt > HEADS_EVERY) {
      body.push(heads(ladder, layout, y + 6));
      y += HEAD.height + 14;
      headsAt = y;
    }
    const drawn = drawRow(row, y, layout);
    body.push(drawn.svg);
    if (row.mark === 'wrong') {
      papers.push(wrongPaper(y, drawn.height, layout));
    }
    y += drawn.height;
  }
  const footY = y + 10;
  const omitted = ladder.omittedRows ?? 0;
  const height = footY + HEAD.height + 44 + (omitted > 0 ? LINE_HEIGHT : 0);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${layout.width} ${height}" width="${layout.width}" height="${height}" role="img" aria-labelledby="ladder-title ladder-desc" font-family="${FONT}" font-size="13" fill="${INK}">`,
    `<title id="ladder-title">${xmlText(ladder.title ?? 'Call flow')}</title>`,
    `<desc id="ladder-desc">${xmlText(describe(ladder))}</desc>`,
    `<rect width="100%" height="100%" fill="${PAPER}"/>`,
    ...title.map((line, index) =>
      text(MARGIN, MARGIN + 22 + index * TITLE.lineHeight, line, 'font-size="19" font-weight="600"'),
    ),
    hasGroups ? groups(ladder, groupsY) : '',
    ...papers,
    lifelines(layout, headsY + HEAD.height, footY),
    ...body,
    heads(ladder, layout, headsY),
    heads(ladder, layout, footY),
    legend(ladder, footY + HEAD.height + 28),
    omitted > 0 ? text(GUTTER, height - 12, `${omitted} more are not shown`, `fill="${SOFT_INK}"`) : '',
    '</svg>',
    '',
  ]
    .filter((part, index, parts) => part !== '' || index === parts.length - 1)
    .join('\n');
}

/** A line, or as many as it takes: a title is longer than few columns are wide. */
function titleLines({ title = 'Call flow' }: Ladder, { width }: Layout): string[] {
  return wrapText(title, Math.floor((width - 2 * MARGIN) / TITLE.character), TITLE.maxLines);
}

function describe({ participants, rows }: Ladder): string {
  const messages = rows.filter(({ kind }) => kind === 'arrow').length;
  const wrong = rows
    .filter(({ mark }) => mark === 'wrong')
    .map(({ step, kind }) => (step === undefined ? kind : `step ${step}`));
  const who = participants.map(({ label }) => label).join(', ');
  const verdict = wrong.length === 0 ? 'Nothing is marked wrong' : `Not as specified: ${wrong.join(', ')}`;
  return `Sequence diagram of ${messages} messages and ${rows.length - messages} decisions between ${who}. ${verdict}.`;
}

/** The name of a group over a bar that spans its neighbouring columns. */
function groups({ participants }: Ladder, y: number): string {
  const parts: string[] = [];
  for (let start = 0; start < participants.length;) {
    const group = participants[start]?.group;
    let end = start + 1;
    while (end < participants.length && participants[end]?.group === group) {
      end += 1;
    }
    if (group !== undefined) {
      const left = GUTTER + start * LANE + 8;
      const width = (end - start) * LANE - 16;
      parts.push(
        `<rect x="${left}" y="${y}" width="${width}" height="${GROUP_HEIGHT - 6}" rx="4" fill="#e9eef6"/>`,
        text(left + width / 2, y + 14.5, group, `text-anchor="middle" font-size="12" fill="#3b4a60"`),
      );
    }
    start = end;
  }
  return parts.join('');
}

function heads({ participants }: Ladder, { lanes }: Layout, y: number): string {
  return participants
    .map(({ name, label }) => {
      const x = lanes.get(name) ?? 0;
      const box = `<rect x="${x - HEAD.width / 2}" y="${y}" width="${HEAD.width}" height="${HEAD.height}" rx="5" fill="#f7f9fc" stroke="#64748b"/>`;
      const shown = cut(label, Math.floor((HEAD.width - 8) / CHARACTER));
      return `<g><title>${xmlText(name)}</title>${box}${text(x, y + 20, shown, 'text-anchor="middle" font-weight="600"')}</g>`;
    })
    .join('\n');
}

function lifelines({ lanes }: Layout, from: number, to: number): string {
  const paths = [...lanes.values()].map((x) => `M${x} ${from}V${to}`).join('');
  return `<path d="${paths}" stroke="#c2cad6" stroke-width="1.2"/>`;
}

function legend({ rows }: Ladder, y: number): string {
  const used = (['right', 'wrong', 'unjudged'] as const).filter((mark) =>
    rows.some((row) => row.mark === mark),
  );
  return used
    .map((mark, index) => {
      const x = GUTTER + index * 150;
      return (
        svgMark(mark, x, y) + text(x + 16, y + 4.5, MARK_MEANING[mark], `font-size="12" fill="${SOFT_INK}"`)
      );
    })
    .join('');
}

function drawRow(
  row: LadderRow,
  y: number,
  layout: Layout,
): { readonly svg: string; readonly height: number } {
  const drawn = row.kind === 'arrow' ? drawArrow(row, y, layout) : drawNote(row, y, layout);
  const reasons = reasonLines(row, layout);
  const height = drawn.height + (reasons.length === 0 ? 0 : reasons.length * LINE_HEIGHT + 8);
  const isWrong = row.mark === 'wrong';
  const style = `font-size="12.5" fill="${isWrong ? WRONG_INK : SOFT_INK}" ${rim(isWrong)}`;
  const lines = reasons.map((line, index) =>
    text(GUTTER, y + drawn.height + 10 + index * LINE_HEIGHT, line, style),
  );
  const parts = [gutter(row, drawn.middle), drawn.svg, ...lines];
  return { svg: `<g><title>${xmlText(rowTitle(row, layout))}</title>${parts.join('')}</g>`, height };
}

function wrongPaper(y: number, height: number, { width }: Layout): string {
  return `<rect x="6" y="${y}" width="${width - 12}" height="${height}" rx="6" fill="${WRONG_PAPER}"/>`;
}

/** A rim of paper around text, so that lifelines do not run through it. */
function rim(isWrong: boolean): string {
  return `stroke="${isWrong ? WRONG_PAPER : PAPER}" stroke-width="5" stroke-linejoin="round" paint-order="stroke"`;
}

function rowTitle(row: LadderRow, { labels }: Layout): string {
  const step = row.step === undefined ? '' : `Step ${row.step}: `;
  const mark = row.mark === undefined ? '' : ` (${MARK_MEANING[row.mark]})`;
  const label = (name: string): string => labels.get(name) ?? name;
  return row.kind === 'arrow'
    ? `${step}${row.label}, ${label(row.from)} to ${label(row.to)}${mark}`
    : `${step}${label(row.on)}: ${row.text}${mark}`;
}

function gutter({ step, mark }: LadderRow, y: number): string {
  const number =
    step === undefined
      ? ''
      : text(
          40,
          y + 4.5,
          String(step),
          `text-anchor="end" font-weight="600"${mark === 'wrong' ? ` fill="${WRONG_INK}"` : ''}`,
        );
  return number + (mark === undefined ? '' : svgMark(mark, 60, y));
}

interface Drawn {
  readonly svg: string;
  readonly height: number;
  /** Where the step and the mark belong. */
  readonly middle: number;
}

function drawArrow(arrow: LadderArrow, y: number, layout: Layout): Drawn {
  const isWrong = arrow.mark === 'wrong';
  const from = layout.lanes.get(arrow.from) ?? GUTTER;
  const to = layout.lanes.get(arrow.to) ?? GUTTER;
  const lineY = y + 25;
  const ink = arrowInk(arrow);
  const dash = arrow.response === true ? ' stroke-dasharray="6 4"' : '';
  const stroke = `stroke="${ink}" stroke-width="${isWrong ? 2.2 : 1.5}" fill="none"${dash}`;
  const label = cut(arrow.label, Math.floor((layout.width - GUTTER - MARGIN) / CHARACTER));
  if (from === to) {
    const loop = `<path d="M${from} ${lineY - 12}h26v12h-20" ${stroke}/>${arrowHead(from + 1, lineY, -1, ink)}`;
    return {
      svg: loop + labelled(label, from + 36, lineY - 2, 'start', arrow, layout),
      height: ARROW_HEIGHT,
      middle: lineY - 6,
    };
  }
  const direction = to > from ? 1 : -1;
  const line = `<path d="M${from} ${lineY}H${to - direction * 8}" ${stroke}/>${arrowHead(to - direction, lineY, direction, ink)}`;
  const svg = line + labelled(label, (from + to) / 2, lineY - 7, 'middle', arrow, layout);
  return { svg, height: ARROW_HEIGHT, middle: lineY - 6 };
}

/** A label that is kept within the drawing. */
function labelled(
  label: string,
  x: number,
  y: number,
  anchor: 'start' | 'middle',
  arrow: LadderArrow,
  { width }: Layout,
): string {
  const textWidth = label.length * CHARACTER;
  const [before, after] = anchor === 'middle' ? [textWidth / 2, textWidth / 2] : [0, textWidth];
  const kept = Math.max(GUTTER + before, Math.min(x, width - MARGIN - after));
  const isWrong = arrow.mark === 'wrong';
  const ink = arrowInk(arrow);
  const style = `text-anchor="${anchor}" ${rim(isWrong)} fill="${ink}"${isWrong ? ' font-weight="600"' : ''}`;
  return text(kept, y, label, style);
}

function drawNote(note: LadderNote, y: number, layout: Layout): Drawn {
  const lane = layout.lanes.get(note.on) ?? GUTTER;
  const lines = wrapText(note.text, Math.floor((NOTE.width - 2 * NOTE.padding) / CHARACTER), NOTE.maxLines);
  const longest = Math.max(...lines.map((line) => line.length));
  const width = Math.min(NOTE.width, Math.max(80, longest * CHARACTER + 2 * NOTE.padding));
  const height = lines.length * LINE_HEIGHT + 2 * NOTE.padding - 4;
  const left = Math.max(GUTTER, Math.min(lane - width / 2, layout.width - MARGIN - width));
  const top = y + 6;
  const isWrong = note.mark === 'wrong';
  const colours = isWrong ? `fill="#fff7f6" stroke="${WRONG_INK}"` : 'fill="#fff9e5" stroke="#cfae52"';
  const box = `<rect x="${left}" y="${top}" width="${width}" height="${height}" rx="4" ${colours}/>`;
  const dot = `<path d="M${lane} ${top - 5}l5 5l-5 5l-5 -5Z" fill="${isWrong ? WRONG_INK : '#a67c00'}"/>`;
  const ink = isWrong ? WRONG_INK : '#4a3b0c';
  const texts = lines.map((line, index) =>
    text(
      left + NOTE.padding,
      top + NOTE.padding + 10 + index * LINE_HEIGHT,
      line,
      `font-size="12.5" fill="${ink}"`,
    ),
  );
  return { svg: box + dot + texts.join(''), height: height + 14, middle: top + height / 2 };
}

function reasonLines({ note }: LadderRow, { width }: Layout): string[] {
  if (note === undefined) {
    return [];
  }
  const columns = Math.floor((width - GUTTER - MARGIN) / CHARACTER);
  return note
    .split('\n')
    .flatMap((line) => wrapText(line, columns, MAX_REASON_LINES))
    .slice(0, MAX_REASON_LINES);
}

function text(x: number, y: number, content: string, attributes: string): string {
  return `<text x="${x}" y="${y}" ${attributes}>${xmlText(content)}</text>`;
}
