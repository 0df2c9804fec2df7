import type { Difference } from './compare-message.js';

const MAX_LINES = 6;

/** A difference in lines for a reader: what, what was expected, what came. */
export function describeDifference({ where, expected, got, why, since }: Difference): string[] {
  if (since !== undefined) {
    return [`${where}: ${why}`];
  }
  return [
    `${where}: ${why}`,
    ...labelled('expected', expected),
    ...labelled('got     ', got === '' ? '(nothing)' : got),
  ];
}

function labelled(label: string, text: string): string[] {
  if (text === '') {
    return [];
  }
  const lines = text.split(/\r?\n/);
  const shown = lines.length > MAX_LINES ? [...lines.slice(0, MAX_LINES), '…'] : lines;
  return shown.map((line, index) => `  ${index === 0 ? label : ' '.repeat(label.length)} ${line}`);
}
