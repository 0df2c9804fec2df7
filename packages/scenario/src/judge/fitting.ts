/** What is shown of what two texts have in common before they differ, where they are longer than there is room for. */
const SHOWN_BEFORE = 24;

/** Breaks a text at spaces into lines of `columns` at most, a longer word in two; `first` and `further` begin them. */
export function wrapped(text: string, columns: number, first: string, further: string): string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  const flush = (): void => {
    lines.push(line.trimEnd());
    line = further;
    isEmpty = true;
  };
  for (const word of text.split(/\s+/)) {
    let rest = word;
    if (!isEmpty && line.length + 1 + rest.length > columns) {
      flush();
    }
    while (line.length + (isEmpty ? 0 : 1) + rest.length > columns) {
      const room = Math.max(1, columns - line.length);
      line += rest.slice(0, room);
      rest = rest.slice(room);
      flush();
    }
    line += isEmpty ? rest : ` ${rest}`;
    isEmpty = false;
  }
  flush();
  return lines;
}

/** Both texts in one line of `columns` at most each, cut so that where they begin to differ is seen. */
export function difference(expected: string, got: string, columns: number): [expected: string, got: string] {
  const [e, a] = [oneLine(expected), oneLine(got)];
  let common = 0;
  while (common < e.length && common < a.length && e[common] === a[common]) {
    common += 1;
  }
  const from = e.length <= columns && a.length <= columns ? 0 : Math.max(0, common - SHOWN_BEFORE);
  return [cut(e, from, columns), cut(a, from, columns)];
}

function cut(text: string, from: number, columns: number): string {
  const start = from === 0 ? '' : '…';
  const shown = `${start}${text.slice(from)}`;
  return shown.length > columns ? `${shown.slice(0, columns - 1)}…` : shown;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
