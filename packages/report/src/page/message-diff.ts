import { diffTexts, diffWords, type Edit } from './text-diff.js';

/** A line of a message and what became of it since the hop before. */
export interface MessageLine {
  readonly change: 'same' | 'added' | 'removed' | 'changed';
  /** The words; of a changed line, those that are new and those that were there before. */
  readonly words: readonly Edit[];
}

/** A message's lines; `before` is the same message where it was before, undefined where there is nothing to hold it against. */
export function messageLines(text: string, before: string | undefined): MessageLine[] {
  if (before === undefined) {
    return splitLines(text).map(sameLine);
  }
  const [head, body] = headAndBody(text);
  const [oldHead, oldBody] = headAndBody(before);
  const lines = paired(withoutMoves(diffTexts(oldHead, head)));
  return body.length === 0 && oldBody.length === 0
    ? lines
    : [...lines, sameLine(''), ...paired(diffTexts(oldBody, body))];
}

function sameLine(text: string): MessageLine {
  return { change: 'same', words: [{ change: 'same', text }] };
}

function splitLines(text: string): string[] {
  return text.replace(/(\r?\n)+$/, '').split(/\r?\n/);
}

function headAndBody(text: string): [string[], string[]] {
  const blank = /\r?\n\r?\n/.exec(text);
  if (blank === null) {
    return [splitLines(text), []];
  }
  const body = text.slice(blank.index + blank[0].length);
  return [splitLines(text.slice(0, blank.index)), body === '' ? [] : splitLines(body)];
}

/** A header that stands elsewhere now is no change: the order of different headers means nothing (RFC 3261 7.3.1). */
function withoutMoves(edits: readonly Edit[]): Edit[] {
  const removed = new Map<string, number>();
  for (const { change, text } of edits) {
    if (change === 'removed') {
      removed.set(text, (removed.get(text) ?? 0) + 1);
    }
  }
  const moved = new Map<string, number>();
  const kept = edits.map((edit): Edit => {
    const count = removed.get(edit.text) ?? 0;
    if (edit.change !== 'added' || count === 0) {
      return edit;
    }
    removed.set(edit.text, count - 1);
    moved.set(edit.text, (moved.get(edit.text) ?? 0) + 1);
    return { change: 'same', text: edit.text };
  });
  return kept.filter(({ change, text }) => {
    const count = moved.get(text) ?? 0;
    if (change !== 'removed' || count === 0) {
      return true;
    }
    moved.set(text, count - 1);
    return false;
  });
}

/** Makes one changed line of a removed and an added one of the same header. */
function paired(edits: readonly Edit[]): MessageLine[] {
  const lines: MessageLine[] = [];
  for (let from = 0; from < edits.length;) {
    const first = edits[from];
    if (first === undefined || first.change === 'same') {
      lines.push(sameLine(first?.text ?? ''));
      from += 1;
      continue;
    }
    let to = from;
    while (to < edits.length && edits[to]?.change !== 'same') {
      to += 1;
    }
    lines.push(...pairedHunk(edits.slice(from, to)));
    from = to;
  }
  return lines;
}

function pairedHunk(hunk: readonly Edit[]): MessageLine[] {
  const removed = hunk.filter(({ change }) => change === 'removed');
  const added = hunk.filter(({ change }) => change === 'added');
  const partners = partnersOf(removed, added);
  const whole = ({ change, text }: Edit): MessageLine => ({ change, words: [{ change, text }] });
  const used = new Set(partners.values());
  return [
    ...removed.filter((edit) => !used.has(edit)).map(whole),
    ...added.map((edit): MessageLine => {
      const old = partners.get(edit);
      return old === undefined ? whole(edit) : { change: 'changed', words: diffWords(old.text, edit.text) };
    }),
  ];
}

/** For each added line the removed one that it was: of the same header, from the bottom, for values are put on top of others. */
function partnersOf(removed: readonly Edit[], added: readonly Edit[]): Map<Edit, Edit> {
  const partners = new Map<Edit, Edit>();
  const free = [...removed];
  for (const edit of [...added].reverse()) {
    const name = headerName(edit.text);
    const index = free.findLastIndex((old) => headerName(old.text) === name);
    const [old] = index < 0 ? [] : free.splice(index, 1);
    if (old !== undefined) {
      partners.set(edit, old);
    }
  }
  return partners;
}

/** The start line has none, and is held against the other start line. */
export function headerName(line: string): string {
  return /^\s*([\w-]+)\s*:/.exec(line)?.[1]?.toLowerCase() ?? '';
}
