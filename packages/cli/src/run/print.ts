import type { Scenario, Verdict } from '@ims-sim/scenario';
import { renderLadderText, type TraceRecord } from '@ims-sim/trace';
import { ladderOf } from './verdict-ladder.js';

const WIDTH = 100;

/** What a run says of itself, on standard output: calm, in 100 columns, readable without colour. */
export interface Printer {
  heading(scenario: Scenario): void;
  /** A line of what is being done; on a terminal the next one of the same label takes its place, elsewhere what is `passing` is not said. */
  progress(label: string, text: string, passing?: 'passing'): void;
  verdict(scenario: Scenario, verdict: Verdict, records: readonly TraceRecord[]): void;
  line(text: string): void;
}

export function printerFor(out: NodeJS.WriteStream): Printer {
  let open: string | undefined;
  const colour = out.isTTY && process.env['NO_COLOR'] === undefined;
  const line = (text: string): void => {
    out.write(`${open === undefined ? '' : '\n'}${text}\n`);
    open = undefined;
  };
  return {
    line,
    heading({ title, flow }) {
      for (const text of wrap(`${flow.clause}  ${title}`, '', '  ')) {
        line(text);
      }
    },
    progress(label, text, passing) {
      const written = `  ${label.padEnd(9)} ${text}`.slice(0, WIDTH);
      if (!out.isTTY) {
        if (passing === undefined) {
          line(written);
        }
        return;
      }
      out.write(open === label ? `\r\u001b[K${written}` : `${open === undefined ? '' : '\n'}${written}`);
      open = label;
    },
    verdict(scenario, verdict, records) {
      line('');
      line(
        renderLadderText(ladderOf(scenario, verdict, records), {
          columns: WIDTH,
          unicode: unicodeTerminal(),
          colour,
        }),
      );
      for (const text of [...errata(verdict), ...summary(verdict)]) {
        line(text);
      }
    },
  };
}

/** Where the text slips, said once for each slip with the steps that rest on it. */
function errata({ steps, flow }: Verdict): string[] {
  const slips = new Map<string, { readonly steps: Set<number>; readonly readings: Set<string> }>();
  for (const { step, errata: its } of steps) {
    for (const { table, right, why } of its) {
      const slip = slips.get(why) ?? { steps: new Set(), readings: new Set() };
      slips.set(why, slip);
      slip.steps.add(step.step);
      if (table !== right) {
        slip.readings.add(`${oneLine(table)}  is read as  ${oneLine(right)}`);
      }
    }
  }
  if (slips.size === 0) {
    return [];
  }
  const lines = [...slips].flatMap(([why, { steps: on, readings }]) => [
    ...wrap(`step ${[...on].join(', ')}: ${why}`, '  ', '      '),
    // One example says what is meant; the scenario file has them all.
    ...[...readings].slice(0, 1).flatMap((text) => wrap(text, '      ', '      ')),
  ]);
  return ['', `Where ${flow.clause} is read otherwise, as the scenario file settles it:`, ...lines];
}

function summary({ steps, unexpected, retransmissions, passed }: Verdict): string[] {
  const right = steps.filter((step) => step.right).length;
  const more = [
    ...(unexpected.length > 0 ? [`${unexpected.length} messages that no step has`] : []),
    ...(retransmissions.length > 0 ? [`${retransmissions.length} retransmissions`] : []),
  ];
  return [
    '',
    `${passed ? 'passed' : 'FAILED'}: ${right} of ${steps.length} steps right${more.map((text) => `, ${text}`).join('')}`,
  ];
}

function oneLine(text: string): string {
  const flat = text.replace(/\s+/g, ' ');
  return flat.length > 40 ? `${flat.slice(0, 39)}…` : flat;
}

/** Breaks a text at spaces into lines of `WIDTH` at most. */
function wrap(text: string, first: string, further: string): string[] {
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

function unicodeTerminal(): boolean {
  const locale = process.env['LC_ALL'] ?? process.env['LC_CTYPE'] ?? process.env['LANG'] ?? '';
  return locale === '' || /utf-?8/i.test(locale);
}
