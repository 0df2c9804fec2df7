import { el, marked, spoken } from './dom.js';
import { messageLines, type MessageLine } from './message-diff.js';
import type { Edit } from './text-diff.js';

export interface MessageViewOptions {
  /** The message where it was before; undefined: nothing to hold it against. */
  readonly before: string | undefined;
  readonly changesOnly: boolean;
  readonly needle: string;
  /** Header names in lower case that the judge found something about. */
  readonly wrong: ReadonlySet<string>;
}

/** A header's, or an AVP's with what `diameterText` says of it. */
const HEADER_NAME =
  /^(\s*)([\w-]+(?: \[not mandatory\])?|AVP \d+(?: vendor \d+)?(?: \[not mandatory\])?)(\s*:)/;

const SIGNS = { same: ' ', added: '+', removed: '−', changed: '~' } as const;
const SPOKEN = { same: '', added: 'added: ', removed: 'removed: ', changed: 'changed: ' } as const;

/** A message's text, each line with what became of it since the hop before. */
export function messageView(text: string, options: MessageViewOptions): HTMLElement {
  const lines = messageLines(text, options.before);
  const shown = options.changesOnly ? lines.filter(({ change }) => change !== 'same') : lines;
  const items = shown.map((line) => lineView(line, options));
  return items.length === 0
    ? el('p', { class: 'soft' }, 'Nothing changed since the hop before.')
    : el('ol', { class: 'message', role: 'list', 'aria-label': 'Lines of the message' }, ...items);
}

/** How many lines came, went and changed, in words. */
export function changeCounts(text: string, before: string): string {
  const lines = messageLines(text, before);
  const counts = (['added', 'changed', 'removed'] as const).map((change): [string, number] => [
    change,
    lines.filter((line) => line.change === change).length,
  ]);
  const told = counts.filter(([, count]) => count > 0).map(([change, count]) => `${count} ${change}`);
  return told.length === 0 ? 'nothing changed' : told.join(', ');
}

function lineView({ change, words }: MessageLine, { needle, wrong }: MessageViewOptions): HTMLElement {
  const text = words
    .filter((word) => word.change !== 'removed')
    .map((word) => word.text)
    .join('');
  const name = HEADER_NAME.exec(text);
  const isWrong = name?.[2] !== undefined && wrong.has(name[2].toLowerCase());
  return el(
    'li',
    { class: `line ${change}${isWrong ? ' wrong' : ''}` },
    el('span', { class: 'sign', 'aria-hidden': 'true' }, isWrong ? '✗' : SIGNS[change]),
    change === 'same' && !isWrong ? undefined : spoken(`${isWrong ? 'wrong: ' : ''}${SPOKEN[change]}`),
    el('span', { class: 'text' }, ...lineParts(words, change, name?.[0].length ?? 0, needle)),
  );
}

/** The words; a header's name stands out where it did not change. */
function lineParts(
  words: readonly Edit[],
  change: MessageLine['change'],
  nameLength: number,
  needle: string,
): (Node | string)[] {
  const [first] = words;
  if (
    first !== undefined &&
    (change !== 'changed' || first.change === 'same') &&
    first.text.length >= nameLength &&
    nameLength > 0
  ) {
    const name = el('b', {}, ...marked(first.text.slice(0, nameLength), needle));
    const rest: Edit = { change: first.change, text: first.text.slice(nameLength) };
    return [name, ...[rest, ...words.slice(1)].flatMap((word) => wordParts(word, change, needle))];
  }
  return words.flatMap((word) => wordParts(word, change, needle));
}

function wordParts({ change, text }: Edit, line: MessageLine['change'], needle: string): (Node | string)[] {
  const parts = marked(text, needle);
  if (change === 'same' || line !== 'changed') {
    return parts;
  }
  return [el(change === 'added' ? 'ins' : 'del', {}, ...parts)];
}
