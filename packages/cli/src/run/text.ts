/** The width of what is said, on a terminal and elsewhere. */
export const WIDTH = 100;
const MAX_COMPLAINTS = 10;

export function oneLine(text: string, columns: number): string {
  const flat = text.replace(/\s+/g, ' ');
  return flat.length > columns ? `${flat.slice(0, columns - 1)}…` : flat;
}

/**
 * A text whose control characters are seen (`\\x1b`) and do nothing: what a scenario file or a peer has in it must not move a
 * terminal's cursor or set its title. Line ends and tabs stay.
 */
export function visible(text: string): string {
  return CONTROL.test(text) ? text.replace(CONTROLS, escaped) : text;
}

// eslint-disable-next-line no-control-regex -- they are what is looked for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;
const CONTROLS = new RegExp(CONTROL, 'g');

function escaped(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/** Breaks a text at spaces and line ends into lines of `WIDTH` at most. */
export function wrap(text: string, first: string, further: string): string[] {
  const lines: string[] = [];
  let line = first;
  for (const word of visible(text).split(/[ \n\t]/)) {
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
