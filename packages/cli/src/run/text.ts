/** The width of what is said, on a terminal and elsewhere. */
export const WIDTH = 100;
const MAX_COMPLAINTS = 10;

export function oneLine(text: string, columns: number): string {
  const flat = text.replace(/\s+/g, ' ');
  return flat.length > columns ? `${flat.slice(0, columns - 1)}…` : flat;
}

/** Breaks a text at spaces into lines of `WIDTH` at most. */
export function wrap(text: string, first: string, further: string): string[] {
  const lines: string[] = [];
  let line = first;
  for (const word of text.split(' ')) {
    const start = lines.length === 0 ? first : further;
    if (line !== start && line.length + 1 + word.length > WIDTH) {
      lines.push(line.trimEnd());
      line = further;
    }
    line += line === first || line === further ? word : ` ${word}`;
  }
  return [...lines, line.trimEnd()];
}

export function warningLines(text: string): string[] {
  return wrap(`warning: ${text}`, '  ', '    ');
}

/** What is done otherwise than it may have been meant, and does no harm. */
export function noteLines(text: string): string[] {
  return wrap(`note: ${text}`, '', '  ');
}

export function unicodeTerminal(): boolean {
  const locale = process.env['LC_ALL'] ?? process.env['LC_CTYPE'] ?? process.env['LANG'] ?? '';
  return locale === '' || /utf-?8/i.test(locale);
}

export function hasColour(out: NodeJS.WriteStream): boolean {
  return out.isTTY && process.env['NO_COLOR'] === undefined;
}

/** Of complaints about many elements the first ten, as of a file's. */
export function firstLines(lines: readonly string[]): string[] {
  const more = lines.length - MAX_COMPLAINTS;
  return [...lines.slice(0, MAX_COMPLAINTS), ...(more > 0 ? [`and ${more} more`] : [])];
}

/** `1 message`, `2 messages`, `2 more seeds`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
