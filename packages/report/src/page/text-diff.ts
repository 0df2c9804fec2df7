export type Change = 'same' | 'added' | 'removed';

export interface Edit {
  readonly change: Change;
  readonly text: string;
}

/** Past this many comparisons a middle that differs is taken to differ as a whole. */
const MAX_COMPARISONS = 400_000;

/** How one list of texts became another: the longest common subsequence stays. */
export function diffTexts(before: readonly string[], after: readonly string[]): Edit[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) {
    head += 1;
  }
  let tail = 0;
  while (
    tail < before.length - head &&
    tail < after.length - head &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  ) {
    tail += 1;
  }
  const same = (text: string): Edit => ({ change: 'same', text });
  return [
    ...after.slice(0, head).map(same),
    ...diffMiddle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...after.slice(after.length - tail).map(same),
  ];
}

function diffMiddle(before: readonly string[], after: readonly string[]): Edit[] {
  const [rows, columns] = [before.length, after.length];
  if (rows === 0 || columns === 0 || rows * columns > MAX_COMPARISONS) {
    return [
      ...before.map((text): Edit => ({ change: 'removed', text })),
      ...after.map((text): Edit => ({ change: 'added', text })),
    ];
  }
  // lengths[i, j]: of the longest common subsequence of what follows i and j.
  const width = columns + 1;
  const lengths = new Uint16Array((rows + 1) * width);
  const lengthAt = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = rows - 1; i >= 0; i -= 1) {
    for (let j = columns - 1; j >= 0; j -= 1) {
      lengths[i * width + j] =
        before[i] === after[j]
          ? lengthAt(i + 1, j + 1) + 1
          : Math.max(lengthAt(i + 1, j), lengthAt(i, j + 1));
    }
  }
  const edits: Edit[] = [];
  let [i, j] = [0, 0];
  while (i < rows || j < columns) {
    const [old, fresh] = [before[i], after[j]];
    if (old !== undefined && old === fresh) {
      edits.push({ change: 'same', text: old });
      i += 1;
      j += 1;
    } else if (old !== undefined && (fresh === undefined || lengthAt(i + 1, j) >= lengthAt(i, j + 1))) {
      edits.push({ change: 'removed', text: old });
      i += 1;
    } else {
      edits.push({ change: 'added', text: fresh ?? '' });
      j += 1;
    }
  }
  return edits;
}

/** The words of two texts that differ, punctuation of SIP's kept apart. */
export function diffWords(before: string, after: string): Edit[] {
  const words = (text: string): string[] => text.split(/([\s;,<>"=@:&?()]+)/).filter((word) => word !== '');
  const joined: Edit[] = [];
  for (const edit of diffTexts(words(before), words(after))) {
    const last = joined.at(-1);
    if (last?.change === edit.change) {
      joined[joined.length - 1] = { change: edit.change, text: last.text + edit.text };
    } else {
      joined.push(edit);
    }
  }
  return joined;
}
