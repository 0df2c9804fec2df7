import { hssClient, Refused, type HssClient, type HssOptions } from './hss-client.js';

const REFUSED = 1;

/** Does something at the HSS; where it refuses, says what and why, and the command ends with status 1. */
export async function atHss(options: HssOptions, act: (hss: HssClient) => Promise<void>): Promise<void> {
  try {
    await act(await hssClient(options));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    console.error(`ims: refused: ${error.message}`);
    process.exitCode = REFUSED;
  }
}

/** A table for people: columns as wide as they need to be, at most `columns` in all; what is too long is cut with `…`. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], columns = 100): string {
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)));
  // What is too much is taken from the widest.
  for (;;) {
    const excess = widths.reduce((sum, width) => sum + width, 0) + 2 * (widths.length - 1) - columns;
    if (excess <= 0) break;
    const widest = widths.indexOf(Math.max(...widths));
    const others = Math.max(8, ...widths.filter((_, at) => at !== widest));
    widths[widest] = Math.max((widths[widest] ?? 0) - excess, others - 1, 4);
  }
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => cut(cell, widths[at] ?? 0).padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd();
  return [head, ...rows].map(line).join('\n');
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
