/** How a stretch of a line is coloured, where colours are asked for. */
export type TextStyle = 'plain' | 'faint' | 'strong' | 'right' | 'wrong' | 'note';

const ESCAPE: Readonly<Record<TextStyle, string>> = {
  plain: '',
  faint: '\u001b[2m',
  strong: '\u001b[1m',
  right: '\u001b[32m',
  wrong: '\u001b[1;31m',
  note: '\u001b[36m',
};
const RESET = '\u001b[0m';

interface Cell {
  readonly character: string;
  readonly style: TextStyle;
}

/** One line of a terminal to write into by column; what is written later stands. */
export interface TextLine {
  /** Writes from column `at` on; what stands left of column 0 or right of the line's end is left out. */
  put(at: number, text: string, style?: TextStyle): void;
  /** The line without spaces at its end. */
  toString(colour: boolean): string;
}

/** An empty line of `columns` characters; without `unicode` all is written in ASCII. */
export function textLine(columns: number, unicode = true): TextLine {
  const cells: (Cell | undefined)[] = [];
  return {
    put(at, text, style = 'plain') {
      let column = at;
      for (const character of unicode ? text : asciiText(text)) {
        if (column >= 0 && column < columns) {
          cells[column] = { character, style };
        }
        column += 1;
      }
    },
    toString(colour) {
      let line = '';
      let style: TextStyle = 'plain';
      for (let column = 0; column < cells.length; column += 1) {
        const cell = cells[column] ?? { character: ' ', style: 'plain' };
        if (colour && cell.style !== style) {
          line += (style === 'plain' ? '' : RESET) + ESCAPE[cell.style];
          style = cell.style;
        }
        line += cell.character;
      }
      return colour && style !== 'plain' ? line + RESET : line.trimEnd();
    },
  };
}

/** Text broken at spaces into lines of at most `width` characters, a longer word where it must be; `…` past `maxLines`. */
export function wrapText(text: string, width: number, maxLines: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    let rest = word;
    if (line !== '' && line.length + 1 + rest.length > width) {
      lines.push(line);
      line = '';
    }
    while (rest.length > width) {
      lines.push(rest.slice(0, width));
      rest = rest.slice(width);
    }
    line = line === '' ? rest : `${line} ${rest}`;
  }
  lines.push(line);
  if (lines.length > maxLines) {
    lines.length = maxLines;
    lines[maxLines - 1] = cut(`${lines[maxLines - 1] ?? ''} …`, width);
  }
  return lines;
}

/** Text of at most `width` characters, its end `…` where it was longer. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** Text with `?` for each character that is not printable ASCII; our own `…` is a tilde. */
export function asciiText(text: string): string {
  return text.replaceAll('…', '~').replaceAll(/[^ -~]/gu, '?');
}
